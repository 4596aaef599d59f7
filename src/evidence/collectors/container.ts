import { defineCollector } from '../collector.ts';
import { absent, blockedBy, observed } from '../observation.ts';

/** The case's container within its pod, and how long it has been running: right after a restart it may be between two crashes. */
export const container = defineCollector({
  kind: 'container',
  needs: ['pod'],
  collect: async (read, { now }, subject) => {
    const pod = await read('pod');
    if (pod.status !== 'observed') return blockedBy('the pod', pod);
    const found = pod.value.containers.find(({ name }) => name === subject.container);
    if (found === undefined) return absent;
    const { state, startedAt } = found;
    if (state !== 'running' || startedAt === undefined || now === undefined) return observed(found);
    return observed({ ...found, runningMs: Math.max(0, now() - startedAt) });
  },
});
