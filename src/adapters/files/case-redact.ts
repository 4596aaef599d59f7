/**
 * Evidence as plain JSON that may be handed on: what decides the verdict stays, what opens a door goes. Passwords become a
 * placeholder, user names a pseudonym, links lose their query, and every text loses what looks like a credential.
 */
import { mapObserved } from '../../evidence/observation.ts';
import type { RecordedEvidence } from '../../evidence/recorded-case.ts';
import type { RegistryCredential } from '../../evidence/registry-access.ts';
import type { SecretSnapshot } from '../../evidence/snapshots.ts';
import type { TagDetailsAnswer } from '../../evidence/tag-details.ts';
import { decodeSecret } from '../../image/keyring-config.ts';
import { Sealed } from '../../sealed.ts';
import { type Covers, isName, makeCovers, withoutUser } from './case-covers.ts';
import { parseCaseText } from './case-schema.ts';

/** Stands for every password in a case file. */
const PLACEHOLDER = '[sealed]';

/** One object per case, ready for `JSON.stringify`. */
export function redactEvidence(cases: readonly RecordedEvidence[]): readonly Readonly<Record<string, unknown>>[] {
  const covers = makeCovers(cases.map(({ evidence }) => evidence));
  return cases.map(({ evidence }) => {
    const { pullSecrets, keyring, registryAccess, tagDetails, ...rest } = evidence;
    const special = {
      ...(pullSecrets && {
        pullSecrets: mapObserved(pullSecrets, (list) =>
          list.map((one) => ({ ...one, secret: mapObserved(one.secret, (secret) => redactSecret(secret, covers)) })),
        ),
      }),
      ...(keyring && {
        keyring: mapObserved(keyring, (lookup) => ({
          ...lookup,
          tried: lookup.tried.map((one) => ({ ...one, username: covers.name(one.username) })),
        })),
      }),
      ...(tagDetails && { tagDetails: mapObserved(tagDetails, (answer) => redactPushers(answer, covers)) }),
      ...(registryAccess && {
        registryAccess: mapObserved(registryAccess, (access) => ({
          ...access,
          attempts: access.attempts.map((one) => ({ ...one, credential: redactCredential(one.credential, covers) })),
        })),
      }),
    };
    return walk({ ...rest, ...special }, '', covers) as Readonly<Record<string, unknown>>;
  });
}

function redactCredential(credential: RegistryCredential, covers: Covers): RegistryCredential {
  return credential.kind === 'anonymous' ? credential : { ...credential, username: covers.name(credential.username) };
}

function redactPushers(answer: TagDetailsAnswer, covers: Covers): TagDetailsAnswer {
  if (answer.kind !== 'told') return answer;
  const tags = answer.tags.map((one) =>
    one.pushedBy === undefined ? one : { ...one, pushedBy: covers.name(one.pushedBy) },
  );
  return { ...answer, tags };
}

/** Keeps type, keys and entries, so that it still means the same to the kubelet's rules. */
function redactSecret(secret: SecretSnapshot, covers: Covers): object {
  const decoded = decodeSecret(secret);
  const data = Object.entries(secret.data).map(([key, value]): [string, string] => {
    if (value.isEmpty) return [key, ''];
    if (key !== '.dockerconfigjson' && key !== '.dockercfg') return [key, PLACEHOLDER];
    if (decoded.is !== 'entries') return [key, JSON.stringify(blank(parseCaseText(value.reveal()), ''))];
    const entries = decoded.entries.map(({ entry, username }): [string, object] => [
      withoutUser(entry),
      { username: covers.name(username), password: PLACEHOLDER },
    ]);
    const auths = Object.fromEntries(entries);
    return [key, JSON.stringify(secret.type === 'kubernetes.io/dockercfg' ? auths : { auths })];
  });
  return { ...secret, data: Object.fromEntries(data) };
}

/** The shape of a configuration that the kubelet ignores or cannot decode: keys and types, no value. */
function blank(value: unknown, key: string): unknown {
  if (typeof value === 'string') return key === 'auth' && value !== '' ? '*' : value === '' ? '' : PLACEHOLDER;
  if (typeof value === 'number') return 0;
  if (Array.isArray(value)) return value.map((part) => blank(part, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [withoutUser(name), blank(part, name)]));
  // Not JSON at all: neither is what stands for it.
  return value === undefined ? PLACEHOLDER : value;
}

/** Plain JSON; a sealed value that nobody unpacked becomes the placeholder. */
function walk(value: unknown, field: string, covers: Covers): unknown {
  if (value instanceof Sealed) return PLACEHOLDER;
  if (typeof value === 'string') return covers.text(value, field);
  if (isTexts(value)) return covers.lines(value, field);
  if (Array.isArray(value)) return value.map((part) => walk(part, field, covers));
  if (typeof value === 'object' && value !== null) {
    const inner = (name: string) => (isName(field) ? field : name);
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [covers.text(name, 'host'), walk(part, inner(name), covers)]),
    );
  }
  return value;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}
