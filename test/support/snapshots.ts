/** Kubernetes objects for tests: sound defaults, so that a test names only what its story is about. */
import type {
  ContainerSnapshot,
  EventSnapshot,
  NodeSnapshot,
  PodSnapshot,
  Revision,
  SecretSnapshot,
  ServiceAccountSnapshot,
  WorkloadSnapshot,
} from '../../src/evidence/snapshots.ts';
import { Sealed } from '../../src/sealed.ts';

/** 2026-03-19T09:00:00Z: the instant at which test stories begin. */
export const NOON = 1_773_910_800_000;

export const IMAGE = 'registry.example.com/team/api:1.4.2';

/** A container that cannot pull its image. */
export function aContainer(over: Partial<ContainerSnapshot> = {}): ContainerSnapshot {
  return {
    name: 'api',
    role: 'main',
    image: IMAGE,
    pullPolicy: 'IfNotPresent',
    state: 'waiting',
    ready: false,
    restartCount: 0,
    waitingReason: 'ImagePullBackOff',
    waitingMessage: `Back-off pulling image "${over.image ?? IMAGE}"`,
    ...over,
  };
}

/** A container that has its image and runs. */
export function aRunningContainer(over: Partial<ContainerSnapshot> = {}): ContainerSnapshot {
  const { waitingReason: _reason, waitingMessage: _message, ...rest } = aContainer();
  return { ...rest, state: 'running', ready: true, imageID: `${IMAGE}@sha256:${'a'.repeat(64)}`, ...over };
}

/** The first pod of Deployment `api` in namespace `staging`, failing. */
export function aPod(over: Partial<PodSnapshot> = {}): PodSnapshot {
  const name = over.name ?? 'api-7d9c5-x2x7k';
  return {
    uid: `uid-${name}`,
    name,
    namespace: 'staging',
    resourceVersion: '1001',
    labels: { app: 'api', 'pod-template-hash': '7d9c5' },
    phase: 'Pending',
    node: 'node-1',
    createdAt: NOON - 600_000,
    serviceAccount: 'default',
    imagePullSecrets: ['regcred'],
    containers: [aContainer()],
    controller: { kind: 'ReplicaSet', name: 'api-7d9c5', uid: 'uid-rs' },
    unmet: [],
    ...over,
  };
}

/** The kubelet's own words about a tag that does not exist. */
export function aFailedEvent(over: Partial<EventSnapshot> = {}): EventSnapshot {
  return {
    type: 'Warning',
    reason: 'Failed',
    message: `Failed to pull image "${IMAGE}": rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`,
    container: 'api',
    count: 4,
    firstAt: NOON - 500_000,
    lastAt: NOON - 60_000,
    ...over,
  };
}

export function aWorkload(over: Partial<WorkloadSnapshot> = {}): WorkloadSnapshot {
  return {
    kind: 'Deployment',
    name: 'api',
    namespace: 'staging',
    uid: 'uid-deployment',
    resourceVersion: '900',
    createdAt: NOON - 86_400_000,
    replicas: { desired: 2, updated: 1, available: 1 },
    selector: 'app=api',
    images: { api: IMAGE },
    paused: false,
    ...over,
  };
}

export function aRevision(over: Partial<Revision> = {}): Revision {
  return {
    revision: 2,
    name: 'api-7d9c5',
    createdAt: NOON - 600_000,
    images: { api: IMAGE },
    ready: 0,
    isCurrent: true,
    ...over,
  };
}

export function aServiceAccount(over: Partial<ServiceAccountSnapshot> = {}): ServiceAccountSnapshot {
  return { name: 'default', imagePullSecrets: [], ...over };
}

/** A pull secret of type dockerconfigjson for one host. */
export function aPullSecret(
  over: Partial<SecretSnapshot> & { readonly host?: string; readonly password?: string } = {},
): SecretSnapshot {
  const { host = 'registry.example.com', password = 'right', ...rest } = over;
  const config = { auths: { [host]: { username: 'robot', password } } };
  return {
    name: 'regcred',
    namespace: 'staging',
    type: 'kubernetes.io/dockerconfigjson',
    resourceVersion: '77',
    createdAt: NOON - 86_400_000,
    data: { '.dockerconfigjson': new Sealed(JSON.stringify(config)) },
    ...rest,
  };
}

export function aNode(over: Partial<NodeSnapshot> = {}): NodeSnapshot {
  return {
    name: 'node-1',
    os: 'linux',
    arch: 'amd64',
    runtime: 'containerd://2.1.4',
    kubelet: 'v1.34.1',
    ready: true,
    pressure: [],
    ...over,
  };
}
