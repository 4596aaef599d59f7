import { isAnonymous, isRefusedAtToken, type RegistryHabits } from '../habits.ts';

/**
 * GitHub's registry. Anonymous: 401 or 403 at the token server for a private and for a missing package. With a login: 403 at the
 * manifest without the right. Its tokens cannot be read, so a 404 alone proves no right to look.
 */
export const ghcr: RegistryHabits = {
  kind: 'ghcr',
  hosts: ['ghcr.io'],
  auth: { scheme: 'bearer', users: [], lifeMs: null },
  quotaHeaders: [],
  page: null,
  tagOrder: 'oldest-first',
  pushTime: 'api.github.com/orgs/ORG/packages/container/PACKAGE/versions: created_at',
  immutability: [],
  hides(answer) {
    const { outcome } = answer;
    if (isAnonymous(answer) && isRefusedAtToken(answer)) return 'missing-or-forbidden';
    const refused = outcome.kind === 'unauthorized' || outcome.kind === 'denied';
    return refused && outcome.at === 'manifest' ? 'missing-or-forbidden' : undefined;
  },
};
