import { defineCollector } from '../collector.ts';
import { hasCrashed } from '../crashes.ts';
import { blockedBy, notCollected } from '../observation.ts';

/** The last words of a container that crashed: of its run before, or of the one that just ended. */
export const crashLogs = defineCollector({
  kind: 'crashLogs',
  needs: ['container'],
  collect: async (read, { cluster, signal }, { namespace, pod }) => {
    const container = await read('container');
    if (container.status !== 'observed') return blockedBy('the container', container);
    if (!hasCrashed(container.value)) return notCollected('the container did not crash');
    const { name, state } = container.value;
    return cluster.crashLog({ namespace, pod, container: name, previous: state !== 'terminated' }, signal);
  },
});
