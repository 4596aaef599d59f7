/** A registry credential as people keep it: `user:password`, `{"username","password"}`, or a docker config with `auths`. */
import { z } from 'zod';
import { registryHost } from '../../remediation/registry-host.ts';
import { Sealed } from '../../sealed.ts';

const Pair = z.object({ username: z.string().min(1), password: z.string().min(1) });
const Auths = z.record(
  z.string(),
  z.object({ username: z.string().nullish(), password: z.string().nullish(), auth: z.string().nullish() }),
);
/** `.dockerconfigjson` has its hosts under `auths`, the older `.dockercfg` at the top. */
const Config = z.union([z.object({ auths: Auths }).transform(({ auths }) => auths), Auths]);

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
  const entry = entryFor(config.data, registry);
  if (entry?.auth) return split(Buffer.from(entry.auth, 'base64').toString('utf8'));
  return entry?.username && entry.password
    ? { username: entry.username, password: new Sealed(entry.password) }
    : undefined;
}

/** The whole host's entry before one of a path under it. */
function entryFor(auths: z.infer<typeof Auths>, registry: string): z.infer<typeof Auths>[string] | undefined {
  const host = registryHost(registry);
  const fitting = Object.entries(auths).filter(([key]) => registryHost(key) === host);
  const whole = fitting.find(([key]) => /^(?:https?:\/\/)?[^/]+(?:\/v[12])?\/?$/i.test(key));
  return (whole ?? fitting[0])?.[1];
}

function split(text: string): UserPassword | undefined {
  const colon = text.indexOf(':');
  const password = text.slice(colon + 1);
  return colon > 0 && password !== '' ? { username: text.slice(0, colon), password: new Sealed(password) } : undefined;
}
