/** Which containers of which pods are worth a case each. Pure. */
import type { CaseSubject } from '../evidence/collector.ts';
import { waitsForImage } from '../evidence/pull-failures.ts';
import type { ContainerSnapshot, PodSnapshot } from '../evidence/snapshots.ts';

/** More cases of one target tell nothing new, and each may cost registry calls. */
const MOST_CASES = 4;

interface Candidate {
  readonly pod: PodSnapshot;
  readonly container: ContainerSnapshot;
}

/**
 * Containers in trouble: those that wait for their image first, then the other troubles; init containers first, in spec order.
 * Pods that fail alike (container, image, reason) give one case. Nothing in trouble: the main containers, to show that all is well.
 */
export function chooseCases(pods: readonly PodSnapshot[]): readonly CaseSubject[] {
  const alive = pods.filter(({ deletedAt }) => deletedAt === undefined);
  const looked = alive.length > 0 ? alive : pods;
  const all = looked.flatMap((pod) => pod.containers.map((container): Candidate => ({ pod, container })));
  const waiting = all.filter(({ container }) => waitsForImage(container));
  const troubled = all.filter((one) => isTroubled(one) && !waiting.includes(one));
  const chosen = [...waiting, ...troubled];
  const main = all.filter(({ container }) => container.role === 'main');
  return distinct(chosen.length > 0 ? chosen : main)
    .slice(0, MOST_CASES)
    .map(({ pod, container }) => ({ namespace: pod.namespace, pod: pod.name, container: container.name }));
}

/** Waits for something but its turn, failed, or runs without being ready after restarts. */
function isTroubled({ pod, container }: Candidate): boolean {
  switch (container.state) {
    case 'waiting':
      return container.waitingReason !== 'PodInitializing' && container.waitingReason !== 'ContainerCreating';
    case 'terminated':
      return (container.exitCode ?? 0) !== 0 && pod.phase !== 'Succeeded';
    case 'running':
      return container.role === 'main' && !container.ready && container.restartCount > 0;
    case 'unknown':
      return false;
  }
}

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const first = new Map<string, Candidate>();
  for (const one of candidates) {
    const { container } = one;
    const key = JSON.stringify([container.name, container.image, container.state, container.waitingReason ?? '']);
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}
