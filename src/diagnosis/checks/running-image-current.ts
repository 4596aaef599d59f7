/**
 * Is what runs the image that the tag means now? A node keeps its copy of a tag that was pushed again, and a restart brings the new
 * one only where the pull policy lets the kubelet ask the registry.
 */
import { formatTime } from '../../clock.ts';
import { hasStarted } from '../../evidence/crashes.ts';
import type { EvidenceView } from '../../evidence/evidence.ts';
import { valueOf } from '../../evidence/observation.ts';
import { matchManifests, type NodeCopy, type RunningImage } from '../../evidence/running-image.ts';
import type { ContainerSnapshot } from '../../evidence/snapshots.ts';
import { detailOf, type TagDetail } from '../../evidence/tag-details.ts';
import { type ImageReference, repositoryName } from '../../image/reference.ts';
import { isMutableTag } from '../../image/tag.ts';
import { type CheckResult, type Confidence, defineCheck } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { commandLine } from '../shell.ts';
import { pushedWords } from '../tag-words.ts';
import { count, list, minuteOf, tidy } from '../words.ts';

export const runningImageCurrent = defineCheck({
  id: 'running-image-current',
  question: 'Is the image that runs the one that the tag means now?',
  needs: ['container', 'reference', 'runningImage', 'node', 'tagDetails'],
  run(evidence): CheckResult {
    const { container, reference, runningImage } = evidence;
    if (container.status !== 'observed') return couldNotLook({ container });
    const early = notAsked(container.value);
    if (early !== undefined) return { verdict: 'not-applicable', note: early };
    if (reference.status !== 'observed') return couldNotLook({ reference });
    if (!reference.value.ok) return { verdict: 'not-applicable', note: 'the reference cannot be parsed' };
    const image = reference.value.reference;
    if (image.digest !== undefined) {
      return { verdict: 'not-applicable', note: 'the image is pinned by its digest, which never means another one' };
    }
    if (runningImage.status !== 'observed') return couldNotLook({ runningImage });
    const told = detailOf(valueOf(evidence.tagDetails), image.tag ?? 'latest');
    return compare({
      image,
      container: container.value,
      seen: runningImage.value,
      platform: platformOf(evidence),
      told,
    });
  },
  command({ pod }) {
    if (pod?.status !== 'observed') return undefined;
    const { name, namespace } = pod.value;
    return commandLine('kubectl', 'get', 'pod', name, '-n', namespace, '-o', 'jsonpath={.status..imageID}');
  },
});

/** Why the question does not arise for this container; undefined when it does. */
function notAsked(container: ContainerSnapshot): string | undefined {
  if (!hasStarted(container)) return 'the container has not started, so it runs no image yet';
  if (container.state === 'terminated' && container.exitCode === 0) return 'the container has completed';
  return undefined;
}

function platformOf({ node }: EvidenceView<'node'>): string | null {
  const seen = valueOf(node);
  return seen === undefined ? null : `${seen.os}/${seen.arch}`;
}

interface Facts {
  readonly image: ImageReference;
  readonly container: ContainerSnapshot;
  readonly seen: RunningImage;
  readonly platform: string | null;
  /** What the registry's own API tells of the tag. */
  readonly told: TagDetail | undefined;
}

function compare(facts: Facts): CheckResult {
  const { image, seen } = facts;
  const tag = image.tag ?? 'latest';
  if (seen.match === 'same') {
    return {
      verdict: 'pass',
      note: `the node runs what ${tag} means now: ${seen.now.digest}`,
      ruledOut: [{ cause: 'stale-cached-image', because: ['runningImage'] }],
    };
  }
  if (seen.match === 'unknown') {
    return { verdict: 'inconclusive', note: notCompared(seen, tag), missing: ['runningImage'] };
  }
  return stale(facts, tag);
}

function notCompared({ running }: RunningImage, tag: string): string {
  return running.repository === undefined
    ? `the node names its image only by its config (${short(running.digest)}), and what the registry shows of ${tag} does not tell that`
    : `the node knows its image as ${tidy(running.repository)}@${short(running.digest)}, which may be the same image under another name, and what lies there could not be compared with what ${tag} means now`;
}

