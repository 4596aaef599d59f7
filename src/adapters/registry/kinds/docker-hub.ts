import { byGrant, type RegistryHabits } from '../habits.ts';

/** Docker Hub: everybody gets a token; a private and a missing repository both end in 401 without pull in it (docs.docker.com). */
export const dockerHub: RegistryHabits = {
  kind: 'docker-hub',
  hosts: ['docker.io', 'registry-1.docker.io'],
  auth: { scheme: 'bearer', users: [], lifeMs: null },
  // Of the asking address or account; only a GET of a manifest counts as a pull.
  quotaHeaders: ['ratelimit-limit', 'ratelimit-remaining', 'docker-ratelimit-source'],
  page: null,
  tagOrder: 'by-name',
  pushTime: 'hub.docker.com/v2/repositories/NAMESPACE/REPOSITORY/tags/TAG: tag_last_pushed',
  immutability: ['all', 'by pattern', 'none'],
  hides: byGrant,
};
