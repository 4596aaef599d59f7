/** Pods of a remedy's concern: which are stuck on a pull, which are healthy. Pure. */
import { waitsForImage } from '../evidence/pull-failures.ts';
import type { ContainerSnapshot, PodSnapshot } from '../evidence/snapshots.ts';

/** Containers that wait for an image. */
export function stuckContainers(pod: PodSnapshot): readonly ContainerSnapshot[] {
  return pod.containers.filter(waitsForImage);
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
