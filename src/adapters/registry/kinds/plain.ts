import type { RegistryHabits } from '../habits.ts';

/**
 * Some registry, of which the name tells nothing: no habit may be assumed, software.ts looks at the answer instead. The protocol has no
 * push times; the build time inside an image is set by its builder and is not asked for.
 */
export const plain: RegistryHabits = {
  kind: 'plain',
  hides: () => undefined,
};
