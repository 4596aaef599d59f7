import { defineCollector } from '../collector.ts';
import { blockedBy } from '../observation.ts';

/** Events of this very pod (of the workload where it has none): by uid, so that a namesake's old events are left out. */
export const events = defineCollector({
  kind: 'events',
  needs: ['pod', 'workload'],
  collect: async (read, { cluster, signal }, subject) => {
    const pod = await read('pod');
    if (subject.owner !== undefined) {
      const owner = await read('workload');
      if (owner.status !== 'observed') return blockedBy('the workload', owner);
      return cluster.events(subject.namespace, owner.value.uid, signal);
    }
    return pod.status === 'observed'
      ? cluster.events(subject.namespace, pod.value.uid, signal)
      : blockedBy('the pod', pod);
  },
});
