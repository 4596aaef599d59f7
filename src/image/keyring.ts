/** Which credentials the kubelet would try for an image, in order, and why it ignores the others (kubernetes `pkg/credentialprovider`). */
import type { Sealed } from '../sealed.ts';
import { type ConfigEntry, decodeSecret, type KeyringSecret, type Nobody, type Padded } from './keyring-config.ts';
import { mismatch } from './keyring-match.ts';
import { reasonFor } from './keyring-reason.ts';
import { parseKeyUrl } from './keyring-url.ts';
import { parseReference, repositoryName } from './reference.ts';

export type { KeyringSecret, Padded } from './keyring-config.ts';
export { isMeantFor } from './keyring-reason.ts';

export interface KeyringCredential {
  readonly secret: string;
  /** The key as the Secret writes it: `https://index.docker.io/v1/`. */
  readonly entry: string;
  readonly username: string;
  readonly password: Sealed;
  /** Its entry has a token instead of a password, which the kubelet does not read. */
  readonly onlyToken?: true;
  /** It has no user name, so that the runtime asks as nobody; what it has instead. */
  readonly nobody?: Nobody;
  readonly padded?: Padded;
}

export interface IgnoredEntry {
  readonly secret: string;
  /** null: the whole Secret is ignored. */
  readonly entry: string | null;
  readonly reason: string;
}

export interface KeyringLookup {
  /** Full name without tag: `ghcr.io/org/app`. */
  readonly repository: string;
  readonly tried: readonly KeyringCredential[];
  readonly ignored: readonly IgnoredEntry[];
  /** `secrets`: one undecodable Secret makes the kubelet's whole lookup fail; `invalid-image`: the reference cannot be parsed. */
  readonly error: 'invalid-image' | 'secrets' | null;
}

interface Indexed extends ConfigEntry {
  readonly secret: string;
  readonly key: string;
}

/** What the kubelet looks under when nothing else matches an image of Docker Hub. */
const HUB_KEY = 'index.docker.io';

/** Looks `image` up in the pod's Secrets, given in the order in which the pod names them. The node's own credentials come after these. */
export function lookupCredentials(image: string, secrets: readonly KeyringSecret[]): KeyringLookup {
  const parsed = parseReference(image);
  if (!parsed.ok) return { repository: image, tried: [], ignored: [], error: 'invalid-image' };
  const repository = repositoryName(parsed.reference);
  const { index, ignored, broken } = indexSecrets(secrets);
  if (broken.length > 0) {
    const others = secrets.filter(({ name }) => !broken.some(({ secret }) => secret === name));
    const names = [...new Set(broken.map(({ secret }) => `"${secret}"`))].join(', ');
    const held = others.map(({ name }) => ({
      secret: name,
      entry: null,
      reason: `not used, because ${names} cannot be decoded`,
    }));
    return { repository, tried: [], ignored: [...broken, ...held], error: 'secrets' };
  }
  const matching = index.filter(({ key }) => mismatch(key, repository) === null);
  const chosen =
    matching.length > 0 || !isHubDefault(repository) ? matching : index.filter(({ key }) => key === HUB_KEY);
  const rest = index.filter((entry) => !chosen.includes(entry));
  return {
    repository,
    tried: chosen.map(({ key: _key, ...credential }) => credential),
    ignored: [...ignored, ...rest.map((entry) => explain(entry, repository, chosen))],
    error: null,
  };
}

interface Index {
  readonly index: Indexed[];
  readonly ignored: IgnoredEntry[];
  readonly broken: IgnoredEntry[];
}

/** All Secrets go into one index: keys in reverse order, and only among equal keys the order of the Secrets. */
function indexSecrets(secrets: readonly KeyringSecret[]): Index {
  const found: Index = { index: [], ignored: [], broken: [] };
  for (const secret of secrets) {
    const decoded = decodeSecret(secret);
    if (decoded.is === 'ignored') found.ignored.push({ secret: secret.name, entry: null, reason: decoded.reason });
    else if (decoded.is === 'broken')
      found.broken.push({ secret: secret.name, entry: decoded.entry, reason: decoded.reason });
    else {
      for (const entry of decoded.entries) {
        const key = keyOf(entry.entry);
        if (key === undefined) {
          found.ignored.push({
            secret: secret.name,
            entry: entry.entry,
            reason: reasonFor(entry.entry, '', '/', 'unparsable'),
          });
        } else found.index.push({ ...entry, secret: secret.name, key });
      }
    }
  }
  found.index.sort((a, b) => Buffer.compare(Buffer.from(b.key), Buffer.from(a.key)));
  return found;
}

/** Host and path of an entry, without scheme, `/v1/` or `/v2/`; undefined when the kubelet cannot parse it. */
function keyOf(entry: string): string | undefined {
  const parsed = parseKeyUrl(entry.replace(/^https?:\/\//, ''));
  if (!parsed) return undefined;
  const path = /^\/v[12]\//.test(parsed.path) ? parsed.path.slice(3) : parsed.path;
  return path === '/' ? parsed.host : parsed.host + path;
}

/** The kubelet takes every name without `.` or `:` in its first part for Docker Hub's, `localhost` included. */
function isHubDefault(repository: string): boolean {
  const first = repository.slice(0, repository.indexOf('/'));
  return first === 'docker.io' || first === HUB_KEY || !/[.:]/.test(first);
}

function explain(entry: Indexed, repository: string, chosen: readonly Indexed[]): IgnoredEntry {
  const why = mismatch(entry.key, repository);
  const hidden = entry.key === HUB_KEY && isHubDefault(repository) && chosen.length > 0;
  const first = chosen[0]?.entry ?? '';
  const reason =
    hidden || why === null
      ? `hidden by "${first}": the kubelet falls back to Docker Hub's entry only where no other entry matches`
      : reasonFor(entry.entry, entry.key, repository, why);
  return { secret: entry.secret, entry: entry.entry, reason };
}
