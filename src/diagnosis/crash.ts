/** A container that has its image and ends: how, with which last words, and which revision ran before. Pure. */
import { formatDuration } from '../clock.ts';
import type { EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import type { RunningImage } from '../evidence/running-image.ts';
import type { ContainerSnapshot, NodeSnapshot, Revision } from '../evidence/snapshots.ts';
import type { Confidence, Detail, Finding } from './check.ts';
import { type Sameness, sameImage } from './same-image.ts';
import { count, tidy } from './words.ts';

export type CrashView = EvidenceView<'events' | 'registryAccess' | 'runningImage' | 'crashLogs' | 'revisions' | 'node'>;

/** The runtime never got the process to run; its words are in the status, there is no log. */
const NEVER_RAN: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);

/** One finding, or two where the words say that the program is for another CPU. */
export function describeCrash(container: ContainerSnapshot, evidence: CrashView): readonly [Finding, ...Finding[]] {
  const words = lastWords(container, evidence);
  const crash = crashing(container, evidence, words);
  const foreign = words !== undefined && /\bexec format error\b/i.test(words.text) && !isListed(evidence);
  if (!foreign) return [crash];
  return [wrongPlatform(words, valueOf(evidence.node)), { ...crash, confidence: 'possible' }];
}

interface Words {
  readonly text: string;
  readonly from: 'crashLogs' | 'container';
}

/** The log, else what the runtime or the container left in the status. */
function lastWords(container: ContainerSnapshot, { crashLogs }: CrashView): Words | undefined {
  const line = valueOf(crashLogs)?.lines.at(-1);
  const neverRan = NEVER_RAN.has(container.terminatedReason ?? '');
  if (line !== undefined && !neverRan) return { text: tidy(line), from: 'crashLogs' };
  const left = (container.terminatedMessage ?? '').split('\n').findLast((one) => one.trim() !== '');
  return left === undefined ? undefined : { text: tidy(left), from: 'container' };
}

function crashing(container: ContainerSnapshot, evidence: CrashView, words: Words | undefined): Finding {
  const compared = valueOf(evidence.runningImage)?.match;
  const image = compared === undefined ? sameImage(container, evidence.registryAccess) : COMPARED[compared];
  const sure = image === 'same' || image === 'pinned';
  const before = lastWorking(valueOf(evidence.revisions) ?? [], container.name);
  const stopped = stoppedBy(container, evidence);
  const { because, log } = sources(evidence, { image, compared, words, before });
  return {
    cause: 'container-crashing',
    confidence: sureness(container, sure),
    because,
    summary: `${ending(container)}${stopped}, ${count(container.restartCount, 'restart')} so far.${quote(words)}${done(container, evidence)}${IMAGE_WORDS[image]}${before === undefined ? '' : ` ${before.sentence}`}`,
    detail: { ...factsOf(container, words, before), ...(log.length === 0 ? {} : { log }) },
    alternatives: [
      ...(sure ? [] : (['stale-cached-image'] as const)),
      ...(container.state === 'running' && container.ready ? (['healthy'] as const) : []),
    ],
    ...outOfMemory(container),
  };
}

/** The kernel killed it at its limit: its last log line seldom knows. */
function outOfMemory({ terminatedReason, memoryLimit }: ContainerSnapshot): Pick<Finding, 'fix'> {
  if (terminatedReason !== 'OOMKilled') return {};
  const limit = memoryLimit === undefined ? 'its pod or node had no more memory' : `its memory limit is ${memoryLimit}`;
  return {
    fix: `The kernel killed it for memory (${limit}): let it use less, give it more, or roll back to the revision that ran within the limit.`,
  };
}

function factsOf(container: ContainerSnapshot, words: Words | undefined, before: LastWorking | undefined): Detail {
  return {
    exitCode: container.exitCode ?? null,
    reason: container.terminatedReason === undefined ? null : tidy(container.terminatedReason),
    lastLogLine: words?.text ?? null,
    restarts: container.restartCount,
    lastWorkingRevision: before?.name ?? null,
    lastWorkingImage: before?.image ?? null,
    pullPolicy: container.pullPolicy,
    imageID: container.imageID === undefined ? null : tidy(container.imageID),
    runbook: 'CrashLoopBackOff',
  };
}

/** Between two crashes it runs for a moment, and nobody can say that it will not stay. */
function sureness(container: ContainerSnapshot, sure: boolean): Confidence {
  return sure && container.state !== 'running' ? 'certain' : 'likely';
}

/** The closer look, which also knows an image by its config, decides where it was taken. */
const COMPARED: Readonly<Record<RunningImage['match'], Sameness>> = {
  same: 'same',
  different: 'other',
  unknown: 'unknown',
};

interface Used {
  readonly compared: RunningImage['match'] | undefined;
  readonly image: Sameness;
  readonly words: Words | undefined;
  readonly before: LastWorking | undefined;
}

function sources({ crashLogs }: CrashView, { image, compared, words, before }: Used) {
  const source = compared === undefined ? ('registryAccess' as const) : ('runningImage' as const);
  const because: Finding['because'] = [
    'container',
    ...(image === 'same' || image === 'other' ? [source] : []),
    ...(words?.from === 'crashLogs' ? (['crashLogs'] as const) : []),
    ...(before === undefined ? [] : (['revisions'] as const)),
  ];
  return { because, log: (valueOf(crashLogs)?.lines ?? []).map(tidy) };
}

