import type { WorkloadRef } from '../target/target.ts';
import type { PodSnapshot } from './snapshots.ts';

/**
 * The owning workload as far as the pod itself tells, without another call: for long lists of pods. The Deployment controller names
 * its ReplicaSets `<deployment>-<pod-template-hash>` (kubernetes pkg/controller/deployment/sync.go). A Job may have a CronJob above it.
 */
export function ownerByLabels(pod: Pick<PodSnapshot, 'controller' | 'labels'>): WorkloadRef | undefined {
  if (pod.controller === undefined) return undefined;
  const { kind, name } = pod.controller;
  switch (kind) {
    case 'ReplicaSet': {
      const suffix = `-${pod.labels['pod-template-hash'] ?? ''}`;
      const isDeployed = suffix.length > 1 && name.endsWith(suffix) && name.length > suffix.length;
      return isDeployed ? { kind: 'Deployment', name: name.slice(0, -suffix.length) } : { kind, name };
    }
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return { kind, name };
    default:
      return undefined;
  }
}
