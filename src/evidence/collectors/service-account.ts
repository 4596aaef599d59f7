import { defineCollector } from '../collector.ts';
import { blockedBy } from '../observation.ts';

/** The pod's service account: where a new pod's pull secrets come from. */
export const serviceAccount = defineCollector({
  kind: 'serviceAccount',
  needs: ['pod'],
  collect: async (read, { cluster, signal }, subject) => {
    const pod = await read('pod');
    return pod.status === 'observed'
      ? cluster.serviceAccount(subject.namespace, pod.value.serviceAccount, signal)
      : blockedBy('the pod', pod);
  },
});
