/** Pods, one or many. */
import { parseTime } from '../../../clock.ts';
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { PodList } from '../../../evidence/ports.ts';
import { type ContainerSnapshot, ENDED, type PodSnapshot } from '../../../evidence/snapshots.ts';
import type { KubeClient } from '../client.ts';
import { PODS } from '../resources.ts';
import { type ContainerStatus, Pod } from '../schema.ts';
import { controllerIn, identity, optional, secretNames } from './common.ts';
import { getOne, listAll } from './fetch.ts';
import { maskLine } from './logs.ts';
import { placementOf } from './placement.ts';

/** Above this a list is a prefix, and says so. */
export const MAX_PODS = 20_000;

export async function readPod(
  client: KubeClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Observation<PodSnapshot>> {
  return mapObserved(await getOne(client, { resource: PODS, namespace, name }, Pod, signal), podSnapshot);
}

export async function listPods(
  client: KubeClient,
  query: { readonly namespace?: string; readonly selector?: string },
  signal: AbortSignal,
): Promise<Observation<PodList>> {
  const list = await listAll(
    client,
    {
      resource: PODS,
      cap: MAX_PODS,
      ...optional('namespace', query.namespace),
      ...optional('labelSelector', query.selector),
    },
    Pod,
    signal,
  );
  return mapObserved(list, ({ items, truncated }) => ({ pods: items.map(podSnapshot), truncated }));
}

export function podSnapshot(pod: Pod): PodSnapshot {
  const { metadata } = pod;
  const spec = pod.spec ?? {};
  const status = pod.status ?? {};
  return {
    ...identity(metadata),
    labels: metadata.labels ?? {},
    phase: status.phase ?? 'Unknown',
    ...optional('node', spec.nodeName || undefined),
    ...optional('hostIP', status.hostIP || undefined),
    ...(spec.hostNetwork ? { hostNetwork: true } : {}),
    ...optional('deletedAt', parseTime(metadata.deletionTimestamp)),
    serviceAccount: spec.serviceAccountName || 'default',
    imagePullSecrets: secretNames(spec.imagePullSecrets),
    ...optional('placement', placementOf(spec)),
    containers: [
      ...containers('init', spec.initContainers, status.initContainerStatuses),
      ...containers('main', spec.containers, status.containerStatuses),
      ...containers('ephemeral', spec.ephemeralContainers, status.ephemeralContainerStatuses),
    ],
    ...optional('controller', controllerIn(metadata)),
    unmet: [
      ...(status.conditions ?? [])
        .filter((condition) => condition.status === 'False')
        .map(({ type, reason, message }) => ({ type, reason: reason ?? '', message: message ?? '' })),
      ...endedIn(status),
    ],
  };
}

/** A container that fails leaves no reason at its pod; the kubelet leaves one where it refuses or evicts the pod. */
function endedIn({ phase, reason, message }: NonNullable<Pod['status']>): PodSnapshot['unmet'] {
  return phase === 'Failed' && reason ? [{ type: ENDED, reason, message: message ?? '' }] : [];
}

type SpecContainer = NonNullable<NonNullable<Pod['spec']>['containers']>[number];

/** In spec order; a container without a status yet (not scheduled, kubelet not there) is `unknown`. */
function containers(
  role: ContainerSnapshot['role'],
  specs: readonly SpecContainer[] | null | undefined,
  statuses: readonly ContainerStatus[] | null | undefined,
): ContainerSnapshot[] {
  return (specs ?? []).map((spec) => {
    const status = statuses?.find(({ name }) => name === spec.name);
    return {
      name: spec.name,
      role,
      image: spec.image ?? '',
      pullPolicy: policy(spec.imagePullPolicy),
      state: stateOf(status),
      ready: status?.ready ?? false,
      restartCount: status?.restartCount ?? 0,
      ...optional('startedAt', parseTime(status?.state?.running?.startedAt)),
      ...optional('imageID', status?.imageID || undefined),
      ...waiting(status),
      ...termination(status),
      ...declared(spec),
    };
  });
}

/** What the registry of a cluster is looked at for: where it listens, and how much memory it may take. */
function declared({ ports, resources }: SpecContainer): Pick<ContainerSnapshot, 'ports' | 'memoryLimit'> {
  const all = (ports ?? []).map(({ name, containerPort, hostPort }) => ({
    ...optional('name', name || undefined),
    port: containerPort,
    ...optional('hostPort', hostPort || undefined),
  }));
  return { ...(all.length === 0 ? {} : { ports: all }), ...optional('memoryLimit', resources?.limits?.memory) };
}

function waiting(status: ContainerStatus | undefined) {
  const state = status?.state?.waiting;
  return { ...optional('waitingReason', state?.reason), ...optional('waitingMessage', state?.message) };
}

/** Of the current end, else of the last one. */
function termination(status: ContainerStatus | undefined) {
  const end = status?.state?.terminated ?? status?.lastState?.terminated;
  return {
    ...optional('exitCode', end?.exitCode),
    ...optional('terminatedReason', end?.reason),
    // The container may have written it itself, or the kubelet took it from its log.
    ...optional('terminatedMessage', end?.message ? maskLine(end.message) : undefined),
  };
}

function policy(text: string | null | undefined): ContainerSnapshot['pullPolicy'] {
  return text === 'Always' || text === 'IfNotPresent' || text === 'Never' ? text : 'unknown';
}

function stateOf(status: ContainerStatus | undefined): ContainerSnapshot['state'] {
  const state = status?.state;
  if (state?.waiting) return 'waiting';
  if (state?.running) return 'running';
  return state?.terminated ? 'terminated' : 'unknown';
}
