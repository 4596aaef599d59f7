/** Nodes: platform, runtime, and whether they are well. */
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { NodeSnapshot } from '../../../evidence/snapshots.ts';
import type { KubeClient } from '../client.ts';
import { NODES } from '../resources.ts';
import { Node } from '../schema.ts';
import { getOne } from './fetch.ts';

export async function readNode(
  client: KubeClient,
  name: string,
  signal: AbortSignal,
): Promise<Observation<NodeSnapshot>> {
  return mapObserved(await getOne(client, { resource: NODES, name }, Node, signal), ({ metadata, status }) => {
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
  });
}
