/** Nodes: platform, runtime, and whether they are well. */
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { NodeList, NodeSnapshot } from '../../../evidence/snapshots.ts';
import type { KubeClient } from '../client.ts';
import { NODES } from '../resources.ts';
import { Node } from '../schema.ts';
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

function nodeSnapshot({ metadata, status }: Node): NodeSnapshot {
  const info = status?.nodeInfo;
  const met = (status?.conditions ?? []).filter((condition) => condition.status === 'True').map(({ type }) => type);
  return {
    name: metadata.name,
    os: info?.operatingSystem ?? '',
    arch: info?.architecture ?? '',
    runtime: info?.containerRuntimeVersion ?? '',
    kubelet: info?.kubeletVersion ?? '',
    ready: met.includes('Ready'),
    pressure: met.filter((type) => type.endsWith('Pressure')),
  };
}
