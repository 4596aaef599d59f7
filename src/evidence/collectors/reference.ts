import { parseReference } from '../../image/reference.ts';
import { defineCollector } from '../collector.ts';
import { mapObserved } from '../observation.ts';

/** The container's image as the kubelet parses it. */
export const reference = defineCollector({
  kind: 'reference',
  needs: ['container'],
  collect: async (read) => mapObserved(await read('container'), ({ image }) => parseReference(image)),
});