function ending(container: ContainerSnapshot): string {
  const { exitCode, terminatedReason = 'Error', state, ready, runningMs } = container;
  const code = exitCode === undefined ? 'with an exit code that is no longer known' : `with exit code ${exitCode}`;
  const why = terminatedReason === 'Error' ? '' : ` (${tidy(terminatedReason)})`;
  if (NEVER_RAN.has(terminatedReason)) return `The image is on the node, but the container cannot be started${why}`;
  if (state === 'running' && ready) {
    const since = runningMs === undefined ? '' : `, for ${formatDuration(runningMs)}`;
    return `It runs at the moment${since}, and may be between two crashes: its last run ended ${code}${why}`;
  }
  if (state === 'running') return `It runs at the moment and is not ready; its last run ended ${code}${why}`;
  return `The image is on the node and the container starts, but it exits ${code}${why}`;
}

/** The kubelet's own words when it is the one who ends it (pkg/kubelet/kuberuntime, event Killing). */
function stoppedBy(container: ContainerSnapshot, { events }: CrashView): string {
  const [why] = (valueOf(events) ?? []).flatMap(({ reason, message, container: about }) => {
    if ((about ?? container.name) !== container.name) return [];
    if (reason === 'FailedPostStartHook') return ['postStart hook'];
    if (reason !== 'Killing') return [];
    const probe = /\bfailed (liveness|startup) probe\b/i.exec(message)?.[1]?.toLowerCase();
    return probe === undefined ? [] : [`${probe} probe`];
  });
  return why === undefined ? '' : ` after the kubelet stopped it because its ${why} failed`;
}

/** A program that ends by itself and well, in a pod whose restart policy starts it again (the kubelet backs off all the same). */
function done({ exitCode, waitingReason }: ContainerSnapshot, { events }: CrashView): string {
  // Whom the kubelet stops may end well, too; without the events nobody can tell.
  const isLeftAlone = valueOf(events)?.every(({ reason }) => reason !== 'Killing' && reason !== 'FailedPostStartHook');
  return exitCode === 0 && waitingReason === 'CrashLoopBackOff' && isLeftAlone === true
    ? ' Exit code 0 is no failure: the program comes to its end (no command that goes on, or work for a Job), and the pod’s restart policy starts it again.'
    : '';
}

function quote(words: Words | undefined): string {
  if (words === undefined) return '';
  return words.from === 'crashLogs' ? ` Its last log line: “${words.text}”.` : ` It left: “${words.text}”.`;
}

/** A container that crashes on an old image is another matter than one that crashes on the right one. */
const IMAGE_WORDS: Readonly<Record<Sameness, string>> = {
  pinned: '',
  same: ' It is the image that the tag means now.',
  other: ' It is not the image that the tag means now: the node may run an old one from its cache.',
  unknown: ' Whether it is the image that the tag means now was not compared.',
};

interface LastWorking {
  readonly name: string;
  readonly image: string | null;
  readonly sentence: string;
}

/** The newest older revision with ready pods; else the one before the current one, of which nobody can say that it worked. */
function lastWorking(revisions: readonly Revision[], container: string): LastWorking | undefined {
  const current = revisions.find(({ isCurrent }) => isCurrent) ?? revisions[0];
  if (current === undefined) return undefined;
  const older = revisions.filter(({ isCurrent, revision }) => !isCurrent && revision < current.revision);
  const ready = older.find((one) => one.ready > 0);
  const chosen = ready ?? older[0];
  if (chosen === undefined) return undefined;
  const image = chosen.images[container];
  const ran = image === undefined ? '' : ` with ${tidy(image)}`;
  return {
    name:
      ready === undefined
        ? `${chosen.revision} (the one before, no pod of it is left)`
        : `${chosen.revision} (${count(chosen.ready, 'pod')} ready)`,
    image: image === undefined ? null : tidy(image),
    sentence:
      ready === undefined
        ? `The revision before is ${chosen.revision}${ran}.`
        : `Revision ${chosen.revision}${ran} still has ${count(chosen.ready, 'ready pod')}.`,
  };
}

/** The registry lists what the image is built for: then the pull has chosen, and the words are about something else. */
function isListed({ registryAccess }: CrashView): boolean {
  const attempts = valueOf(registryAccess)?.attempts ?? [];
  return attempts.some(({ outcome }) => outcome.kind === 'found' && outcome.manifest.platforms.length > 0);
}

function wrongPlatform(words: Words, node: NodeSnapshot | undefined): Finding {
  const platform = node === undefined ? null : `${node.os}/${node.arch}`;
  const on = node === undefined ? 'the node' : `node ${tidy(node.name)}, which is ${platform}`;
  return {
    cause: 'platform-mismatch',
    confidence: 'likely',
    because: node === undefined ? [words.from] : [words.from, 'node'],
    summary: `The program in the image cannot be executed on ${on}: “${words.text}”. It was built for another CPU, or it is a script without an interpreter line.`,
    detail: { node: platform, lastLogLine: words.text },
    alternatives: ['container-crashing'],
  };
}
