import { mirrorIn } from '../../image/mirror.ts';
import { CUT_OFF, type PullErrorKind } from '../../image/pull-error.ts';
import type { ImageReference } from '../../image/reference.ts';
import { defineCollector, type Outside } from '../collector.ts';
import type { Evidence } from '../evidence.ts';
import { type InClusterHost, inClusterHost } from '../in-cluster-host.ts';
import type { ServiceSnapshot } from '../network-snapshots.ts';
import { absent, blockedBy, notCollected, type Observation, observed, valueOf } from '../observation.ts';
import type { ClusterReader } from '../ports.ts';
import type { AccessOutcome } from '../registry-access.ts';
import {
  type Located,
  locateService,
  lookalikes,
  namesOfWorkload,
  type RegistryService,
  readyEndpoints,
  servesHostPort,
  straysOf,
  wouldSelect,
} from '../registry-service.ts';
import type { NodeSnapshot, PodSnapshot, WorkloadSnapshot } from '../snapshots.ts';

/**
 * What stands behind an image's host inside the cluster: Service, endpoints, pods, and the policies before them. Asked only where the
 * host, or that of the mirror which the node names, can be one of the cluster's, and the registry seems out of reach or holds nothing at
 * all: three or four questions. Absent: a public host.
 */
export const registryService = defineCollector({
  kind: 'registryService',
  needs: ['reference', 'pullFailure', 'registryAccess', 'pod', 'tags'],
  collect: async (read, { cluster, signal }) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const { reference } = parsed.value;
    const mirror = await mirrorOutOfReach(reference, read);
    const registry = mirror ?? reference.registry;
    const host = inClusterHost(registry);
    if (host === undefined) return absent;
    if (mirror === undefined && !(await isOutOfReach(read)) && !(await holdsNothing(read)))
      return notCollected('nothing says that the registry cannot be reached');
    const namespace = host.kind === 'name' ? host.namespace : undefined;
    const services = await cluster.services(namespace === undefined ? {} : { namespace }, signal);
    if (services.status !== 'observed') return services;
    const nodes = await nodeAddresses(host, read, { cluster, signal });
    const located = locateService(host, services.value, nodes);
    const role = mirror === undefined ? {} : { mirrorOf: reference.registry };
    if (located !== undefined)
      return observed({ ...role, ...(await lookBehind(registry, located, { cluster, signal })) });
    const { pods, ...extent } = await onNodes(host, nodes, { cluster, signal });
    return observed<RegistryService>(
      host.port !== undefined && pods.length > 0
        ? { ...role, ...extent, kind: 'host-port', host: registry, port: host.port, pods }
        : { ...role, ...extent, kind: 'none', host: registry, lookalikes: lookalikes(host, services.value) },
    );
  },
});

/** Worth a look at the Service: also what only hints at a registry that is down, or shut off. */
const OUT_OF_REACH: ReadonlySet<PullErrorKind> = new Set<PullErrorKind>([
  ...CUT_OFF,
  'cancelled-or-deadline',
  'dns-failure',
  'registry-error',
  'proxy-failure',
]);

type Read = <K extends 'pullFailure' | 'registryAccess' | 'pod' | 'tags'>(kind: K) => Promise<Evidence[K]>;
type Looking = Pick<Outside, 'cluster' | 'signal'>;

/** The mirror that did not answer the node, where it can be one of the cluster's. */
async function mirrorOutOfReach(reference: ImageReference, read: Read): Promise<string | undefined> {
  const failure = valueOf(await read('pullFailure'));
  if (failure === undefined || !OUT_OF_REACH.has(failure.classification.kind)) return undefined;
  const mirror = mirrorIn(failure.message, reference);
  return mirror?.isMirror && inClusterHost(mirror.host) !== undefined ? mirror.host : undefined;
}

/** It answers, and has lost all that it held, or never held anything. */
async function holdsNothing(read: Read): Promise<boolean> {
  const seen = valueOf(await read('tags'));
  const held = seen?.kind === 'missing' ? seen.repositories : undefined;
  return held !== undefined && held.names.length === 0 && !held.truncated;
}

/** By the node's words, else by our own probe. */
async function isOutOfReach(read: Read): Promise<boolean> {
  const failure = valueOf(await read('pullFailure'));
  if (failure !== undefined && OUT_OF_REACH.has(failure.classification.kind)) return true;
  const outcomes = (valueOf(await read('registryAccess'))?.attempts ?? []).map(({ outcome }) => outcome);
  return outcomes.length > 0 && outcomes.every(failed);
}

function failed({ kind }: AccessOutcome): boolean {
  return kind === 'network' || kind === 'server-error';
}

