import { defineCollector } from '../collector.ts';

/** The pod itself: one read, shared by all its containers. */
export const pod = defineCollector({
  kind: 'pod',
  needs: [],
  collect: (_read, { cluster, signal }, subject) => cluster.pod(subject.namespace, subject.pod, signal),
});
