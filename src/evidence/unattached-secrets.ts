/** Secrets that a pod does not use and perhaps should: judged as the kubelet would judge them, with nothing of their content kept. */
import { isMeantFor, type KeyringCredential, lookupCredentials } from '../image/keyring.ts';
import type { ManagedBy } from './managed-by.ts';
import type { Observation } from './observation.ts';
import type { AccessOutcome } from './registry-access.ts';
import type { SecretSnapshot } from './snapshots.ts';

/** A Secret as a list shows it: no content, only the names of its keys. */
export interface SecretRow {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  /** Names of its data keys, as far as the server tells who wrote them. */
  readonly keys: readonly string[];
}

export interface SecretRows {
  readonly rows: readonly SecretRow[];
  /** true: there are more than our cap. */
  readonly truncated: boolean;
}

/**
 * `matches`: an entry of it is for this image. `wrong-type`: one would be, had it a type and a key that the kubelet reads. `never`: an
 * entry is meant for this registry and written so that it matches nothing. `broken`: it cannot be decoded. `other`: for something else.
 */
export type SecretFit = 'matches' | 'wrong-type' | 'never' | 'broken' | 'other';

export interface UnattachedSecret {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly fit: SecretFit;
  /** Why the kubelet would not use it as it stands; empty where it would. */
  readonly reason: string;
  /** The data key that holds the configuration. */
  readonly key?: string;
  /** ms; its last known write. */
  readonly writtenAt?: number;
  readonly managedBy?: ManagedBy;
  /** What the registry answered when it was tried for the failing image; absent where it was not tried. */
  readonly answer?: AccessOutcome;
}

export interface UnattachedSecrets {
  /** Of the pod's namespace, those that fit best first; those for something else are only counted. */
  readonly here: readonly UnattachedSecret[];
  /** How many Secrets of a pull type the namespace has beside those that the pod names. */
  readonly others: number;
  readonly truncated: boolean;
  /** Of other namespaces; asked only where the namespace itself has nothing that helps. */
  readonly elsewhere: Observation<readonly UnattachedSecret[]>;
}

const JSON_TYPE = 'kubernetes.io/dockerconfigjson';
const CFG_TYPE = 'kubernetes.io/dockercfg';

/** A type of which the kubelet reads Secrets. */
export function isPullType(type: string): boolean {
  return type === JSON_TYPE || type === CFG_TYPE;
}

/** Keys that people put a registry login under, right ones included. */
const LOGIN_KEY = /^\.?docker[._-]?cfg$|^\.?docker[._-]?config(?:[._-]?json)?$|^config\.json$/i;

/** A Secret of another type that holds what looks like a registry login. */
export function looksMistyped({ type, keys }: SecretRow): boolean {
  return !isPullType(type) && keys.some((key) => LOGIN_KEY.test(key));
}

export interface Judged {
  readonly secret: UnattachedSecret;
  /** To try it with; undefined where it holds none for this image. */
  readonly credential?: KeyringCredential;
}

/** What the kubelet would take from this Secret for the image, were it attached. */
export function judge(image: string, secret: SecretSnapshot): Judged {
  return isPullType(secret.type) ? judgeAs(image, secret, secret) : judgeMistyped(image, secret);
}

function judgeMistyped(image: string, secret: SecretSnapshot): Judged {
  const key = Object.keys(secret.data).find((name) => LOGIN_KEY.test(name));
  const value = key === undefined ? undefined : secret.data[key];
  if (key === undefined || value === undefined) return { secret: row(secret, 'other', '') };
  for (const [type, right] of [
    [JSON_TYPE, '.dockerconfigjson'],
    [CFG_TYPE, '.dockercfg'],
  ] as const) {
    const { secret: found, credential } = judgeAs(image, secret, { ...secret, type, data: { [right]: value } });
    if (found.fit === 'matches') {
      const reason = lookupCredentials(image, [secret]).ignored[0]?.reason ?? '';
      return { secret: { ...found, fit: 'wrong-type', reason, key }, ...(credential ? { credential } : {}) };
    }
  }
  return { secret: row(secret, 'other', '') };
}

function judgeAs(image: string, secret: SecretSnapshot, read: SecretSnapshot): Judged {
  const { repository, tried, ignored, error } = lookupCredentials(image, [read]);
  const [credential] = tried;
  if (credential !== undefined) return { secret: row(secret, 'matches', ''), credential };
  if (error === 'secrets') return { secret: row(secret, 'broken', ignored[0]?.reason ?? '') };
  const near = ignored.find(({ entry }) => entry !== null && isMeantFor(entry, repository));
  return { secret: near === undefined ? row(secret, 'other', '') : row(secret, 'never', near.reason) };
}

function row(secret: SecretSnapshot, fit: SecretFit, reason: string): UnattachedSecret {
  const { namespace, name, type, managedBy } = secret;
  const writtenAt = secret.updatedAt ?? secret.createdAt;
  return {
    namespace,
    name,
    type,
    fit,
    reason,
    ...(writtenAt === undefined ? {} : { writtenAt }),
    ...(managedBy === undefined ? {} : { managedBy }),
  };
}

/** A name that somebody may have meant: the same without its separators, or one slip away. */
export function isNearName(name: string, wanted: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-._]/g, '');
  return name !== wanted && (plain(name) === plain(wanted) || isOneSlip(plain(name), plain(wanted)));
}

/** One letter more, less, other, or two neighbours swapped; short names are too alike for that to mean anything. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < 5 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return left.length + right.length <= 2 || (left.length === 2 && left === `${right[1] ?? ''}${right[0] ?? ''}`);
}
