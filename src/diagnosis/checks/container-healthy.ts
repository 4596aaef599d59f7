/** Does the container run? Running or completed, crashing with its image in place, or stopped by something that is no image matter. */
import type { EvidenceView } from '../../evidence/evidence.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { ContainerSnapshot, EventSnapshot } from '../../evidence/snapshots.ts';
import { type CheckResult, defineCheck, type Finding } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { elsewhere } from '../other-troubles.ts';
import { type Sameness, sameImage } from '../same-image.ts';
import { commandLine } from '../shell.ts';
import { count, tidy } from '../words.ts';

export const containerHealthy = defineCheck({
  id: 'container-healthy',
  question: 'Does the container run?',
  needs: ['container', 'pod', 'events', 'pullFailure', 'registryAccess'],
  run(evidence): CheckResult {
    const { container } = evidence;
    if (container.status !== 'observed') return couldNotLook({ container });
    return stateOf(container.value, evidence);
  },
  command({ pod, container }) {
    if (pod?.status !== 'observed') return undefined;
    const { name, namespace } = pod.value;
    const previous = container?.status === 'observed' && container.value.restartCount > 0;
    if (container?.status !== 'observed' || !previous)
      return commandLine('kubectl', 'get', 'pod', name, '-n', namespace, '-o', 'wide');
    return commandLine('kubectl', 'logs', name, '-n', namespace, '-c', container.value.name, '--previous', '--tail=20');
  },
});

type View = EvidenceView<'pod' | 'events' | 'pullFailure' | 'registryAccess'>;

function stateOf(container: ContainerSnapshot, evidence: View): CheckResult {
  if (container.state === 'running') return { verdict: 'pass', note: runs(container) };
  if (container.state === 'terminated') {
    if (container.exitCode === 0) return { verdict: 'pass', note: 'it completed with exit code 0' };
    return crashing(container, evidence);
  }
  if (container.waitingReason === 'CrashLoopBackOff') return crashing(container, evidence);
  const trouble = elsewhere(container, valueOf(evidence.pod), valueOf(evidence.events) ?? []);
  if (trouble !== undefined) return fail(trouble);
  if (container.waitingReason === 'PodInitializing') {
    return { verdict: 'not-applicable', note: 'it waits for the init containers' };
  }
  if (evidence.pullFailure.status === 'observed') {
    return { verdict: 'not-applicable', note: 'it waits for its image' };
  }
  return starting(container, evidence);
}

function starting(container: ContainerSnapshot, evidence: EvidenceView<'pod' | 'events'>): CheckResult {
  const reason = container.waitingReason === undefined ? '' : ` (${tidy(container.waitingReason)})`;
  const gone = evidence.pod.status === 'observed' && evidence.pod.value.deletedAt !== undefined;
  const note = gone ? 'the pod is being deleted' : `it has not started yet${reason}, and no error is reported`;
  const blind = evidence.events.status !== 'observed' && evidence.events.status !== 'absent';
  return blind
    ? couldNotLook({ events: evidence.events }, note)
    : { verdict: 'inconclusive', note: `${note}${pulling(valueOf(evidence.events) ?? [], container)}`, missing: [] };
}

/** The newest event may say that the pull is under way: a slow registry shows nothing else for minutes. */
function pulling(events: readonly EventSnapshot[], container: ContainerSnapshot): string {
  const newest = events.find(
    (event) => event.container === undefined || event.container.includes(`{${container.name}}`),
  );
  return newest?.reason === 'Pulling' ? '; its image is being pulled' : '';
}

function runs(container: ContainerSnapshot): string {
  const restarts = container.restartCount === 0 ? '' : ` after ${count(container.restartCount, 'restart')}`;
  const ready = container.ready ? '' : ', not ready yet';
  const image = container.imageID === undefined || container.imageID === '' ? '' : ` with ${tidy(container.imageID)}`;
  return `it runs${image}${restarts}${ready}`;
}

function crashing(container: ContainerSnapshot, { registryAccess }: View): CheckResult {
  const code = container.exitCode;
  const reason = container.terminatedReason;
  const how = code === undefined ? 'with an exit code that is no longer known' : `with exit code ${code}`;
  const why = reason === undefined || reason === 'Error' ? '' : ` (${tidy(reason)})`;
  const image = sameImage(container, registryAccess);
  const sure = image === 'same' || image === 'pinned';
  return fail({
    cause: 'container-crashing',
    confidence: sure ? 'certain' : 'likely',
    because: image === 'same' || image === 'other' ? ['container', 'registryAccess'] : ['container'],
    summary: `The image is on the node and the container starts, but it exits ${how}${why}, ${count(container.restartCount, 'restart')} so far.${IMAGE_WORDS[image]}`,
    detail: {
      exitCode: code ?? null,
      reason: reason === undefined ? null : tidy(reason),
      restarts: container.restartCount,
      pullPolicy: container.pullPolicy,
      imageID: container.imageID === undefined ? null : tidy(container.imageID),
      runbook: 'CrashLoopBackOff',
    },
    alternatives: sure ? [] : ['stale-cached-image'],
  });
}

/** A container that crashes on an old image is another matter than one that crashes on the right one. */
const IMAGE_WORDS: Readonly<Record<Sameness, string>> = {
  pinned: '',
  same: ' It is the image that the tag means now.',
  other: ' It is not the image that the tag means now: the node may run an old one from its cache.',
  unknown: ' Whether it is the image that the tag means now was not compared.',
};

function fail(finding: Finding): CheckResult {
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}
