import { runsOn } from '../../image/platform.ts';
import { defineCollector } from '../collector.ts';
import { blockedBy, mapObserved, notCollected } from '../observation.ts';
import { mayLand, type Placement, withoutLabels } from '../placement.ts';

const ANYWHERE: Placement = { nodeSelector: {}, tolerations: [] };

/**
 * The nodes where this pod may land. Asked only where the image is built for other platforms than that of the pod's node: then it
 * matters whether another node would do.
 */
export const landing = defineCollector({
  kind: 'landing',
  needs: ['pod', 'node', 'registryAccess'],
  collect: async (read, { cluster, signal }) => {
    const pod = await read('pod');
    if (pod.status !== 'observed') return blockedBy('the pod', pod);
    const access = await read('registryAccess');
    if (access.status !== 'observed') return blockedBy('the registry', access);
    const platforms = access.value.attempts.flatMap(({ outcome }) =>
      outcome.kind === 'found' ? [outcome.manifest.platforms] : [],
    )[0];
    if (platforms === undefined) return notCollected('nobody was shown the image');
    const node = await read('node');
    if (node.status !== 'observed') return blockedBy('the node', node);
    if (runsOn(node.value, platforms) !== 'no') return notCollected('the image is built for the pod’s node');
    const { placement = ANYWHERE } = pod.value;
    return mapObserved(await cluster.nodes(signal), ({ nodes, truncated }) => ({
      nodes: nodes
        .filter((one) => mayLand(placement, { name: one.name, labels: one.labels ?? {}, taints: one.taints ?? [] }))
        .map(withoutLabels),
      truncated,
    }));
  },
});
