import { defineCollector } from '../collector.ts';

/** Every node of the cluster: where a pod that does not exist yet may land. */
export const nodes = defineCollector({
  kind: 'nodes',
  needs: [],
  collect: (_read, { cluster, signal }) => cluster.nodes(signal),
});
