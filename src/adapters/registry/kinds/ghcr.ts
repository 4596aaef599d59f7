import { isAnonymous, isRefusedAtToken, type RegistryHabits } from '../habits.ts';

/**
 * GitHub's registry. Anonymous: 401 or 403 at the token server for a private and for a missing package. With a login: 403 at the
 * manifest without the right. Its tokens cannot be read, so a 404 alone proves no right to look. Push times stand only in GitHub's API,
 * on another host and for a token of its own: a pull secret is not sent there. Tags come oldest first.
 */
export const ghcr: RegistryHabits = {
  kind: 'ghcr',
  isOldestFirst: true,
  hides(answer) {
    const { outcome } = answer;
    if (isAnonymous(answer) && isRefusedAtToken(answer)) return 'missing-or-forbidden';
    const refused = outcome.kind === 'unauthorized' || outcome.kind === 'denied';
    return refused && outcome.at === 'manifest' ? 'missing-or-forbidden' : undefined;
  },
};
