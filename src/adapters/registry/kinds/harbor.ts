import { byGrant, type RegistryHabits } from '../habits.ts';

/** Harbor: 401 for a private and a missing project alike; a project's rules refuse images that exist (unscanned, vulnerable, unsigned). */
export const harbor: RegistryHabits = {
  kind: 'harbor',
  hosts: [],
  auth: { scheme: 'bearer', users: [], lifeMs: null },
  quotaHeaders: [],
  page: null,
  tagOrder: 'by-name',
  pushTime: '/api/v2.0/projects/PROJECT/repositories/REPOSITORY/artifacts/TAG: push_time',
  immutability: ['immutable'],
  hides: byGrant,
  blocks: ({ outcome }) => outcome.kind === 'denied' && outcome.code === 'PROJECTPOLICYVIOLATION',
};
