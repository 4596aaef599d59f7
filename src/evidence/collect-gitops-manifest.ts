/** The file of a GitOps repository that writes an image down: the commit, one list of its paths, at most eight files. */
import { findImagePlaces, findOtherPlaces, type ImagePlace, type OtherPlace } from '../image/manifest-image.ts';
import type { ImageReference } from '../image/reference.ts';
import type { CodeHost } from './code-host.ts';
import { cleanPath, type ManifestSource, repositoryAt } from './gitops.ts';
import { conventionalPaths, rankFiles, type Sought, takenIn, valueFilesIn } from './gitops-files.ts';
import type { FoundManifest, ManifestPlace } from './gitops-source.ts';
import { absent, notCollected, type Observation, observed, valueOf } from './observation.ts';

const MOST_FILES = 8;

export interface Hunt {
  readonly host: CodeHost;
  readonly sought: Sought;
  readonly image: ImageReference;
  readonly signal: AbortSignal;
}

/** In the first of its repositories that holds it, else the answer of the first. */
export async function findManifest(origin: readonly ManifestSource[], hunt: Hunt): Promise<Observation<FoundManifest>> {
  const inGit = origin.filter(({ repoUrl, chart }) => repoUrl !== '' && chart === undefined);
  if (inGit.length === 0) return notCollected('its manifests come from a chart repository, not from files in Git');
  let first: Observation<FoundManifest> | undefined;
  for (const source of inGit.slice(0, 2)) {
    const found = await inSource(source, origin, hunt);
    if (found.status === 'observed' && found.value.places.length > 0) return found;
    first ??= found;
  }
  return first ?? absent;
}

async function inSource(
  source: ManifestSource,
  origin: readonly ManifestSource[],
  hunt: Hunt,
): Promise<Observation<FoundManifest>> {
  const { host, signal } = hunt;
  const repository = repositoryAt(source.repoUrl, host.web);
  const folder = cleanPath(source.path);
  if (repository === undefined || folder === undefined) {
    return notCollected(`${source.repoUrl} is not a repository of ${host.web}, where files can be read`);
  }
  const commit = await host.commit(repository, source.revision ?? 'HEAD', signal);
  if (commit.status !== 'observed') return commit;
  const { sha } = commit.value;
  const reading = { hunt, repository, sha, folder, exact: valueFilesIn(source, origin) };
  const { paths, isComplete, extra } = await candidates(reading);
  const texts = await Promise.all(paths.map((path) => host.file(repository, path, sha, signal)));
  const gap = texts.find(({ status }) => status === 'forbidden' || status === 'unreachable');
  const read = paths.filter((_path, index) => texts[index]?.status === 'observed');
  if (read.length === 0 && gap !== undefined && gap.status !== 'observed') return gap;
  const inFiles = <P extends ImagePlace>(search: (text: string, image: ImageReference) => readonly P[]) =>
    paths.flatMap((path, index): (P & ManifestPlace)[] => {
      const text = texts[index];
      if (text?.status !== 'observed') return [];
      const isShared = extra.some((one) => path.startsWith(`${one}/`)) && !isUnder(path, folder);
      const page = `${host.web}/${repository}/blob/${sha}/${path.split('/').map(encodeURIComponent).join('/')}`;
      return search(text.value, hunt.image).map((place) => ({
        ...place,
        path,
        isShared,
        url: `${page}#L${place.line}`,
      }));
    });
  const places = inFiles(findImagePlaces);
  const base = source.isPinned
    ? {}
    : { base: source.revision === undefined || source.revision === 'HEAD' ? '' : source.revision };
  const isWhole = isComplete && gap === undefined;
  const chosen = settled(preferred(places, hunt.sought, reading.exact), reading.exact, isWhole);
  const changed = chosen.length > 0 || !isWhole ? {} : changedIn(inFiles(findOtherPlaces), hunt.sought, reading.exact);
  return observed({ repository, ...base, places: chosen, ...changed, read, isComplete: isWhole });
}

