import type { PullErrorKind } from '../../image/pull-error.ts';
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
  type RegistryService,
  readyEndpoints,
  straysOf,
} from '../registry-service.ts';
import type { NodeSnapshot, PodSnapshot } from '../snapshots.ts';

/**
 * What stands behind an image's host inside the cluster: Service, endpoints, pods, and the policies before them. Asked only where the
 * host can be one of the cluster's and the registry seems out of reach: three or four questions. Absent: a public host.
 */
export const registryService = defineCollector({
  kind: 'registryService',
  needs: ['reference', 'pullFailure', 'registryAccess', 'pod'],
  collect: async (read, { cluster, signal }) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const { registry } = parsed.value.reference;
    const host = inClusterHost(registry);
    if (host === undefined) return absent;
    if (!(await isOutOfReach(read))) return notCollected('nothing says that the registry cannot be reached');
    const namespace = host.kind === 'name' ? host.namespace : undefined;
    const services = await cluster.services(namespace === undefined ? {} : { namespace }, signal);
    if (services.status !== 'observed') return services;
    const nodes = await nodeAddresses(host, read, { cluster, signal });
    const located = locateService(host, services.value, nodes);
    if (located === undefined) {
      return observed<RegistryService>({ kind: 'none', host: registry, lookalikes: lookalikes(host, services.value) });
    }
    return observed(await lookBehind(registry, located, { cluster, signal }));
  },
});

/** Kinds that a registry which is down, or shut off, makes the node write. */
const OUT_OF_REACH: ReadonlySet<PullErrorKind> = new Set([
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-unreachable',
  'transfer-interrupted',
  'cancelled-or-deadline',
  'dns-failure',
  'registry-error',
  'proxy-failure',
]);

type Read = <K extends 'pullFailure' | 'registryAccess' | 'pod'>(kind: K) => Promise<Evidence[K]>;

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
  { cluster, signal }: Pick<Outside, 'cluster' | 'signal'>,
): Promise<ReadonlySet<string>> {
  if (host.kind !== 'address') return new Set();
  const own = valueOf(await read('pod'));
  const all = valueOf(await cluster.pods({}, signal))?.pods ?? [];
  return new Set([own, ...all].flatMap((pod) => (pod?.hostIP === undefined ? [] : [pod.hostIP])));
}

async function lookBehind(
  host: string,
  { service, route, port }: Located,
  { cluster, signal }: Pick<Outside, 'cluster' | 'signal'>,
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
  const strays =
    valueOf(pods)?.length === 0 ? straysOf(service, valueOf(await cluster.pods({}, signal))?.pods ?? []) : [];
  const found = strays.length === 0 ? {} : { strays };
  return { kind: 'service', host, route, service, port, endpoints, pods, ...found, node, policies };
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
