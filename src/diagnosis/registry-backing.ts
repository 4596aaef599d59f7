/** What stands behind an in-cluster registry's Service, as facts for people. */
import type { EndpointSnapshot } from '../evidence/network-snapshots.ts';
import { type Observation, valueOf } from '../evidence/observation.ts';
import { ownerByLabels } from '../evidence/owner-by-labels.ts';
import { type RegistryService, readyEndpoints } from '../evidence/registry-service.ts';
import { type ContainerSnapshot, ENDED, type PodSnapshot } from '../evidence/snapshots.ts';
import type { Detail } from './check.ts';
import { commandLine } from './shell.ts';
import { count, list, tidy } from './words.ts';

export type Backed = Extract<RegistryService, { readonly kind: 'service' }>;

/** Is a backend ready to take traffic? unknown: neither endpoints nor pods could be read well enough. */
export function isServed(seen: Backed): 'yes' | 'no' | 'unknown' {
  if (seen.endpoints.status === 'observed') return ready(seen).length > 0 ? 'yes' : 'no';
  const pods = valueOf(seen.pods);
  return pods !== undefined && pods.length > 0 && pods.every(isUnready) ? 'no' : 'unknown';
}

/** Backends that take traffic on the Service's port. */
export function ready({ endpoints, port }: Backed): readonly EndpointSnapshot[] {
  return readyEndpoints(valueOf(endpoints) ?? [], port);
}

/** `cortex-chat/docker-registry`. */
export function nameOf({ service }: Backed): string {
  return `${service.namespace}/${service.name}`;
}

function isUnready(pod: PodSnapshot): boolean {
  const main = pod.containers.filter(({ role }) => role === 'main');
  return pod.deletedAt !== undefined || main.length === 0 || main.some((container) => !container.ready);
}

/** The pods that are not on their way out. */
function standing(pods: Observation<readonly PodSnapshot[]>): readonly PodSnapshot[] {
  return (valueOf(pods) ?? []).filter(({ deletedAt }) => deletedAt === undefined);
}

/** Why nothing is ready, in the order in which it explains itself: no pods, then each pod's own trouble. */
export function whyDown(seen: Backed): string {
  if (seen.pods.status === 'not-collected') return 'no ready endpoint stands behind it';
  if (seen.pods.status !== 'observed') return 'no ready endpoint stands behind it, and its pods could not be read';
  const pods = standing(seen.pods);
  const wanted = Object.entries(seen.service.selector).map(([key, value]) => `${key}=${value}`);
  if (pods.length === 0) return `no pod has its labels (${wanted.join(',')}): ${missed(seen)}`;
  const unready = pods.filter(isUnready);
  if (unready.length === 0) return 'its pods are ready, but none of them takes traffic on that port';
  const workload = workloadOf(pods);
  const who = workload === undefined ? '' : ` of ${workload}`;
  return `${pods.length - unready.length} of ${count(pods.length, 'pod')}${who} are ready; ${list(unready.slice(0, 3).map(trouble))}${pressure(seen)}`;
}

/** A pod that runs beside a selector which does not mean it: labels or selector were changed. */
function missed({ strays = [], service: { selector } }: Backed): string {
  const [stray] = strays;
  if (stray === undefined) return 'scaled to 0, or never there';
  const has = Object.keys(selector).map((key) => `${key}=${stray.labels[key] ?? ''}`);
  return `its selector fits none, while ${stray.name} is ready beside it with ${has.join(',')}`;
}

function trouble(pod: PodSnapshot): string {
  const container = pod.containers.find((one) => one.role === 'main' && !one.ready) ?? pod.containers[0];
  const now = pod.phase === 'Failed' ? `has failed${ended(pod)}` : state(container, pod);
  return `${pod.name} ${now}${past(container)}`;
}

function state(container: ContainerSnapshot | undefined, pod: PodSnapshot): string {
  if (pod.node === undefined) return `waits for a node${unmet(pod, 'PodScheduled')}`;
  if (container?.waitingReason !== undefined) return `waits (${container.waitingReason})`;
  if (container?.state === 'terminated') return 'has ended';
  return container?.state === 'running' ? 'runs but is not ready' : 'has not started';
}

