/** From an image to the repository, and where the registry tells it, to the run that made it. */
import { type ImageOrigin, type ImageSource, repositoryIn, runIn } from '../build/origin.ts';
import { tagTime } from '../build/tag-clock.ts';
import { type ImageReference, parseReference, repositoryName } from '../image/reference.ts';
import { commitOf, nearestTags } from '../image/tag.ts';
import { matchesGlob } from '../target/glob.ts';
import type { RepositoryLink } from './build-trace.ts';
import type { Outside } from './collector.ts';
import { valueOf } from './observation.ts';
import type { RegistryCredential } from './registry-access.ts';

/** What is asked about: an image, and who may read what lies beside it. */
export interface Wanted {
  readonly image: ImageReference;
  readonly credential: RegistryCredential;
  /** Existing tags; empty where none can be read. */
  readonly names: readonly string[];
  /** It exists, and its own origin is what matters. */
  readonly exists: boolean;
}

export interface ImageLink {
  readonly repository: string;
  readonly linkedBy: RepositoryLink;
  readonly sibling?: { readonly tag: string; readonly origin: ImageOrigin };
  readonly run?: { readonly id: number; readonly attempt?: number };
  /** As configured. */
  readonly workflow?: string;
}

type Asker = Pick<Outside, 'registry' | 'codeHost' | 'sources' | 'signal'>;

/** undefined: nothing tells the repository. `searched` gets one sentence for each place that was asked. */
export async function linkImage(wanted: Wanted, outside: Asker, searched: string[]): Promise<ImageLink | undefined> {
  const { codeHost } = outside;
  if (codeHost === undefined) return undefined;
  const configured = sourceFor(wanted.image, outside.sources ?? []);
  const sibling = await neighbourOf(wanted, configured, outside, searched);
  const shown = sibling === undefined ? {} : { sibling };
  const run = runIn(sibling?.origin.runUrl, codeHost.web);
  if (run !== undefined) {
    const { repository, ...rest } = run;
    return { repository, linkedBy: 'provenance', run: rest, ...shown, ...workflowOf(configured, repository) };
  }
  const labelled = repositoryIn(sibling?.origin.source, codeHost.web);
  const repository = configured?.repository ?? labelled;
  if (repository === undefined) return undefined;
  const link = { repository, ...shown, ...workflowOf(configured, repository) };
  const digest = sibling?.origin.digest;
  const attested = digest === undefined ? undefined : await codeHost.attestedRun(repository, digest, outside.signal);
  const found = attested === undefined ? undefined : runIn(valueOf(attested), codeHost.web);
  if (found?.repository === repository) {
    return { ...link, linkedBy: 'attestation', run: { id: found.id, ...attemptOf(found) } };
  }
  return { ...link, linkedBy: configured === undefined ? 'source-label' : 'configured' };
}

/** Where repository, workflow and commit are known, what a neighbour says of itself would cost up to five requests and tell nothing new. */
async function neighbourOf(
  wanted: Wanted,
  configured: ImageSource | undefined,
  outside: Asker,
  searched: string[],
): Promise<ImageLink['sibling']> {
  const { image, exists } = wanted;
  const isTold = !exists && configured?.workflow !== undefined && commitOf(image.tag ?? '') !== undefined;
  return isTold ? undefined : siblingOf(wanted, outside, searched);
}

function attemptOf({ attempt }: { readonly attempt?: number }): { readonly attempt?: number } {
  return attempt === undefined ? {} : { attempt };
}

function workflowOf(source: ImageSource | undefined, repository: string): { readonly workflow?: string } {
  return source?.workflow === undefined || source.repository !== repository ? {} : { workflow: source.workflow };
}

function sourceFor(image: ImageReference, sources: readonly ImageSource[]): ImageSource | undefined {
  const name = repositoryName(image);
  return sources.find(({ image: pattern }) => {
    const parsed = parseReference(pattern);
    return matchesGlob(pattern, name) || (parsed.ok && repositoryName(parsed.reference) === name);
  });
}

async function siblingOf(
  { image, credential, names, exists }: Wanted,
  { registry, signal }: Asker,
  searched: string[],
): Promise<ImageLink['sibling']> {
  const tag = exists ? image.digest : nearestOf(image.tag, names);
  if (tag === undefined) {
    searched.push('the registry has no other tag of this repository that could tell where it is built');
    return undefined;
  }
  const { digest: _gone, tag: _missing, ...name } = image;
  const asked = exists ? image : { ...name, tag };
  const origin = await registry.origin?.(asked, credential, signal);
  if (origin?.status !== 'observed') {
    searched.push(`${tag}: its provenance and labels could not be read`);
    return undefined;
  }
  const { source, runUrl } = origin.value;
  searched.push(`${tag}: ${runUrl ?? source ?? 'no provenance and no source label'}`);
  return { tag, origin: origin.value };
}

/** What tools keep beside images under tags of their own: cosign's signatures and attestations, BuildKit's cache. */
const NO_IMAGE = /^sha256-[0-9a-f]{64}|(?:^|[-_.])(?:build)?cache(?:$|[-_.])/;

/** The nearest existing tag; without any likeness the one that spells the latest time, else the last of those that name a commit as it does, else the last. */
function nearestOf(tag: string | undefined, names: readonly string[]): string | undefined {
  const [near] = tag === undefined ? [] : nearestTags(tag, names, 1);
  if (near !== undefined) return near.tag;
  const timed = names.flatMap((name) => {
    const time = tagTime(name);
    return time === undefined ? [] : [{ name, from: time.from }];
  });
  const latest = timed.toSorted((a, b) => b.from - a.from)[0]?.name;
  if (latest !== undefined) return latest;
  const images = names.filter((name) => !NO_IMAGE.test(name));
  const namesCommit = tag !== undefined && commitOf(tag) !== undefined;
  const alike = namesCommit ? images.filter((name) => commitOf(name) !== undefined) : [];
  return alike.at(-1) ?? images.at(-1) ?? names.at(-1);
}
