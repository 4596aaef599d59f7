import { defineCollector } from '../collector.ts';
import { absent, blockedBy, observed } from '../observation.ts';
import { newestPullFailure } from '../pull-failures.ts';

/** What the kubelet says about the pull. */
export const pullFailure = defineCollector({
  kind: 'pullFailure',
  needs: ['pod', 'container', 'events'],
  collect: async (read, { recall }) => {
    const [container, events] = await Promise.all([read('container'), read('events')]);
    if (container.status !== 'observed') return blockedBy('the container', container);
    const failure = newestPullFailure(container.value, events.status === 'observed' ? events.value : []);
    if (failure && recall && failure.classification.kind === 'backoff-only') {
      const pod = await read('pod');
      if (pod.status !== 'observed') return observed(failure);
      const { name, image } = container.value;
      const earlier = await recall({ podUid: pod.value.uid, container: name, image });
      return observed(earlier ? { ...earlier, reason: failure.reason, from: 'memory' } : failure);
    }
    if (failure) return observed(failure);
    // Without the events, silence of the status proves nothing about a container that still waits.
    return events.status === 'observed' || container.value.state !== 'waiting'
      ? absent
      : blockedBy('the events', events);
  },
});
