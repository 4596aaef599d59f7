import { parseReference } from '../../image/reference.ts';
import { defineCollector } from '../collector.ts';
import { blockedBy, observed } from '../observation.ts';

/** The container's image as the kubelet parses it. */
export const reference = defineCollector({
  kind: 'reference',
  needs: ['container'],
  collect: async (read) => {
    const container = await read('container');
    return container.status === 'observed'
      ? observed(parseReference(container.value.image))
      : blockedBy('the container', container);
  },
});
