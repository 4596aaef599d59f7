/** Writing one registry's credential into a pull Secret's JSON, leaving every other entry and field as it is. */
import { z } from 'zod';
import type { RegistryCredential } from '../evidence/registry-access.ts';
import { Sealed } from '../sealed.ts';

const Entry = z.looseObject({ username: z.string().nullish(), auth: z.string().nullish() });
const Auths = z.record(z.string(), Entry);
const ConfigJson = z.looseObject({ auths: Auths });

/** The key that the kubelet reads for a Secret's type (B3 rule 2). */
const KEY_OF_TYPE: Readonly<Record<string, string>> = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
};

export type Rewrite =
  | {
      readonly ok: true;
      readonly key: string;
      readonly content: Sealed;
      /** The key's value as it is now. */
      readonly previous: Sealed;
      /** User name before, if it could be read. */
      readonly before: string | undefined;
      /** How many other entries stay as they are. */
      readonly others: number;
    }
  | { readonly ok: false; readonly reason: string };

/** New content with `entry`'s user name and password replaced. The reason of a failure never quotes the content. */
export function rewriteEntry(
  secret: { readonly type: string; readonly data: Readonly<Record<string, Sealed>> },
  entry: string,
  credential: Extract<RegistryCredential, { kind: 'password' }>,
): Rewrite {
  const key = KEY_OF_TYPE[secret.type];
  if (!key) return { ok: false, reason: `its type ${secret.type} is not one that the kubelet reads` };
  const previous = secret.data[key];
  if (previous === undefined) return { ok: false, reason: `it has no key ${key}` };
  const parsed = parse(previous.reveal(), secret.type);
  if (!parsed) return { ok: false, reason: `its ${key} is not readable JSON with registries in it` };
  const old = Object.hasOwn(parsed.auths, entry) ? parsed.auths[entry] : undefined;
  if (!old) return { ok: false, reason: `it has no entry ${entry} any more` };
  const password = credential.password.reveal();
  const auth = Buffer.from(`${credential.username}:${password}`).toString('base64');
  const auths = { ...parsed.auths, [entry]: { ...old, username: credential.username, password, auth } };
  const content = new Sealed(JSON.stringify(parsed.wrap(auths)));
  return { ok: true, key, content, previous, before: userOf(old), others: Object.keys(auths).length - 1 };
}

function parse(
  text: string,
  type: string,
): { auths: z.infer<typeof Auths>; wrap: (auths: object) => object } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (type === 'kubernetes.io/dockercfg') {
    const auths = Auths.safeParse(value);
    return auths.success ? { auths: auths.data, wrap: (changed) => changed } : undefined;
  }
  const config = ConfigJson.safeParse(value);
  return config.success
    ? { auths: config.data.auths, wrap: (changed) => ({ ...config.data, auths: changed }) }
    : undefined;
}

function userOf(entry: z.infer<typeof Entry>): string | undefined {
  if (!entry.auth) return entry.username ?? undefined;
  const [user] = Buffer.from(entry.auth, 'base64').toString('utf8').split(':', 1);
  return user || (entry.username ?? undefined);
}
