import { byGrant, isAnonymous, isRefusedAtToken, type RegistryHabits } from '../habits.ts';

/** Quay: 401 for a private and a missing repository alike; 404 (also TAG_EXPIRED) for a missing tag of one that may be read. */
export const quay: RegistryHabits = {
  kind: 'quay',
  hosts: ['quay.io'],
  // Robots are called NAMESPACE+NAME.
  auth: { scheme: 'bearer', users: [], lifeMs: null },
  quotaHeaders: [],
  page: { most: 100, beyond: 'clamped' },
  tagOrder: 'oldest-first',
  pushTime: '/api/v1/repository/REPOSITORY/tag/: start_ts',
  immutability: ['TAG_IMMUTABLE'],
  hides(answer) {
    // Read-only mode and a disabled namespace are 405 with DENIED: about the registry, not the repository.
    if (answer.outcome.kind === 'denied') return undefined;
    return isAnonymous(answer) && isRefusedAtToken(answer) ? 'missing-or-forbidden' : byGrant(answer);
  },
};
