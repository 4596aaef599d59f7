/**
 * The pod of a Job that has ended, put together again: the Job controller deletes what still waited, and the events of the deleted pod
 * stay for an hour beside the Job's own template. Pure.
 */
import { newestPullFailure } from './pull-failures.ts';
import type { ContainerSnapshot, EventSnapshot, PodEvents, PodSnapshot } from './snapshots.ts';

/** The pods that a Job's events say it made, the newest first (kubernetes pkg/controller `SuccessfulCreate`). */
export function podsMadeBy(events: readonly EventSnapshot[]): readonly string[] {
  return events.flatMap(({ reason, message }) =>
    reason === 'SuccessfulCreate' ? (/^Created pod: (\S+)$/.exec(message)?.[1] ?? []) : [],
  );
}

/**
 * The pod as it was when it still waited; undefined where its events tell of no failed pull, so that its end had another reason. What
 * its service account added at its creation is in no template: `accountSecrets` are what the account names now.
 */
export function rebuildPod(
  template: PodSnapshot,
  name: string,
  { uid, events }: PodEvents,
  accountSecrets: readonly string[],
): PodSnapshot | undefined {
  const containers = template.containers.map((one) => waitingFor(one, events));
  if (!containers.some(({ waitingReason }) => waitingReason === STUCK)) return undefined;
  const node = events.flatMap(({ reason, message }) =>
    reason === 'Scheduled' ? (/ to (\S+)$/.exec(message)?.[1] ?? []) : [],
  )[0];
  const times = events.flatMap(({ firstAt, lastAt }) => firstAt ?? lastAt ?? []);
  const { imagePullSecrets } = template;
  return {
    ...template,
    uid,
    name,
    phase: 'Pending',
    containers,
    imagePullSecrets: imagePullSecrets.length > 0 ? imagePullSecrets : accountSecrets,
    ...(node === undefined ? {} : { node }),
    ...(times.length === 0 ? {} : { createdAt: Math.min(...times) }),
  };
}

const STUCK = 'ImagePullBackOff';

function waitingFor(container: ContainerSnapshot, events: readonly EventSnapshot[]): ContainerSnapshot {
  const waiting = { ...container, state: 'waiting', waitingReason: 'ContainerCreating' } as const;
  const isStuck = newestPullFailure(waiting, events) !== undefined && !hasStarted(container, events);
  return { ...waiting, waitingReason: isStuck ? STUCK : 'PodInitializing' };
}

function hasStarted({ name }: ContainerSnapshot, events: readonly EventSnapshot[]): boolean {
  return events.some(({ reason, container }) => reason === 'Started' && container === name);
}