/** The one place of this workload that asks for another tag; nothing where there are more, or any doubt whose it is. */
function changedIn(
  others: readonly (ManifestPlace & OtherPlace)[],
  sought: Sought,
  exact: readonly string[],
): Pick<FoundManifest, 'changed'> {
  const [changed, another] = preferred(others, sought, exact);
  return changed === undefined || another !== undefined || !isOwn(changed, sought) ? {} : { changed };
}

interface Reading {
  readonly hunt: Hunt;
  readonly repository: string;
  readonly sha: string;
  readonly folder: string;
  readonly exact: readonly string[];
}

interface Candidates {
  readonly paths: readonly string[];
  readonly isComplete: boolean;
  /** Folders outside of the source's own. */
  readonly extra: readonly string[];
}

async function candidates({ hunt, repository, sha, folder, exact }: Reading): Promise<Candidates> {
  const { host, sought, signal } = hunt;
  const listed = valueOf(await host.tree(repository, sha, signal));
  if (listed === undefined) {
    const paths = [...exact, ...conventionalPaths(sought, folder)].slice(0, MOST_FILES);
    return { paths, isComplete: false, extra: [] };
  }
  const inFolder = folder === '' ? '' : `${folder}/`;
  const main = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
    .map((name) => `${inFolder}${name}`)
    .find((path) => listed.paths.includes(path));
  const text = main === undefined ? undefined : valueOf(await host.file(repository, main, sha, signal));
  const extra = text === undefined ? [] : takenIn(text, folder).filter((one) => !isUnder(one, folder));
  const ranked = rankFiles(listed.paths, sought, [folder, ...extra], exact);
  const paths = ranked.slice(0, MOST_FILES);
  return { paths, isComplete: !listed.truncated && ranked.length <= MOST_FILES, extra };
}

function isUnder(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** Those that surely mean this workload; where there are none, all. */
function preferred<P extends ManifestPlace>(
  places: readonly P[],
  sought: Sought,
  exact: readonly string[],
): readonly P[] {
  // Value files that the owner names win over what it would take by itself.
  const named = places.filter(({ path }) => exact.includes(path));
  if (named.length > 0) return strongest(named);
  // A tag of a kustomization or of values wins over the manifest that it is laid upon.
  const laid = places.filter(({ object, form, isWeak, isShared }) => {
    const isPlain = object === undefined || object.startsWith('Kustomization/');
    return isPlain && form === 'tag' && !isWeak && !isShared;
  });
  if (laid.length > 0) return laid;
  const own = ownObjects(sought);
  const ofOwn = places.filter(({ object, isWeak }) => !isWeak && object !== undefined && own.includes(object));
  return ofOwn.length > 0 ? ofOwn : strongest(places);
}

function ownObjects({ kind, name, owner }: Sought): readonly string[] {
  return [`${kind}/${name}`, `HelmRelease/${owner.application}`, `Application/${owner.application}`];
}

/** In the owner's own folder, in the workload's manifest or in what is laid upon it: it is no other workload's. */
function isOwn({ object, form, isShared }: ManifestPlace, sought: Sought): boolean {
  if (isShared) return false;
  if (object === undefined || object.startsWith('Kustomization/')) return form === 'tag';
  return ownObjects(sought).includes(object);
}

function strongest<P extends ManifestPlace>(places: readonly P[]): readonly P[] {
  const strong = places.filter(({ isWeak }) => !isWeak);
  return strong.length > 0 ? strong : places;
}

/** A bare tag is surely the image's where no other file that was or could be read holds it, and the owner names the file. */
function settled(
  places: readonly ManifestPlace[],
  exact: readonly string[],
  isComplete: boolean,
): readonly ManifestPlace[] {
  const [only, another] = places;
  if (only === undefined || another !== undefined || !isComplete || !exact.includes(only.path)) return places;
  return [{ ...only, isWeak: false }];
}
