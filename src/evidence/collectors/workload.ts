import type { WorkloadKind, WorkloadRef } from '../../target/target.ts';
import { defineCollector } from '../collector.ts';
import { absent, blockedBy, notCollected, type Observation, observed } from '../observation.ts';
import { ownerByLabels } from '../owner-by-labels.ts';
import type { ClusterReader } from '../ports.ts';
import type { PodSnapshot } from '../snapshots.ts';

/** The workload that a rollout acts on: the pod's controller, or that controller's own; the one asked for where it has no pod. */
export const workload = defineCollector({
  kind: 'workload',
  needs: ['pod'],
  collect: async (read, { cluster, signal }, { namespace, owner: podless }) => {
    if (podless !== undefined) return cluster.workload({ namespace, ...podless }, signal);
    const pod = await read('pod');
    if (pod.status !== 'observed') return blockedBy('the pod', pod);
    const owner = await ownerOf(pod.value, cluster, signal);
    return owner.status === 'observed' ? cluster.workload({ namespace, ...owner.value }, signal) : owner;
  },
});

async function ownerOf(
  pod: PodSnapshot,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<Observation<WorkloadRef>> {
  const controller = pod.controller;
  if (controller === undefined) return absent;
  const { kind, name } = controller;
  switch (kind) {
    case 'StatefulSet':
    case 'DaemonSet':
      return observed({ kind, name });
    case 'ReplicaSet':
      return (await namedDeployment(pod, cluster, signal)) ?? above({ kind, name }, pod.namespace, cluster, signal);
    case 'Job':
      return above({ kind, name }, pod.namespace, cluster, signal);
    default:
      return notCollected(`the pod belongs to ${kind} ${name}, which is no workload of Kubernetes itself`);
  }
}

/**
 * The Deployment that the pod's labels tell of, proven by its list of ReplicaSets, which is wanted anyway: one question fewer, and one
 * after another fewer, than asking the ReplicaSet. undefined: not proven.
 */
async function namedDeployment(
  pod: PodSnapshot,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<Observation<WorkloadRef> | undefined> {
  const told = ownerByLabels(pod);
  if (told?.kind !== 'Deployment') return undefined;
  const deployment = await cluster.workload({ namespace: pod.namespace, ...told }, signal);
  const owned = deployment.status === 'observed' ? await cluster.revisions(deployment.value, signal) : absent;
  const isProven = owned.status === 'observed' && owned.value.some(({ name }) => name === pod.controller?.name);
  return isProven ? observed(told) : undefined;
}

/** A ReplicaSet's Deployment or a Job's CronJob; the object itself where nothing stands above it. */
async function above(
  ref: { readonly kind: WorkloadKind; readonly name: string },
  namespace: string,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<Observation<WorkloadRef>> {
  const controller = await cluster.controllerOf({ namespace, ...ref }, signal);
  return controller.status === 'absent' ? observed(ref) : controller;
}
