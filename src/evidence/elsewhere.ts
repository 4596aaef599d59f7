/** Where else a missing image may be: what the workload ran before, and the other registries that its Secrets open. Pure. */
import { type ConfigEntry, decodeSecret } from '../image/keyring-config.ts';
import { fullName, type ImageReference, parseReference } from '../image/reference.ts';
import type { AccessOutcome, RegistryAccess } from './registry-access.ts';
import type { Revision, SecretSnapshot } from './snapshots.ts';

/** One image that was asked for, as the kubelet would ask, and what its registry answered. */
export interface TriedImage {
  /** The full, unambiguous name. */
  readonly image: string;
  /** `secret/regcred`, or `anonymous`. */
  readonly asked: string;
  readonly answer: AccessOutcome['kind'];
}

export interface Elsewhere {
  /** What earlier revisions ran, newest first, asked for until one was found. */
  readonly revisions: readonly (TriedImage & { readonly revision: number })[];
  /** The same image in other registries. */
  readonly registries: readonly TriedImage[];
  /** The tag beside a digest that is not there, and what it means now. */
  readonly tag?: TriedImage & { readonly digest?: string };
}

/** A pod with many Secrets must not make us ask half the world. */
const MOST_HOSTS = 3;
const MOST_REVISIONS = 2;

/** Nobody was shown the image, and somebody was told that it is not there, or what a registry says for that as well. */
export function isMissing({ attempts }: RegistryAccess): boolean {
  if (attempts.some(({ outcome }) => outcome.kind === 'found' || outcome.kind === 'unsupported-manifest')) return false;
  return attempts.some(
    ({ outcome, hides, described }) =>
      outcome.kind === 'missing' ||
      hides === 'missing-or-forbidden' ||
      described?.kind === 'image-not-found' ||
      described?.kind === 'repository-not-found',
  );
}

/** The newest earlier revisions that ran another image in this container, each image once. */
export function earlierImages(
  revisions: readonly Revision[],
  container: string,
  image: ImageReference,
): readonly { readonly revision: number; readonly image: ImageReference }[] {
  const seen = new Set([fullName(image)]);
  const found = revisions
    .filter(({ isCurrent }) => !isCurrent)
    .toSorted((a, b) => b.revision - a.revision)
    .flatMap(({ revision, images }) => {
      const text = Object.hasOwn(images, container) ? (images[container] ?? '') : '';
      const parsed = parseReference(text);
      if (!parsed.ok || seen.has(fullName(parsed.reference))) return [];
      seen.add(fullName(parsed.reference));
      return [{ revision, image: parsed.reference }];
    });
  return found.slice(0, MOST_REVISIONS);
}

/**
 * The same path, or its last part, on each other host that an attached Secret names, with the same tag or digest; by host, the likeliest
 * first. Hosts written as patterns name no host.
 */
export function elsewhereNames(
  image: ImageReference,
  secrets: readonly SecretSnapshot[],
): readonly (readonly string[])[] {
  const byHost = new Map<string, Set<string>>();
  const path = image.registry === 'docker.io' ? image.repository.replace(/^library\//, '') : image.repository;
  const last = path.slice(path.lastIndexOf('/') + 1);
  for (const { entry } of secrets.flatMap(entriesOf)) {
    const place = placeOf(entry);
    if (place === undefined || place.host === image.registry) continue;
    const known = byHost.get(place.host);
    if (known === undefined && byHost.size >= MOST_HOSTS) continue;
    const paths = known ?? new Set<string>();
    byHost.set(place.host, paths);
    for (const one of [path, `${place.path}${last}`, last]) paths.add(one);
  }
  return [...byHost].map(([host, paths]) =>
    [...paths]
      .filter((one) => host !== 'docker.io' || one.includes('/'))
      .map((one) => `${host}/${one}${selector(image)}`),
  );
}

function selector({ tag, digest }: ImageReference): string {
  return `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

function entriesOf(secret: SecretSnapshot): readonly ConfigEntry[] {
  const decoded = decodeSecret(secret);
  return decoded.is === 'entries' ? decoded.entries : [];
}

/** `https://ghcr.io/org` -> `ghcr.io` and `org/`. */
export function placeOf(entry: string): { readonly host: string; readonly path: string } | undefined {
  const bare = entry.replace(/^https?:\/\//, '').replace(/^[^/@]*@/, '');
  const [host = '', ...rest] = bare.split('/');
  if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d{1,5})?$/.test(host)) return undefined;
  const path = rest.filter((part) => part !== '' && part !== 'v1' && part !== 'v2').join('/');
  return { host: host === 'index.docker.io' ? 'docker.io' : host, path: path === '' ? '' : `${path}/` };
}
