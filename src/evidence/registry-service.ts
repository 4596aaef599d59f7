/** The registry that stands inside the cluster: which Service the image's host means, and what is behind it. Pure. */
import type { InClusterHost } from './in-cluster-host.ts';
import type { EndpointSnapshot, NetworkPolicySnapshot, ServicePort, ServiceSnapshot } from './network-snapshots.ts';
import type { Observation } from './observation.ts';
import type { NodeSnapshot, PodSnapshot, WorkloadSnapshot } from './snapshots.ts';

/** How the host means the Service. */
export type ServiceRoute = 'address' | 'name' | 'node-port';

export type RegistryService = {
  /** The node asked it as a mirror of this registry; absent: the image itself names it. */
  readonly mirrorOf?: string;
  /** true: not all pods of the cluster could be listed, where pods that take a port of their nodes were looked for. */
  readonly isPartial?: true;
} /** No Service has this address or name. `lookalikes` serve the same port: a Service that was made anew has a new address. */ & (
  | {
      readonly kind: 'none';
      /** As the image writes it, or as the node’s words name the mirror that it asked. */
      readonly host: string;
      readonly lookalikes: readonly ServiceSnapshot[];
    }
  /** No Service: pods take the port on their own nodes. */
  | {
      readonly kind: 'host-port';
      readonly host: string;
      readonly port: number;
      /** On every node, those on their way out left out; never empty. */
      readonly pods: readonly PodSnapshot[];
    }
  | {
      readonly kind: 'service';
      /** As the image writes it, or as the node’s words name the mirror that it asked. */
      readonly host: string;
      readonly route: ServiceRoute;
      readonly service: ServiceSnapshot;
      /** The port of the Service that the host means; undefined: it has no such port. */
      readonly port: ServicePort | undefined;
      readonly endpoints: Observation<readonly EndpointSnapshot[]>;
      /** The pods that the Service selects. */
      readonly pods: Observation<readonly PodSnapshot[]>;
      /** Where it selects none: ready pods of its namespace that are called like it, and their labels; absent: none, or not looked for. */
      readonly strays?: readonly PodSnapshot[];
      /** Where it selects none: the workload whose pods it would select; absent: not found, or not looked for. */
      readonly workload?: WorkloadSnapshot;
      /** The node of the first pod that is not ready; not collected where all are. */
      readonly node: Observation<NodeSnapshot>;
      /** Of the Service's namespace; not collected where nothing is ready behind it. */
      readonly policies: Observation<readonly NetworkPolicySnapshot[]>;
    }
);

export interface Located {
  readonly service: ServiceSnapshot;
  readonly route: ServiceRoute;
  readonly port: ServicePort | undefined;
}

/** The port of a registry that the image gives none for. */
const DEFAULT_PORT = 443;
const MOST_LOOKALIKES = 3;

/** undefined: none of these Services is meant. `nodes`: addresses of the cluster's nodes, as far as they are known. */
export function locateService(
  host: InClusterHost,
  services: readonly ServiceSnapshot[],
  nodes: ReadonlySet<string>,
): Located | undefined {
  if (host.kind === 'name') return byName(host, services);
  const port = host.port ?? DEFAULT_PORT;
  if (host.kind === 'address') {
    const service = services.find(({ addresses }) => addresses.includes(host.address));
    if (service) return { service, route: 'address', port: service.ports.find((one) => one.port === port) };
    if (!nodes.has(host.address)) return undefined;
  }
  for (const service of services) {
    const found = service.ports.find(({ nodePort }) => nodePort === port);
    if (found) return { service, route: 'node-port', port: found };
  }
  return undefined;
}

function byName(
  host: InClusterHost & { readonly kind: 'name' },
  services: readonly ServiceSnapshot[],
): Located | undefined {
  const called = services.filter(
    ({ name, namespace }) => name === host.name && (host.namespace === undefined || namespace === host.namespace),
  );
  const [service] = called;
  // A bare name means another Service in every namespace: only one of them can be blamed.
  if (service === undefined || called.length > 1) return undefined;
  const port = host.port ?? DEFAULT_PORT;
  return { service, route: 'name', port: service.ports.find((one) => one.port === port) };
}

/** Services that serve the port and are called like a registry. */
export function lookalikes(host: InClusterHost, services: readonly ServiceSnapshot[]): readonly ServiceSnapshot[] {
  const port = host.port ?? DEFAULT_PORT;
  return services
    .filter(
      ({ name, ports }) =>
        /registry|harbor|mirror/.test(name) && ports.some((one) => [one.port, one.nodePort].includes(port)),
    )
    .slice(0, MOST_LOOKALIKES);
}

/** Pods that the Service does not select and that look as if they were meant: ready, and called like it or like a registry. */
export function straysOf({ name, namespace }: ServiceSnapshot, pods: readonly PodSnapshot[]): readonly PodSnapshot[] {
  const isReady = ({ containers }: PodSnapshot) =>
    containers.some(({ role }) => role === 'main') && containers.every(({ role, ready }) => role !== 'main' || ready);
  return pods
    .filter((pod) => pod.namespace === namespace && pod.deletedAt === undefined && isReady(pod))
    .filter((pod) => pod.name.startsWith(name) || /registry|harbor|mirror/.test(pod.name))
    .slice(0, MOST_LOOKALIKES);
}

/** Pods that take the port on their own nodes, or took it until they failed; one that has completed gave it back as it was meant to. */
export function servesHostPort(pods: readonly PodSnapshot[], port: number): readonly PodSnapshot[] {
  return pods.filter(
    ({ deletedAt, phase, containers }) =>
      deletedAt === undefined &&
      phase !== 'Succeeded' &&
      containers.some(({ ports = [] }) => ports.some(({ hostPort }) => hostPort === port)),
  );
}

/** What the workload of a Service without pods may be called: like it, or as its labels say. */
export function namesOfWorkload({ name, selector }: ServiceSnapshot): readonly string[] {
  const labels = ['app.kubernetes.io/instance', 'app.kubernetes.io/name', 'app', 'k8s-app'];
  return [...new Set([name, ...labels.flatMap((label) => selector[label] ?? [])])].slice(0, 2);
}

/** Are all labels that the Service asks for among those by which the workload knows its pods? */
export function wouldSelect({ selector }: ServiceSnapshot, workload: Pick<WorkloadSnapshot, 'selector'>): boolean {
  const has = new Set(workload.selector.split(','));
  return Object.entries(selector).every(([key, value]) => has.has(`${key}=${value}`));
}

/** Backends that take traffic on the port; `port` undefined: on any. */
export function readyEndpoints(
  endpoints: readonly EndpointSnapshot[],
  port: ServicePort | undefined,
): readonly EndpointSnapshot[] {
  return endpoints.filter(
    ({ ready, ports }) => ready && (port === undefined || ports.some(({ name }) => name === port.name)),
  );
}
