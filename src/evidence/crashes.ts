/** Which containers have their image and ended in failure. Pure. */
import type { ContainerSnapshot } from './snapshots.ts';

/** The last lines of a container that ended, without anything that looks like a secret. */
export interface CrashLog {
  /** Oldest first; at most 20 lines and 4 kB. Empty: it printed nothing. */
  readonly lines: readonly string[];
  /** More was printed at the end than could be read: the last line here may not be the last one. */
  readonly isCut: boolean;
}

/**
 * The kubelet ends a container that it cannot find with made-up words and exit code 137 (pkg/kubelet `ContainerStatusUnknown`): without
 * an image nothing shows that it ever ran, as when a pod is deleted that still waits for its pull.
 */
export function isUnaccounted({ state, terminatedReason, imageID }: ContainerSnapshot): boolean {
  return state === 'terminated' && terminatedReason === 'ContainerStatusUnknown' && (imageID ?? '') === '';
}

/** It was started, so that its image is on the node, whatever old events say. */
export function hasStarted(container: ContainerSnapshot): boolean {
  const { state, waitingReason } = container;
  if (isUnaccounted(container)) return false;
  return state === 'running' || state === 'terminated' || waitingReason === 'CrashLoopBackOff';
}

/** The kubelet takes a container that ran so long for stable and forgets its back-off (pkg/kubelet `backOffPeriod`, MaxContainerBackOff x 2). */
const STABLE_MS = 10 * 60_000;
/** One restart may have been bad luck; a second failure would come soon. */
const FIRST_RESTART_MS = 60_000;

/** Without a readiness probe a container is ready while it runs, also for the seconds between two crashes. */
function mayCrashAgain({ runningMs, restartCount, exitCode }: ContainerSnapshot): boolean {
  if (runningMs === undefined || exitCode === undefined || exitCode === 0) return false;
  return runningMs < (restartCount > 1 ? STABLE_MS : FIRST_RESTART_MS);
}

/** It ended in failure, or is started again and again. One that runs only just, or never got ready since, counts: it is between two crashes. */
export function hasCrashed(container: ContainerSnapshot): boolean {
  const { state, waitingReason, exitCode, ready, restartCount } = container;
  if (isUnaccounted(container)) return false;
  if (waitingReason === 'CrashLoopBackOff') return true;
  if (state === 'terminated') return exitCode !== 0;
  if (state !== 'running' || restartCount === 0 || exitCode === undefined || exitCode === 0) return false;
  return !ready || mayCrashAgain(container);
}
