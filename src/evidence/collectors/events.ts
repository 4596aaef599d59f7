import { defineCollector } from '../collector.ts';
import { blockedBy } from '../observation.ts';

/** Events of this very pod: by uid, so that a namesake's old events are left out. */
export const events = defineCollector({
  kind: 'events',
  needs: ['pod'],
  collect: async (read, { cluster, signal }, subject) => {
    const pod = await read('pod');
    return pod.status === 'observed'
      ? cluster.events(subject.namespace, pod.value.uid, signal)
      : blockedBy('the pod', pod);
  },
});
