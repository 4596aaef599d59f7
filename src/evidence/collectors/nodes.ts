import { defineCollector } from '../collector.ts';
import { mapObserved } from '../observation.ts';
import { withoutLabels } from '../placement.ts';

/** Every node of the cluster: where a pod that does not exist yet may land. */
export const nodes = defineCollector({
  kind: 'nodes',
  needs: [],
  collect: async (_read, { cluster, signal }) =>
    mapObserved(await cluster.nodes(signal), ({ nodes: all, truncated }) => ({
      nodes: all.map(withoutLabels),
      truncated,
    })),
});
