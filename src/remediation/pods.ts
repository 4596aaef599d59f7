/** Pods of a remedy's concern: which are stuck on a pull, which are healthy. Pure. */
import type { ContainerSnapshot, PodSnapshot } from '../evidence/snapshots.ts';

/** Waiting reasons that mean "this container's image could not be pulled". */
const STUCK: readonly string[] = [
  'ErrImagePull',
  'ImagePullBackOff',
  'RegistryUnavailable',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'SignatureValidationFailed',
];

/** Containers that wait for an image. */
export function stuckContainers(pod: PodSnapshot): readonly ContainerSnapshot[] {
  return pod.containers.filter(
    (container) => container.state === 'waiting' && STUCK.includes(container.waitingReason ?? ''),
  );
}

/** true: every main container runs and is ready. */
export function isHealthy(pod: PodSnapshot): boolean {
  const main = pod.containers.filter((container) => container.role === 'main');
  return (
    main.length > 0 &&
    main.every((container) => container.state === 'running' && container.ready) &&
    pod.deletedAt === undefined
  );
}
