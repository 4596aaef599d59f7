/** Which part of a missing image is missing, and how sure that is. */
import { type Observation, valueOf } from '../evidence/observation.ts';
import type { AccessAttempt, RegistryAccess, RepositoryList, TagAnswer } from '../evidence/registry-access.ts';
import type { RegistryService } from '../evidence/registry-service.ts';
import { detailOf, type TagDetailsAnswer } from '../evidence/tag-details.ts';
import { fullName, type ImageReference, repositoryName } from '../image/reference.ts';
import { type NearTag, nearestTags } from '../image/tag.ts';
import { editDistance } from '../image/tag-distance.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';
import { canRead, nameOf, readAttempt, tableOf } from './registry-answers.ts';
import { storageLost } from './registry-backing.ts';
import { pushedWords } from './tag-words.ts';
import { list } from './words.ts';

interface Missing {
  readonly image: ImageReference;
  readonly access: RegistryAccess;
  readonly tags: Observation<TagAnswer>;
  readonly tagDetails: Observation<TagDetailsAnswer>;
  /** What stands behind the registry, where it is the cluster's and holds nothing. */
  readonly registryService: Observation<RegistryService>;
}

/** What Amazon's own API says is missing, where the registry itself told nobody; undefined when it was not asked or has the image. */
export function describedMissing(image: ImageReference, access: RegistryAccess): Finding | undefined {
  const said = access.attempts.flatMap(({ described }) => described ?? [])[0];
  if (said === undefined || said.kind === 'found') return undefined;
  const finding = { confidence: 'certain', because: ['reference', 'registryAccess'], alternatives: [] } as const;
  const detail = { asked: tableOf(access) };
  if (said.kind === 'repository-not-found') {
    const summary = `Amazon ECR has no repository ${image.repository} at ${image.registry}.`;
    return { ...finding, cause: 'repository-not-found', summary, detail };
  }
  const what = image.digest === undefined ? `tag ${image.tag ?? 'latest'}` : `manifest ${image.digest}`;
  const summary = `The repository ${repositoryName(image)} exists, Amazon ECR has no ${what} in it.`;
  return { ...finding, cause: image.digest === undefined ? 'tag-not-found' : 'digest-not-found', summary, detail };
}

/** Called only when at least one attempt was answered 404. */
export function describeMissing({ image, access, tags, tagDetails, registryService }: Missing): Finding {
  const answers = access.attempts.filter((attempt) => readAttempt(attempt) === 'missing');
  const reader = answers.find(canRead);
  if (tags.status === 'observed' && tags.value.kind === 'listed') {
    return notListed(image, access, { tags: tags.value, told: valueOf(tagDetails) });
  }
  const exact = describedMissing(image, access);
  if (exact !== undefined) return exact;
  const said = reader ?? answers.find(isBasicLogin);
  if (said === undefined) return hidden(image, access);
  const because: Finding['because'] = ['reference', 'registryAccess'];
  const noList = tags.status === 'observed' && tags.value.kind === 'missing';
  if (noList || codeOf(said) === 'NAME_UNKNOWN') {
    const known = noRepository(image, access, said, noList ? [...because, 'tags'] : because);
    const held = noList && tags.value.kind === 'missing' ? tags.value.repositories : undefined;
    return withHeld(reader === undefined ? perhapsHidden(known, image) : known, image, held, registryService);
  }
  return {
    cause: 'image-not-found',
    confidence: 'likely',
    because,
    summary: `The registry says that ${fullName(image)} does not exist; its tag list could not be read, so tag or repository may be missing${reader === undefined ? ', or hidden from these credentials' : ''}.`,
    detail: { asked: tableOf(access) },
    alternatives: [
      image.digest === undefined ? 'tag-not-found' : 'digest-not-found',
      'repository-not-found',
      ...(reader === undefined ? HIDDEN : []),
    ],
  };
}

const HIDDEN: readonly Cause[] = ['permission-denied', 'not-found-or-unauthorized'];

/** Basic tells nothing about rights by repository, and not every registry answers a missing right with a refusal. */
function isBasicLogin({ credential, challenge }: AccessAttempt): boolean {
  return credential.kind === 'password' && challenge.scheme === 'basic';
}

function perhapsHidden(finding: Finding, image: ImageReference): Finding {
  const summary = `The repository ${image.repository} at ${image.registry} is missing, or hidden from these credentials: some registries answer "not there" for what a login may not see.`;
  return { ...finding, confidence: 'likely', summary, alternatives: HIDDEN };
}

function codeOf(attempt: AccessAttempt): string {
  return attempt.outcome.kind === 'missing' ? attempt.outcome.code : '';
}

function noRepository(
  image: ImageReference,
  access: RegistryAccess,
  reader: AccessAttempt,
  because: Finding['because'],
): Finding {
  return {
    cause: 'repository-not-found',
    confidence: 'certain',
    because,
    summary: `The registry ${image.registry} has no repository ${image.repository} (asked as ${nameOf(reader.credential)}).`,
    detail: {
      repository: repositoryName(image),
      asked: tableOf(access),
      ...(reader.challenge.scheme === 'none' ? { toldToAll: true } : {}),
    },
    alternatives: [],
  };
}

/** A registry of the cluster may have lost all that it held. */
function withLoss(finding: Finding, behind: Observation<RegistryService>): Finding {
  const lost = storageLost(valueOf(behind));
  if (lost === undefined) return finding;
  const { sentence, fix } = lost;
  return {
    ...finding,
    because: [...finding.because, 'registryService'],
    summary: `${finding.summary} ${sentence}`,
    fix,
  };
}

const MOST_HELD = 5;
/** Longer names than this are told apart by more than a slip. */
const MOST_SLIPS = 4;