function stale(facts: Facts, tag: string): CheckResult {
  const { image, container, seen, platform, told } = facts;
  const { pullPolicy } = container;
  const { running, now, copies } = seen;
  const pushed = pushedWords(told);
  const summary = [
    `The container runs ${short(running.digest)}, but ${tidy(tag)} means ${short(now.digest)} now${askedSince(facts) ? '.' : `: the tag was pushed again after ${where(copies, running.digest)} had pulled it.`}`,
    ...nameSentence(running.repository, image),
    ...timeSentence(told, container),
    restart(pullPolicy),
    ...moveSentence(tag, told),
  ].join(' ');
  return {
    verdict: 'fail',
    note: summary,
    findings: [
      {
        cause: 'stale-cached-image',
        confidence: sureness(facts),
        because: ['container', 'reference', 'runningImage', ...(told === undefined ? [] : ['tagDetails' as const])],
        summary,
        detail: {
          pullPolicy,
          tag: tidy(tag),
          running: running.digest,
          now: now.digest,
          restartHelps: pullPolicy === 'Always',
          isMutableTag: isMutableTag(tag),
          ...(pushed === undefined ? {} : { pushed }),
          platform,
          nodes: copies.map(describeCopy),
        },
        alternatives: [],
      },
    ],
  };
}

/** Asked for again after the push, it still came as the old one: then a mirror may be what is old, and not the node's copy. */
function askedSince({ container: { pullPolicy, startedAt }, told }: Facts): boolean {
  return (
    pullPolicy === 'Always' && startedAt !== undefined && told?.pushedAt !== undefined && told.pushedAt < startedAt
  );
}

/** Proven where registry and node speak of manifests of one repository, and all of its manifests are known. */
function sureness(facts: Facts): Confidence {
  const { image, container, seen, platform } = facts;
  const { running, now, before } = seen;
  if (askedSince(facts)) return 'likely';
  // The registry is not where such a container gets its image from.
  if (container.pullPolicy === 'Never') return 'likely';
  // A HEAD does not tell the platforms' manifests. Under another name the same image may have manifests of its own.
  const named = running.of === 'config' || running.repository === repositoryName(image);
  const told = before !== undefined && matchManifests(before, now, platform ?? undefined) === 'different';
  return now.headOnly !== true && (named || told) ? 'certain' : 'likely';
}

/** The node knows the image by another name: a mirror or a copy, of which the registry knows nothing. */
function nameSentence(name: string | undefined, image: ImageReference): readonly string[] {
  if (name === undefined || name === repositoryName(image)) return [];
  return [
    `The node knows its image as ${tidy(name)}, so it may have pulled from there and not from ${image.registry}.`,
  ];
}

/** When what the tag means now was pushed, beside when this container came to run. */
function timeSentence(told: TagDetail | undefined, { startedAt, pullPolicy }: ContainerSnapshot): readonly string[] {
  const pushed = pushedWords(told);
  if (pushed === undefined) return [];
  if (startedAt === undefined || told?.pushedAt === undefined) return [`What it means now was ${pushed}.`];
  const began = minuteOf(formatTime(startedAt));
  if (told.pushedAt >= startedAt) return [`What it means now was ${pushed}; this container has run since ${began}.`];
  const why =
    pullPolicy === 'Always'
      ? 'yet got an older one: a mirror may answer for the registry, or the tag was moved to an image pushed before'
      : 'from the copy that its node had';
  return [`What it means now was ${pushed}; this container was started after that, at ${began}, ${why}.`];
}

/** How not to meet this again: by the registry's own word, else by the tag's name. */
function moveSentence(tag: string, told: TagDetail | undefined): readonly string[] {
  if (told?.isImmutable === true)
    return [
      'The registry refuses to push over this tag now, so it was moved before that rule, or deleted and made anew.',
    ];
  if (!isMutableTag(tag) && told?.isImmutable !== false) return [];
  const what = isMutableTag(tag) ? `${tidy(tag)} is a name that moves` : 'The registry lets this tag be pushed over';
  return [`${what}: a tag for each build, or a digest, always means the same image.`];
}

function restart(policy: ContainerSnapshot['pullPolicy']): string {
  switch (policy) {
    case 'Always':
      return 'The pull policy is Always, so a restart pulls the new one, unless the node asks a mirror that still has the old one.';
    case 'IfNotPresent':
      return 'The pull policy is IfNotPresent, so the node keeps its copy and a restart does not help.';
    case 'Never':
      return 'The pull policy is Never, so the node is never going to ask the registry.';
    case 'unknown':
      return 'Whether a restart pulls the new one depends on the pull policy, which is not known.';
  }
}

function where(copies: readonly NodeCopy[], digest: string): string {
  const old = copies.filter((copy) => copy.digest === digest && copy.node !== '');
  const nodes = [...new Set(old.map(({ node }) => node))];
  return nodes.length === 0 ? 'the node' : list(nodes.slice(0, 3).map((node) => `node ${tidy(node)}`));
}

function describeCopy({ node, digest, pods }: NodeCopy): string {
  return `${node === '' ? 'no node' : tidy(node)}: ${digest} (${count(pods.length, 'pod')})`;
}

/** Enough of a digest to tell two apart; all of it is in the detail. */
function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
