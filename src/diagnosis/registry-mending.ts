/** What to do about a registry of the cluster with nothing ready behind it, by the trouble that its pods are in. */
import { type ContainerSnapshot, ENDED, type PodSnapshot } from '../evidence/snapshots.ts';
import type { Finding } from './check.ts';
import { type Backed, isUnready, nameOf, nameOfWorkload, standing, workloadOf } from './registry-backing.ts';
import { commandLine } from './shell.ts';

type Mending = Pick<Finding, 'fix' | 'commands'>;

/** Empty where nothing more than the catalogue's advice is known. */
export function mend(seen: Backed): Mending {
  const pods = standing(seen.pods);
  if (seen.pods.status === 'observed' && pods.length === 0) return mendSelection(seen);
  const unready = pods.filter(isUnready);
  if (pods.length > 0 && unready.length === 0) return mendPorts(seen);
  return mendPods(pods);
}

/** By the first pod in trouble that still may come up. */
export function mendPods(pods: readonly PodSnapshot[]): Mending {
  const pod = pods.find((one) => isUnready(one) && one.phase !== 'Failed') ?? pods.find(isUnready);
  if (pod === undefined) return {};
  const container = pod.containers.find((one) => one.role === 'main' && !one.ready) ?? pod.containers[0];
  const evicted = pod.unmet.find(({ type }) => type === ENDED);
  if (evicted?.reason === 'Evicted') {
    const fix =
      'Give the registry’s volume or node more room, or remove old images with its garbage collection: the node took the pod away for what it stored. What an emptyDir held went with it and has to be pushed again.';
    return { fix, commands: [describe(pod)] };
  }
  if (pod.node === undefined) {
    const fix = 'Let the registry’s pod be scheduled: its events say what no node offers.';
    return { fix, commands: [describe(pod)] };
  }
  return container === undefined ? {} : mendContainer(pod, container);
}

/** Waiting reasons of a pull, which is then the first to mend. */
const OWN_PULL = /^(?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName)$/;

function mendContainer(pod: PodSnapshot, container: ContainerSnapshot): Mending {
  const { namespace, name } = pod;
  if (OWN_PULL.test(container.waitingReason ?? '')) {
    const fix = 'Mend the registry’s own image first: its pod cannot pull it.';
    return { fix, commands: [commandLine('pullcheck', 'pod', name, '-n', namespace)] };
  }
  const log = commandLine('kubectl', 'logs', '-n', namespace, name, '-c', container.name, '--previous', '--tail=50');
  if (container.terminatedReason === 'OOMKilled') {
    const owner = workloadOf([pod]);
    const more = [owner ?? `pod/${name}`, '-n', namespace, '-c', container.name, '--limits=memory=MEMORY'];
    const fix =
      'Give the registry’s container more memory than its limit, and see what it did when it was killed: a large push, or too many at once.';
    return { fix, commands: [commandLine('kubectl', 'set', 'resources', ...more), log] };
  }
  if (container.restartCount > 0) {
    const fix =
      'Read the last words of the registry’s container and mend what ends it: its configuration, its storage, its certificate.';
    return { fix, commands: [log] };
  }
  return { commands: [describe(pod)] };
}

/** No pod has the labels: the workload is off, or the Service means other labels. */
function mendSelection({ workload, strays: [stray] = [], service }: Backed): Mending {
  const { namespace, name, selector } = service;
  if (stray !== undefined) {
    const has = Object.fromEntries(Object.keys(selector).map((key) => [key, stray.labels[key] ?? null]));
    const patch = JSON.stringify({ spec: { selector: has } });
    const fix = 'Correct the Service’s selector, or the labels of the workload’s pods, so that they agree.';
    return { fix, commands: [commandLine('kubectl', 'patch', 'service', name, '-n', namespace, '-p', patch)] };
  }
  if (workload === undefined) return {};
  const owner = nameOfWorkload(workload);
  if (workload.replicas.desired > 0) return { commands: [commandLine('kubectl', 'describe', owner, '-n', namespace)] };
  const fix = 'Scale the registry’s workload up again; find out first who scaled it down, and why.';
  return { fix, commands: [commandLine('kubectl', 'scale', owner, '-n', namespace, '--replicas=1')] };
}

function mendPorts(seen: Backed): Mending {
  const { namespace, name } = seen.service;
  const fix = `Let the targetPort of Service ${nameOf(seen)} name a port that the registry’s container declares.`;
  return { fix, commands: [commandLine('kubectl', 'get', 'service', name, '-n', namespace, '-o', 'yaml')] };
}

function describe({ namespace, name }: PodSnapshot): string {
  return commandLine('kubectl', 'describe', 'pod', name, '-n', namespace);
}
