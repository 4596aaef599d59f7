import { byGrant, isAnonymous, isRefusedAtToken, type RegistryHabits } from '../habits.ts';

/** GitLab: JWTs of `/jwt/auth` with an `access` claim, empty without the right; a refused login is a 403 at the token server. */
export const gitlab: RegistryHabits = {
  kind: 'gitlab',
  hosts: ['registry.gitlab.com'],
  // A job's own password ends with the job; it does not belong into a pull secret.
  auth: { scheme: 'bearer', users: ['gitlab-ci-token'], lifeMs: null },
  quotaHeaders: [],
  page: null,
  tagOrder: 'by-name',
  pushTime: '/api/v4/projects/ID/registry/repositories/REPOSITORY/tags/TAG: created_at',
  immutability: ['immutable tag rules', 'protection rules'],
  hides: (answer) => (isAnonymous(answer) && isRefusedAtToken(answer) ? 'missing-or-forbidden' : byGrant(answer)),
};
