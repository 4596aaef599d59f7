/** A registry credential as people keep it: `user:password`, `{"username","password"}`, or a docker config with `auths`. */
import { z } from 'zod';
import { Sealed } from '../../sealed.ts';

const Pair = z.object({ username: z.string().min(1), password: z.string().min(1) });
const Entry = z.object({
  username: z.string().optional(),
  password: z.string().optional(),
  auth: z.string().optional(),
});
const Config = z.object({ auths: z.record(z.string(), Entry) });

export interface UserPassword {
  readonly username: string;
  readonly password: Sealed;
}

/** undefined: none of the three forms, or no entry for this registry host. Never quotes the text. */
export function parseCredential(text: string, registry: string): UserPassword | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return split(trimmed);
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch {
    return undefined;
  }
  const pair = Pair.safeParse(value);
  if (pair.success) return { username: pair.data.username, password: new Sealed(pair.data.password) };
  const config = Config.safeParse(value);
  if (!config.success) return undefined;
  const entry = Object.entries(config.data.auths).find(([key]) => hostOf(key) === registry)?.[1];
  if (entry?.auth) return split(Buffer.from(entry.auth, 'base64').toString('utf8'));
  return entry?.username && entry.password
    ? { username: entry.username, password: new Sealed(entry.password) }
    : undefined;
}

function split(text: string): UserPassword | undefined {
  const colon = text.indexOf(':');
  const password = text.slice(colon + 1);
  return colon > 0 && password !== '' ? { username: text.slice(0, colon), password: new Sealed(password) } : undefined;
}

/** `https://index.docker.io/v1/` -> `docker.io`; `https://ghcr.io/v2/` -> `ghcr.io`. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
  return host === 'index.docker.io' ? 'docker.io' : host;
}
