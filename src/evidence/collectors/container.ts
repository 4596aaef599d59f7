import { defineCollector } from '../collector.ts';
import { absent, blockedBy, observed } from '../observation.ts';

/** The case's container within its pod. */
export const container = defineCollector({
  kind: 'container',
  needs: ['pod'],
  collect: async (read, _outside, subject) => {
    const pod = await read('pod');
    if (pod.status !== 'observed') return blockedBy('the pod', pod);
    const found = pod.value.containers.find(({ name }) => name === subject.container);
    return found ? observed(found) : absent;
  },
});
