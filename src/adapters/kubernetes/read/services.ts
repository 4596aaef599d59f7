/** Services and what stands behind them. */
import type { EndpointSnapshot, ServiceSnapshot } from '../../../evidence/network-snapshots.ts';
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { KubeClient } from '../client.ts';
import { EndpointSlice, Service } from '../network-schema.ts';
import { ENDPOINT_SLICES, SERVICES } from '../resources.ts';
import { optional } from './common.ts';
import { listWhole } from './fetch.ts';

/** Kubernetes itself is made for clusters up to this size (sig-scalability thresholds: 10,000 Services). */
const MAX_SERVICES = 10_000;
const MAX_SLICES = 500;

export async function listServices(
  client: KubeClient,
  query: { readonly namespace?: string },
  signal: AbortSignal,
): Promise<Observation<readonly ServiceSnapshot[]>> {
  const place = { resource: SERVICES, cap: MAX_SERVICES, ...optional('namespace', query.namespace) };
  return mapObserved(await listWhole(client, place, Service, signal), (items) => items.map(serviceSnapshot));
}

/** Of one Service, all its slices together. */
export async function listEndpoints(
  client: KubeClient,
  namespace: string,
  service: string,
  signal: AbortSignal,
): Promise<Observation<readonly EndpointSnapshot[]>> {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const place = { resource: ENDPOINT_SLICES, namespace, labelSelector, cap: MAX_SLICES };
  return mapObserved(await listWhole(client, place, EndpointSlice, signal), (items) => items.flatMap(endpoints));
}

function serviceSnapshot({ metadata, spec, status }: Service): ServiceSnapshot {
  const balanced = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => [ip, hostname]);
  const all = [spec?.clusterIP, ...(spec?.clusterIPs ?? []), ...(spec?.externalIPs ?? []), ...balanced];
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    type: spec?.type ?? 'ClusterIP',
    addresses: [...new Set(all.flatMap((address) => (address && address !== 'None' ? [address] : [])))],
    ports: (spec?.ports ?? []).map(({ name, port, nodePort }) => ({
      name: name ?? '',
      port,
      ...optional('nodePort', nodePort || undefined),
    })),
    selector: spec?.selector ?? {},
  };
}

function endpoints(slice: EndpointSlice): EndpointSnapshot[] {
  const ports = (slice.ports ?? []).flatMap(({ name, port }) => (port ? [{ name: name ?? '', port }] : []));
  return (slice.endpoints ?? []).map(({ addresses, conditions, nodeName, targetRef }) => ({
    addresses: addresses ?? [],
    ready: conditions?.ready ?? true,
    ports,
    ...optional('node', nodeName),
    ...optional('pod', targetRef?.kind === 'Pod' ? targetRef.name : undefined),
  }));
}
