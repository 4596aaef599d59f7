/** The simulated endpoint controller, and a hand that kills containers: what a Service shows when its pods die and come back. */
import { z } from 'zod';
import { type Clock, formatTime } from '../../../clock.ts';
import { apiVersionOf, type ContainerStatus, type KubeObject, resourceOf } from './objects.ts';
import type { ObjectStore } from './store.ts';

export interface ServicePlan {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** The same port on every node. */
  readonly nodePort?: number;
  readonly clusterIP?: string;
  readonly selector: Readonly<Record<string, string>>;
}

/** A Service as `kubectl expose` would make it. */
export function serviceObject({ namespace, name, port, nodePort, clusterIP, selector }: ServicePlan): KubeObject {
  const spec = {
    type: nodePort === undefined ? 'ClusterIP' : 'NodePort',
    selector,
    ports: [{ name: 'http', port, ...(nodePort === undefined ? {} : { nodePort }) }],
    ...(clusterIP === undefined ? {} : { clusterIP, clusterIPs: [clusterIP] }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec,
  };
}

/** What is read of a Service that a person applied. */
const ServiceSpec = z.object({
  selector: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.object({ name: z.string().optional(), port: z.number() })).optional(),
});

/** Writes one EndpointSlice for each Service from the pods that its selector chooses. */
export function syncEndpoints(store: ObjectStore): void {
  for (const service of store.list(resourceOf('Service'))) {
    const { name, namespace = '' } = service.metadata;
    const spec = ServiceSpec.parse(service.spec ?? {});
    const chosen = Object.entries(spec.selector ?? {});
    const pods = store
      .list(resourceOf('Pod'), namespace)
      .filter(({ metadata }) => chosen.length > 0 && chosen.every(([key, value]) => metadata.labels?.[key] === value));
    const slice = {
      apiVersion: apiVersionOf(resourceOf('EndpointSlice')),
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: pods.map((pod, index) => ({
        addresses: [`10.42.0.${index + 2}`],
        conditions: { ready: isReady(pod) },
        nodeName: pod.spec?.nodeName,
        targetRef: { kind: 'Pod', namespace, name: pod.metadata.name },
      })),
      ports: (spec.ports ?? []).map(({ name: portName = '', port }) => ({ name: portName, port, protocol: 'TCP' })),
    };
    const before = store.get({ resource: resourceOf('EndpointSlice'), namespace, name: slice.metadata.name });
    if (JSON.stringify(before?.['endpoints']) !== JSON.stringify(slice.endpoints)) store.put(slice);
  }
}

function isReady({ status }: KubeObject): boolean {
  const statuses = status?.containerStatuses ?? [];
  return statuses.length > 0 && statuses.every(({ ready }) => ready === true);
}

/** The pod's containers have ended like this and wait for their next start; `undefined`: they were started again. */
export function withContainers(
  pod: KubeObject,
  ended: { readonly reason: string; readonly exitCode: number } | undefined,
  clock: Clock,
): KubeObject {
  const statuses = (pod.status?.containerStatuses ?? []).map((status): ContainerStatus => {
    if (ended === undefined) {
      return { ...status, ready: true, state: { running: { startedAt: `${formatTime(clock.now()).slice(0, 19)}Z` } } };
    }
    const restartCount = (typeof status['restartCount'] === 'number' ? status['restartCount'] : 0) + 1;
    const message = `back-off restarting failed container=${status.name}`;
    const state = { waiting: { reason: 'CrashLoopBackOff', message } };
    return { ...status, ready: false, restartCount, state, lastState: { terminated: { ...ended } } };
  });
  const isUp = ended === undefined;
  const conditions = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: isUp ? 'True' : 'False', ...(isUp ? {} : { reason: 'ContainersNotReady' }) },
  ];
  return { ...pod, status: { ...pod.status, conditions, containerStatuses: statuses } };
}
