/** The in-cluster registry of test stories: Service `cortex-chat/docker-registry` with one healthy pod on `node-2`. */
import type { EndpointSnapshot, NetworkPolicySnapshot, ServiceSnapshot } from '../../src/evidence/network-snapshots.ts';
import { notCollected, observed } from '../../src/evidence/observation.ts';
import type { RegistryService } from '../../src/evidence/registry-service.ts';
import type { PodSnapshot } from '../../src/evidence/snapshots.ts';
import { aPod, aRunningContainer } from './snapshots.ts';

export const CLUSTER_IP = '10.43.170.72';
export const REGISTRY = `${CLUSTER_IP}:5000`;

export function aService(over: Partial<ServiceSnapshot> = {}): ServiceSnapshot {
  return {
    name: 'docker-registry',
    namespace: 'cortex-chat',
    type: 'ClusterIP',
    addresses: [CLUSTER_IP],
    ports: [{ name: 'http', port: 5000 }],
    selector: { app: 'docker-registry' },
    ...over,
  };
}

export function anEndpoint(over: Partial<EndpointSnapshot> = {}): EndpointSnapshot {
  return {
    addresses: ['10.42.1.7'],
    ready: true,
    ports: [{ name: 'http', port: 5000 }],
    node: 'node-2',
    pod: 'docker-registry-6c8f-abcde',
    ...over,
  };
}

export function aRegistryPod(over: Partial<PodSnapshot> = {}): PodSnapshot {
  return aPod({
    name: 'docker-registry-6c8f-abcde',
    namespace: 'cortex-chat',
    labels: { app: 'docker-registry', 'pod-template-hash': '6c8f' },
    phase: 'Running',
    node: 'node-2',
    hostIP: '192.168.1.12',
    imagePullSecrets: [],
    containers: [aRunningContainer({ name: 'registry', image: 'registry:3' })],
    controller: { kind: 'ReplicaSet', name: 'docker-registry-6c8f', uid: 'uid-registry-rs' },
    ...over,
  });
}

/** The same pod after it was killed for its memory, waiting to be started again. */
export function anOomKilledPod(over: Partial<PodSnapshot> = {}): PodSnapshot {
  const [container] = aRegistryPod().containers;
  return aRegistryPod({
    unmet: [{ type: 'Ready', reason: 'ContainersNotReady', message: 'containers with unready status: [registry]' }],
    containers: [
      {
        ...aRunningContainer(container),
        state: 'waiting',
        ready: false,
        restartCount: 4,
        waitingReason: 'CrashLoopBackOff',
        exitCode: 137,
        terminatedReason: 'OOMKilled',
      },
    ],
    ...over,
  });
}

export function aPolicy(over: Partial<NetworkPolicySnapshot> = {}): NetworkPolicySnapshot {
  return {
    name: 'registry-clients',
    namespace: 'cortex-chat',
    pods: { labels: { app: 'docker-registry' }, expressions: [] },
    ingress: [{ from: [{}], ports: [{ port: 5000 }] }],
    ...over,
  };
}

type Backed = Extract<RegistryService, { readonly kind: 'service' }>;

/** All well, no policy; each test spoils what its story is about. */
export function backed(over: Partial<Backed> = {}): Backed {
  return {
    kind: 'service',
    host: REGISTRY,
    route: 'address',
    service: aService(),
    port: { name: 'http', port: 5000 },
    endpoints: observed([anEndpoint()]),
    pods: observed([aRegistryPod()]),
    node: notCollected('no pod behind the Service waits on a node'),
    policies: observed([]),
    ...over,
  };
}