/** What the registry holds instead, the nearest names first. */
function withHeld(
  finding: Finding,
  { repository }: ImageReference,
  held: RepositoryList | undefined,
  behind: Missing['registryService'],
): Finding {
  if (held === undefined) return finding;
  if (held.names.length === 0) {
    if (held.truncated) return finding;
    const summary = `${finding.summary} It holds no repository at all.`;
    return withLoss({ ...finding, summary, detail: { ...finding.detail, holds: [] } }, behind);
  }
  const base = repository.slice(repository.lastIndexOf('/') + 1);
  const far = (name: string) =>
    editDistance(repository, name, MOST_SLIPS) ??
    (name.endsWith(`/${base}`) || name === base ? MOST_SLIPS : Number.MAX_SAFE_INTEGER);
  const shown = held.names.toSorted((a, b) => far(a) - far(b)).slice(0, MOST_HELD);
  const rest = held.names.length - shown.length;
  const more = held.truncated ? ' and others' : rest > 0 ? ` and ${rest} more` : '';
  const summary = `${finding.summary} It holds ${shown.join(', ')}${more}.`;
  return { ...finding, summary, detail: { ...finding.detail, holds: shown } };
}

function hidden(image: ImageReference, access: RegistryAccess): Finding {
  return {
    cause: 'not-found-or-unauthorized',
    confidence: 'likely',
    because: ['reference', 'registryAccess'],
    summary: `${fullName(image)} is missing, or hidden from these credentials: nothing proves that they may read ${image.repository}.`,
    detail: { asked: tableOf(access) },
    alternatives: [
      image.digest === undefined ? 'tag-not-found' : 'digest-not-found',
      'repository-not-found',
      'permission-denied',
    ],
  };
}

type Listed = Extract<TagAnswer, { kind: 'listed' }>;

interface InRepository {
  readonly tags: Listed;
  /** What is told of the nearest. */
  readonly told: TagDetailsAnswer | undefined;
}

function notListed(image: ImageReference, access: RegistryAccess, { tags, told }: InRepository): Finding {
  const because = ['reference', 'registryAccess', 'tags'] as const;
  const tag = image.tag ?? 'latest';
  if (image.digest !== undefined) {
    return {
      cause: 'digest-not-found',
      confidence: 'certain',
      because,
      summary: `The repository ${repositoryName(image)} exists, but it holds no manifest ${image.digest}.`,
      detail: { digest: image.digest, tags: tags.names.length, asked: tableOf(access) },
      alternatives: [],
    };
  }
  if (tags.names.includes(tag)) return listedButGone(image, access);
  const near = nearestTags(tag, tags.names, 3);
  const hint = near.length === 0 ? heldWords(tags) : ` Nearest: ${list(near.map((one) => nearWords(one, told)))}.`;
  const times = near.flatMap(({ tag: name }) => pushedWords(detailOf(told, name)) ?? []);
  return {
    cause: 'tag-not-found',
    confidence: 'certain',
    because: times.length === 0 ? because : [...because, 'tagDetails'],
    summary: `The repository ${repositoryName(image)} exists, the tag ${tag} does not.${unsetWords(tag)}${hint}${cutWords(tags)}`,
    detail: {
      tag,
      nearest: near.map(({ tag: name }) => name),
      nearestWhy: near.map(({ why }) => why),
      ...(times.length === 0 ? {} : { nearestPushed: times }),
      tags: tags.names.length,
      truncated: tags.truncated,
      asked: tableOf(access),
    },
    ...(near.length === 0 ? { fix: NONE_NEAR } : {}),
    alternatives: [],
  };
}

const NONE_NEAR = 'Push the missing tag, or deploy one that exists. Neither a restart nor new credentials will help.';
/** More than these are no help in a sentence. */
const FEW_TAGS = 5;

/** What there is where nothing comes near. */
function heldWords({ names, truncated }: Listed): string {
  if (truncated) return '';
  if (names.length === 0) return ' It has no tag at all.';
  return names.length <= FEW_TAGS ? ` It has only ${list(names)}.` : ` None of its ${names.length} tags comes near.`;
}

function nearWords({ tag, why }: NearTag, told: TagDetailsAnswer | undefined): string {
  const pushed = pushedWords(detailOf(told, tag));
  return `${tag} (${why}${pushed === undefined ? '' : `, ${pushed}`})`;
}

/** What templates and scripts write for a variable that has no value, or that nobody replaced. */
const UNSET =
  /^(?:undefined|null|nil|none|nan|false|true|todo|tbd|placeholder|(?:image[-_]?)?(?:tag|version)|(?:replace|change)[-_]?me|__\w+__)$/i;

function unsetWords(tag: string): string {
  return UNSET.test(tag) ? ` It reads like a variable that had no value when the manifest was rendered.` : '';
}

/** The tag itself was asked for and is not there; only what is near it may be in the part that was not read. */
function cutWords({ names, truncated, lacks }: Listed): string {
  if (!truncated) return '';
  const which = lacks === 'newest' ? ', and this registry lists the newest last' : '';
  return ` Only ${names.length} of its tags were read${which}: a nearer one may be among the others.`;
}

/** The list and the manifest contradict each other: pushed this minute, a cache, or a broken registry. */
function listedButGone(image: ImageReference, access: RegistryAccess): Finding {
  return {
    cause: 'image-not-found',
    confidence: 'likely',
    because: ['reference', 'registryAccess', 'tags'],
    summary: `The tag list of ${repositoryName(image)} names ${image.tag ?? ''}, yet its manifest is answered with 404: just pushed, or the registry has lost it.`,
    detail: { asked: tableOf(access) },
    alternatives: ['registry-error', 'tag-not-found'],
  };
}