/** Evicted for its disk or the node's, refused, …: the kubelet's own reason and words. */
function ended(pod: PodSnapshot): string {
  const end = pod.unmet.find(({ type }) => type === ENDED);
  return end === undefined ? '' : ` (${tidy([end.reason, end.message].filter((text) => text !== '').join(': '))})`;
}

function unmet(pod: PodSnapshot, type: string): string {
  const condition = pod.unmet.find((one) => one.type === type);
  return condition === undefined || condition.reason === '' ? '' : ` (${condition.reason})`;
}

/** `, 4 restarts, last ended OOMKilled (exit code 137)`. */
function past(container: ContainerSnapshot | undefined): string {
  if (container === undefined) return '';
  const { restartCount, terminatedReason, exitCode } = container;
  const restarts = restartCount === 0 ? '' : `, ${count(restartCount, 'restart')}`;
  const code = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
  return terminatedReason === undefined ? restarts : `${restarts}, last ended ${terminatedReason}${code}`;
}

function pressure({ node }: Backed): string {
  const seen = valueOf(node);
  if (seen === undefined) return '';
  if (seen.pressure.length > 0) return `; its node ${seen.name} reports ${list(seen.pressure)}`;
  return seen.ready ? '' : `; its node ${seen.name} is not ready`;
}

/** Restarts of the pods that serve now: a registry that keeps dying is only sometimes there. */
export function unsteady(seen: Backed): string | undefined {
  const worst = standing(seen.pods)
    .flatMap((pod) => pod.containers.map((container) => ({ pod, container })))
    .sort((a, b) => b.container.restartCount - a.container.restartCount)[0];
  if (worst === undefined || worst.container.restartCount === 0) return undefined;
  return `${worst.pod.name}${past(worst.container)}`;
}

function workloadOf(pods: readonly PodSnapshot[]): string | undefined {
  const owner = pods.map(ownerByLabels).find((one) => one !== undefined);
  return owner === undefined ? undefined : `${owner.kind.toLowerCase()}/${owner.name}`;
}

/** The facts as JSON; what could not be read is null. */
export function backingDetail(seen: Backed): Detail {
  const pods = seen.pods.status === 'observed' ? standing(seen.pods) : undefined;
  return {
    service: nameOf(seen),
    host: seen.host,
    workload: (pods && workloadOf(pods)) ?? null,
    pods: pods?.length ?? null,
    podsReady: pods?.filter((pod) => !isUnready(pod)).length ?? null,
    endpointsReady: seen.endpoints.status === 'observed' ? ready(seen).length : null,
    ...wear(pods ?? []),
    nodePressure: valueOf(seen.node)?.pressure ?? [],
    look: lookCommand(seen, pods ?? []),
  };
}

/** Of the container that restarted most. */
function wear(pods: readonly PodSnapshot[]): Detail {
  const [worst] = pods.flatMap(({ containers }) => containers).sort((a, b) => b.restartCount - a.restartCount);
  if (worst === undefined) return { restarts: null };
  const { restartCount, terminatedReason = null, exitCode = null } = worst;
  return { restarts: restartCount, lastTermination: terminatedReason, lastExitCode: exitCode };
}

/** The next command: the last words of a pod that ended, else what the workload's pods and events say. */
function lookCommand({ service }: Backed, pods: readonly PodSnapshot[]): string {
  const { namespace, selector } = service;
  const ended = pods.find(({ containers }) => containers.some(({ restartCount }) => restartCount > 0));
  if (ended) return commandLine('kubectl', 'logs', '-n', namespace, ended.name, '--previous', '--tail=50');
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const chosen = labels.length === 0 ? [] : ['-l', labels.join(',')];
  return commandLine('kubectl', 'get', 'deployments,statefulsets,daemonsets,pods', '-n', namespace, ...chosen);
}