/** Of every node that runs a pod, from the list that the scope reads too. Only an address can be a node's. */
async function nodeAddresses(
  host: InClusterHost,
  read: Read,
  { cluster, signal }: Looking,
): Promise<ReadonlySet<string>> {
  if (host.kind !== 'address') return new Set();
  const own = valueOf(await read('pod'));
  const all = valueOf(await cluster.pods({}, signal))?.pods ?? [];
  return new Set([own, ...all].flatMap((pod) => (pod?.hostIP === undefined ? [] : [pod.hostIP])));
}

/** Pods that take the host's port on their nodes, where the host is a node. */
async function onNodes(
  host: InClusterHost,
  nodes: ReadonlySet<string>,
  { cluster, signal }: Looking,
): Promise<{ readonly pods: readonly PodSnapshot[]; readonly isPartial?: true }> {
  const isNode = host.kind === 'node-itself' || (host.kind === 'address' && nodes.has(host.address));
  if (!isNode || host.port === undefined) return { pods: [] };
  const list = valueOf(await cluster.pods({}, signal));
  const pods = servesHostPort(list?.pods ?? [], host.port);
  return list === undefined || list.truncated ? { pods, isPartial: true } : { pods };
}

async function lookBehind(
  host: string,
  { service, route, port }: Located,
  { cluster, signal }: Looking,
): Promise<RegistryService> {
  const { name, namespace } = service;
  const [endpoints, pods] = await Promise.all([
    cluster.endpoints(namespace, name, signal),
    selectedPods(service, cluster, signal),
  ]);
  const serves = endpoints.status !== 'observed' || readyEndpoints(endpoints.value, port).length > 0;
  const [node, policies] = await Promise.all([
    nodeOfUnready(pods, cluster, signal),
    serves ? cluster.networkPolicies(namespace, signal) : notCollected('nothing is ready behind the Service'),
  ]);
  const meant = valueOf(pods)?.length === 0 ? await whoseIsMeant(service, { cluster, signal }) : {};
  return { kind: 'service', host, route, service, port, endpoints, pods, ...meant, node, policies };
}

type Meant = Pick<Extract<RegistryService, { kind: 'service' }>, 'strays' | 'workload'>;

/** Of a Service that selects no pod: the pods that it seems to mean, else the workload that has none. */
async function whoseIsMeant(service: ServiceSnapshot, { cluster, signal }: Looking): Promise<Meant> {
  const strays = straysOf(service, valueOf(await cluster.pods({}, signal))?.pods ?? []);
  if (strays.length > 0) return { strays };
  const workload = await workloadWithoutPods(service, { cluster, signal });
  return workload === undefined ? {} : { workload };
}

/** By its name: Deployments cannot be listed by the labels of their pods. Three questions at most. */
async function workloadWithoutPods(
  service: ServiceSnapshot,
  { cluster, signal }: Looking,
): Promise<WorkloadSnapshot | undefined> {
  const { namespace } = service;
  const [like = '', label] = namesOfWorkload(service);
  const asked = [
    { kind: 'Deployment', name: like },
    { kind: 'StatefulSet', name: like },
    ...(label === undefined ? [] : [{ kind: 'Deployment', name: label } as const]),
  ] as const;
  for (const ref of asked) {
    const found = valueOf(await cluster.workload({ namespace, ...ref }, signal));
    if (found !== undefined && wouldSelect(service, found)) return found;
  }
  return undefined;
}

/** From the list of all pods, which the scope reads anyway; where that is forbidden, those of the namespace. */
async function selectedPods(
  { namespace, selector }: ServiceSnapshot,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<Observation<readonly PodSnapshot[]>> {
  const labels = Object.entries(selector);
  if (labels.length === 0) return notCollected('the Service selects no pods by label');
  const everywhere = await cluster.pods({}, signal);
  const text = labels.map(([key, value]) => `${key}=${value}`).join(',');
  const complete = everywhere.status === 'observed' && !everywhere.value.truncated;
  const list = complete ? everywhere : await cluster.pods({ namespace, selector: text }, signal);
  if (list.status !== 'observed') return list;
  return observed(
    list.value.pods.filter(
      (pod) => pod.namespace === namespace && labels.every(([key, value]) => pod.labels[key] === value),
    ),
  );
}

async function nodeOfUnready(
  pods: Observation<readonly PodSnapshot[]>,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<Observation<NodeSnapshot>> {
  const unready = (valueOf(pods) ?? []).find(
    ({ node, deletedAt, unmet }) =>
      node !== undefined && deletedAt === undefined && unmet.some(({ type }) => type === 'Ready'),
  );
  return unready?.node === undefined
    ? notCollected('no pod behind the Service waits on a node')
    : cluster.node(unready.node, signal);
}
