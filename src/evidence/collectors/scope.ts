import { defineCollector } from '../collector.ts';
import { contrastOf } from '../contrast.ts';
import { observed } from '../observation.ts';
import { failingPods } from '../pull-failures.ts';

/** Who else cannot pull: in the cluster, or in the namespace where the cluster may not be listed. */
export const scope = defineCollector({
  kind: 'scope',
  needs: [],
  collect: async (_read, { cluster, signal }, subject) => {
    const everywhere = await cluster.pods({}, signal);
    const list =
      everywhere.status === 'forbidden' ? await cluster.pods({ namespace: subject.namespace }, signal) : everywhere;
    if (list.status !== 'observed') return list;
    const contrast = contrastOf(list.value.pods, subject);
    return observed({
      failing: failingPods(list.value.pods),
      extent: everywhere.status === 'forbidden' ? 'namespace' : 'cluster',
      pods: list.value.pods.length,
      truncated: list.value.truncated,
      ...(contrast === undefined ? {} : { contrast }),
      ...(everywhere.status === 'forbidden' ? { limitedBy: everywhere.permission } : {}),
    });
  },
});
