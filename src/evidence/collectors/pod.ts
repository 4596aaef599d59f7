import { defineCollector } from '../collector.ts';
import { absent } from '../observation.ts';

/** The pod itself: one read, shared by all its containers. Absent for a workload that has none. */
export const pod = defineCollector({
  kind: 'pod',
  needs: [],
  collect: async (_read, { cluster, signal }, { namespace, pod: name, owner }) =>
    owner === undefined ? cluster.pod(namespace, name, signal) : absent,
});
