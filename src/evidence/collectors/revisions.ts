import { defineCollector } from '../collector.ts';
import { blockedBy } from '../observation.ts';

/** The owner's revisions: which image before, which now, since when. */
export const revisions = defineCollector({
  kind: 'revisions',
  needs: ['workload'],
  collect: async (read, { cluster, signal }) => {
    const workload = await read('workload');
    return workload.status === 'observed'
      ? cluster.revisions(workload.value, signal)
      : blockedBy('the workload', workload);
  },
});
