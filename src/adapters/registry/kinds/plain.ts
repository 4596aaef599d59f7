import type { RegistryHabits } from '../habits.ts';

/** Some registry, of which the name tells nothing: no habit may be assumed, software.ts looks at the answer instead. */
export const plain: RegistryHabits = {
  kind: 'plain',
  hosts: [],
  auth: { scheme: 'any', users: [], lifeMs: null },
  quotaHeaders: [],
  page: null,
  tagOrder: 'unknown',
  pushTime: null,
  immutability: [],
  hides: () => undefined,
};
