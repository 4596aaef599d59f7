/** What stands behind an in-cluster registry's Service, as facts for people. */
import type { EndpointSnapshot } from '../evidence/network-snapshots.ts';
import { type Observation, valueOf } from '../evidence/observation.ts';
import { ownerByLabels } from '../evidence/owner-by-labels.ts';
import { type RegistryService, readyEndpoints } from '../evidence/registry-service.ts';
import {
  type ContainerPort,
  type ContainerSnapshot,
  ENDED,
  type PodSnapshot,
  type WorkloadSnapshot,
} from '../evidence/snapshots.ts';
import type { Detail } from './check.ts';
import { commandLine } from './shell.ts';
import { count, list, tidy } from './words.ts';

export type Backed = Extract<RegistryService, { readonly kind: 'service' }>;
/** What facts about pods are drawn from, whatever leads to them. */
type Pods = Observation<readonly PodSnapshot[]>;

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

/** Not every main container is ready, or it is on its way out. */
export function isUnready(pod: PodSnapshot): boolean {
  const main = pod.containers.filter(({ role }) => role === 'main');
  return pod.deletedAt !== undefined || main.length === 0 || main.some((container) => !container.ready);
}

/** The pods that are not on their way out. */
export function standing(pods: Pods): readonly PodSnapshot[] {
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
  if (unready.length === 0) return `its pods are ready, but none of them takes traffic on that port${declared(pods)}`;
  return `${readyOf(pods)}; ${list(unready.slice(0, 3).map(trouble))}${pressure(seen)}`;
}

/** `0 of 1 pod of deployment/docker-registry are ready` */
export function readyOf(pods: readonly PodSnapshot[]): string {
  const workload = workloadOf(pods);
  const who = workload === undefined ? '' : ` of ${workload}`;
  return `${pods.filter((pod) => !isUnready(pod)).length} of ${count(pods.length, 'pod')}${who} are ready`;
}

/** `: its containers declare port 5000 (http)`; empty where they declare none. */
function declared(pods: readonly PodSnapshot[]): string {
  const ports = declaredPorts(pods).map(({ name, port }) => `${port}${name === undefined ? '' : ` (${name})`}`);
  return ports.length === 0 ? '' : `: their containers declare port ${list(ports)}`;
}

/** Of the main containers, each once. */
export function declaredPorts(pods: readonly PodSnapshot[]): readonly ContainerPort[] {
  const all = pods.flatMap(({ containers }) =>
    containers.filter(({ role }) => role === 'main').flatMap(({ ports = [] }) => ports),
  );
  return [...new Map(all.map((port) => [port.port, port])).values()];
}

/** A pod that runs beside a selector which does not mean it: labels or selector were changed. */
function missed({ strays = [], workload, service: { selector } }: Backed): string {
  const [stray] = strays;
  if (workload !== undefined) return `${nameOfWorkload(workload)} ${emptied(workload)}`;
  if (stray === undefined) return 'scaled to 0, or never there';
  const has = Object.keys(selector).map((key) => `${key}=${stray.labels[key] ?? ''}`);
  return `its selector fits none, while ${stray.name} is ready beside it with ${has.join(',')}`;
}

/** Why a workload has no pods at all. */
function emptied({ replicas, unmet: [fault] = [] }: WorkloadSnapshot): string {
  if (replicas.desired === 0) return 'is scaled to 0';
  const why =
    fault === undefined ? '' : ` (${tidy([fault.reason, fault.message].filter((text) => text !== '').join(': '))})`;
  return `wants ${count(replicas.desired, 'pod')} and has none${why}`;
}

/** `deployment/docker-registry`, as kubectl takes it. */
export function nameOfWorkload({ kind, name }: Pick<WorkloadSnapshot, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** `docker-registry-6c8f-abcde waits (CrashLoopBackOff), 4 restarts, last ended OOMKilled (exit code 137)` */
export function trouble(pod: PodSnapshot): string {
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

const COMPLAINT = /error|fatal|panic|fail|denied|refused|invalid|cannot|unable|no such|no space/i;

/** The last line that complains, else the last: after the reason a program may print how it is used, or a trace, which is indented. */
function tellingLine(message: string): string | undefined {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines.findLast((line) => /^\S/.test(line) && COMPLAINT.test(line)) ?? lines.at(-1);
}

/** `, 4 restarts, last ended OOMKilled (exit code 137; its memory limit is 24Mi)`. */
export function past(container: ContainerSnapshot | undefined): string {
  if (container === undefined) return '';
  const { restartCount, terminatedReason, exitCode, memoryLimit, terminatedMessage = '' } = container;
  const restarts = restartCount === 0 ? '' : `, ${count(restartCount, 'restart')}`;
  if (terminatedReason === undefined) return restarts;
  const last = tellingLine(terminatedMessage);
  const limit =
    terminatedReason === 'OOMKilled' && memoryLimit !== undefined ? `its memory limit is ${memoryLimit}` : '';
  const facts = [exitCode === undefined ? '' : `exit code ${exitCode}`, limit, last === undefined ? '' : tidy(last)];
  const told = facts.filter((text) => text !== '').join('; ');
  return `${restarts}, last ended ${terminatedReason}${told === '' ? '' : ` (${told})`}`;
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

/** Of the first pod that tells its owner. */
export function workloadOf(pods: readonly PodSnapshot[]): string | undefined {
  const owner = pods.map(ownerByLabels).find((one) => one !== undefined);
  return owner === undefined ? undefined : nameOfWorkload(owner);
}

/** Why a registry that holds nothing may have held something before; undefined: nothing seen of its pods tells. */
export function storageLost(
  behind: RegistryService | undefined,
): { readonly sentence: string; readonly fix: string } | undefined {
  if (behind?.kind !== 'service') return undefined;
  const pods = standing(behind.pods);
  const gone = pods.find(({ phase }) => phase === 'Failed');
  const serving = pods.filter((pod) => !isUnready(pod));
  const worn = serving.find(({ containers }) => containers.some(({ restartCount }) => restartCount > 0));
  const first = gone ?? worn;
  if (first === undefined) return undefined;
  const now = serving[0] === undefined || serving[0] === first ? '' : `, and ${serving[0].name} serves in its place`;
  return {
    sentence: `${trouble(first)}${now}: what it held before may be lost with it.`,
    fix: 'Push the images again, and give the registry storage that outlives its pods: a volume claim with enough room in place of an emptyDir.',
  };
}

/** The facts as JSON; what could not be read is null. */
export function backingDetail(seen: Backed): Detail {
  const pods = seen.pods.status === 'observed' ? standing(seen.pods) : undefined;
  return {
    service: nameOf(seen),
    host: seen.host,
    workload: (pods && workloadOf(pods)) ?? (seen.workload === undefined ? null : nameOfWorkload(seen.workload)),
    pods: pods?.length ?? null,
    podsReady: pods?.filter((pod) => !isUnready(pod)).length ?? null,
    endpointsReady: seen.endpoints.status === 'observed' ? ready(seen).length : null,
    ...wear(pods ?? []),
    nodePressure: valueOf(seen.node)?.pressure ?? [],
    look: lookCommand(seen, pods ?? []),
  };
}

/** Of the container that restarted most. */
export function wear(pods: readonly PodSnapshot[]): Detail {
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
