import { defineCollector } from '../collector.ts';
import { blockedBy, notCollected } from '../observation.ts';

/** The node that the pod was bound to: its platform and runtime. */
export const node = defineCollector({
  kind: 'node',
  needs: ['pod'],
  collect: async (read, { cluster, signal }) => {
    const pod = await read('pod');
    if (pod.status !== 'observed') return blockedBy('the pod', pod);
    return pod.value.node === undefined
      ? notCollected('the pod is on no node yet')
      : cluster.node(pod.value.node, signal);
  },
});
