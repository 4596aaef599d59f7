/** Which containers of which pods are worth a case each. Pure. */
import type { CaseSubject } from '../evidence/collector.ts';
import { waitsForImage } from '../evidence/pull-failures.ts';
import type { ContainerSnapshot, PodSnapshot } from '../evidence/snapshots.ts';

/** More cases of one target tell nothing new, and each may cost registry calls. */
const MOST_CASES = 4;

export interface ChosenCases {
  readonly subjects: readonly CaseSubject[];
  /** Different ones that got no case: what their registry says of them is not known. */
  readonly left: number;
}

interface Candidate {
  readonly pod: PodSnapshot;
  readonly container: ContainerSnapshot;
}

/**
 * Containers in trouble, pods that wait for an image first, of these the newest template's, each pod's containers in spec order (init
 * containers first): among equal findings the first decides, and it is to be of what was rolled out last. Containers that fail alike give one case. Nothing in trouble: what is
 * expected to run, to show that all is well.
 */
export function chooseCases(pods: readonly PodSnapshot[]): ChosenCases {
  const alive = pods.filter(({ deletedAt }) => deletedAt === undefined);
  const since = firstOfTemplate(pods);
  const looked = (alive.length > 0 ? alive : pods).toSorted(
    (left, right) => waits(right) - waits(left) || since(right) - since(left),
  );
  const all = looked.flatMap((pod) => pod.containers.map((container): Candidate => ({ pod, container })));
  const troubled = distinct(all.filter((one) => waitsForImage(one.container) || isTroubled(one)));
  const chosen = troubled.length > 0 ? troubled : distinct(all.filter(isExpectedToRun));
  // The cut keeps what waits for an image, then what does not run; the order stays.
  const kept = new Set(chosen.toSorted((left, right) => urgency(right) - urgency(left)).slice(0, MOST_CASES));
  return {
    subjects: chosen
      .filter((one) => kept.has(one))
      .map(({ pod, container }) => ({ namespace: pod.namespace, pod: pod.name, container: container.name })),
    left: chosen.length - kept.size,
  };
}

function urgency({ container }: Candidate): number {
  if (waitsForImage(container)) return 2;
  return container.state === 'running' ? 0 : 1;
}

/**
 * Main containers; the init container whose turn it is, and a debug container until it has started: their events may already tell that
 * an image cannot be had while their status says nothing yet.
 */
function isExpectedToRun({ pod, container }: Candidate): boolean {
  const { role, state } = container;
  if (role === 'main') return true;
  if (state !== 'waiting' && state !== 'unknown') return false;
  return role === 'ephemeral' || (pod.node !== undefined && container === pod.containers.find(isNextToInit));
}

function isNextToInit({ role, state, ready }: ContainerSnapshot): boolean {
  return role === 'init' && state !== 'terminated' && !ready;
}

/** When the first of the pods was made that share a pod's template: a pod made anew keeps its place. 0: not known. */
function firstOfTemplate(pods: readonly PodSnapshot[]): (pod: PodSnapshot) => number {
  const template = ({ labels, controller }: PodSnapshot) =>
    labels['pod-template-hash'] ?? labels['controller-revision-hash'] ?? controller?.uid ?? '';
  const first = new Map<string, number>();
  for (const pod of pods) {
    const { createdAt = 0 } = pod;
    first.set(template(pod), Math.min(first.get(template(pod)) ?? createdAt, createdAt));
  }
  return (pod) => first.get(template(pod)) ?? 0;
}

function waits(pod: PodSnapshot): number {
  return pod.containers.some(waitsForImage) ? 1 : 0;
}

/** Waits for something but its turn, failed, or runs without being ready after restarts. */
function isTroubled({ pod, container }: Candidate): boolean {
  switch (container.state) {
    case 'waiting':
      return container.waitingReason !== 'PodInitializing' && container.waitingReason !== 'ContainerCreating';
    case 'terminated':
      return (container.exitCode ?? 0) !== 0 && pod.phase !== 'Succeeded';
    case 'running':
      return container.role !== 'ephemeral' && container.restartCount > 0 && (!container.ready || hasFailed(container));
    case 'unknown':
      return false;
  }
}

/** Its last run ended in failure. */
function hasFailed({ exitCode = 0 }: ContainerSnapshot): boolean {
  return exitCode !== 0;
}

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const first = new Map<string, Candidate>();
  for (const one of candidates) {
    const { container } = one;
    const { name, image, imageID = '', state, waitingReason = '' } = container;
    const key = JSON.stringify([name, image, imageID, state, waitingReason]);
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}
