/** Which containers wait because of their image, and which words say why. Pure. */
import { classify } from '../image/classify.ts';
import { fullName, parseReference } from '../image/reference.ts';
import { isUnaccounted } from './crashes.ts';
import type { PullFailure } from './evidence.ts';
import { ownerByLabels } from './owner-by-labels.ts';
import type { FailingPod } from './scope.ts';
import type { ContainerSnapshot, EventSnapshot, PodSnapshot } from './snapshots.ts';

/** Waiting reasons that only a pull gives (kubernetes pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime). */
const PULL_REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
  'SignatureValidationFailed',
]);

/** Waiting reasons that have nothing to do with a pull, whatever their message says. */
const OTHER_REASONS: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'ContainerCreating',
  'PodInitializing',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
]);

/** Kubelet events about a pull; the others (Scheduled, Pulled, Unhealthy, …) say nothing about it. */
const PULL_EVENTS: ReadonlySet<string> = new Set(['Failed', 'BackOff', 'ErrImageNeverPull', 'InspectFailed']);

/** Does this container wait because its image cannot be had? */
export function waitsForImage(container: ContainerSnapshot): boolean {
  if (container.state !== 'waiting') return false;
  const reason = container.waitingReason ?? '';
  if (PULL_REASONS.has(reason)) return true;
  if (OTHER_REASONS.has(reason)) return false;
  const message = container.waitingMessage ?? '';
  // A kubelet may write any text as reason: then the message must be a known pull failure.
  return message !== '' && classify(message, reason).kind !== 'other';
}

/**
 * The most telling words about the failure now: the status when it names a cause, else the newest event that does, else that the
 * kubelet holds pulls back, else a bare back-off. undefined: nothing says that a pull fails. `events` are the pod's; those of other containers are left out.
 */
export function newestPullFailure(
  container: ContainerSnapshot,
  events: readonly EventSnapshot[],
): PullFailure | undefined {
  if (container.state === 'running' || (container.state === 'terminated' && !isUnaccounted(container)))
    return undefined;
  const waits = waitsForImage(container);
  if (!waits && container.waitingReason !== undefined && !isStarting(container.waitingReason)) return undefined;
  const said = [...(waits ? [fromStatus(container)] : []), ...fromEvents(container, events)];
  return said.find(isTelling) ?? said.find(isThrottled) ?? (waits ? said[0] : undefined);
}

/** The status lags behind the events for a moment after a pod was bound. */
function isStarting(reason: string): boolean {
  return reason === 'ContainerCreating' || reason === 'PodInitializing';
}

function fromStatus(container: ContainerSnapshot): PullFailure {
  const reason = container.waitingReason ?? '';
  const message = container.waitingMessage ?? '';
  return { reason, message, from: 'status', classification: classify(message, reason) };
}

function fromEvents(container: ContainerSnapshot, events: readonly EventSnapshot[]): readonly PullFailure[] {
  return events
    .filter((event) => PULL_EVENTS.has(event.reason) && isAbout(event, container))
    .sort((left, right) => (right.lastAt ?? 0) - (left.lastAt ?? 0))
    .map(
      (event): PullFailure => ({
        reason: container.waitingReason ?? event.reason,
        message: event.message,
        from: 'event',
        ...(event.lastAt === undefined ? {} : { at: event.lastAt }),
        classification: classify(event.message, event.reason),
      }),
    )
    .filter(({ message, classification }) => classification.kind !== 'other' || /pull(?:ing)? image/i.test(message));
}

function isAbout(event: EventSnapshot, container: ContainerSnapshot): boolean {
  if (event.container !== undefined && event.container !== container.name) return false;
  const quoted = /image "([^"]+)"/i.exec(event.message)?.[1];
  if (quoted === undefined) return event.container !== undefined;
  // A pod's image can be edited in place: words about the former image say nothing about this one.
  return canonical(quoted) === canonical(container.image);
}

function canonical(image: string): string {
  const parsed = parseReference(image);
  return parsed.ok ? fullName(parsed.reference) : image;
}

/** The kubelet held this attempt back itself: many pods fail at once, and what failed them is in the words before. */
function isThrottled({ classification }: PullFailure): boolean {
  return classification.kind === 'kubelet-throttled';
}

/** "Back-off pulling image" and "Error: ErrImagePull" only say that it failed before. */
function isTelling({ message, classification }: PullFailure): boolean {
  const text = message.trim();
  return (
    text !== '' &&
    classification.kind !== 'backoff-only' &&
    classification.kind !== 'kubelet-throttled' &&
    !/^(?:Error: )?(?:ErrImagePull|ImagePullBackOff)$/.test(text)
  );
}

/** One row for each pod of which a container cannot get its image: the first such container, init containers first. */
export function failingPods(pods: readonly PodSnapshot[]): readonly FailingPod[] {
  return pods.flatMap((pod) => {
    const container = pod.deletedAt === undefined ? pod.containers.find(waitsForImage) : undefined;
    return container ? [failingPod(pod, container)] : [];
  });
}

function failingPod(pod: PodSnapshot, container: ContainerSnapshot): FailingPod {
  const parsed = parseReference(container.image);
  const workload = ownerByLabels(pod);
  const { reason, classification } = fromStatus(container);
  return {
    namespace: pod.namespace,
    pod: pod.name,
    ...(workload ? { workload } : {}),
    ...(pod.node === undefined ? {} : { node: pod.node }),
    container: container.name,
    image: container.image,
    registry: parsed.ok ? parsed.reference.registry : '',
    reason,
    kind: classification.kind,
    secrets: pod.imagePullSecrets,
    ...(pod.createdAt === undefined ? {} : { since: pod.createdAt }),
  };
}
