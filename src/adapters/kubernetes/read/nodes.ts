/** Nodes: platform, runtime, and whether they are well. */
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { Taint } from '../../../evidence/placement.ts';
import type { NodeList, NodeSnapshot } from '../../../evidence/snapshots.ts';
import type { KubeClient } from '../client.ts';
import { NODES } from '../resources.ts';
import { Node } from '../schema.ts';
import { optional } from './common.ts';
import { getOne, listAll } from './fetch.ts';

/** Kubernetes itself is made for clusters up to this size (kubernetes.io, "Considerations for large clusters"). */
const MAX_NODES = 5_000;

export async function readNode(
  client: KubeClient,
  name: string,
  signal: AbortSignal,
): Promise<Observation<NodeSnapshot>> {
  return mapObserved(await getOne(client, { resource: NODES, name }, Node, signal), nodeSnapshot);
}

export async function listNodes(client: KubeClient, signal: AbortSignal): Promise<Observation<NodeList>> {
  const list = await listAll(client, { resource: NODES, cap: MAX_NODES }, Node, signal);
  return mapObserved(list, ({ items, truncated }) => ({ nodes: items.map(nodeSnapshot), truncated }));
}

function nodeSnapshot({ metadata, spec, status }: Node): NodeSnapshot {
  const info = status?.nodeInfo;
  // There the kernel's version is the system's.
  const isWindows = info?.operatingSystem === 'windows';
  const met = (status?.conditions ?? []).filter((condition) => condition.status === 'True').map(({ type }) => type);
  return {
    name: metadata.name,
    os: info?.operatingSystem ?? '',
    arch: info?.architecture ?? '',
    ...(isWindows ? optional('osVersion', info?.kernelVersion) : {}),
    labels: metadata.labels ?? {},
    taints: taintsOf(spec),
    runtime: info?.containerRuntimeVersion ?? '',
    kubelet: info?.kubeletVersion ?? '',
    ready: met.includes('Ready'),
    pressure: met.filter((type) => type.endsWith('Pressure')),
  };
}

function taintsOf(spec: Node['spec']): readonly Taint[] {
  return (spec?.taints ?? []).map(({ key, value, effect }) => ({
    key: key ?? '',
    value: value ?? '',
    effect: effect ?? '',
  }));
}
