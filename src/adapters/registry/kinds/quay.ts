import { byGrant, isAnonymous, isRefusedAtToken, type RegistryHabits } from '../habits.ts';
import { readQuayTags } from '../tag-details-schema.ts';

/**
 * Quay: 401 for a private and a missing repository alike; 404 (also TAG_EXPIRED) for a missing tag of one that may be read. Robots are
 * called NAMESPACE+NAME. A page is clamped to 100 tags, oldest first. Its API on the same host tells when a tag was set, to anybody for
 * public repositories; robots and passwords of a pull secret open nothing there, so it is asked as nobody.
 */
export const quay: RegistryHabits = {
  kind: 'quay',
  page: 100,
  isOldestFirst: true,
  hides(answer) {
    // Read-only mode and a disabled namespace are 405 with DENIED: about the registry, not the repository.
    if (answer.outcome.kind === 'denied') return undefined;
    return isAnonymous(answer) && isRefusedAtToken(answer) ? 'missing-or-forbidden' : byGrant(answer);
  },
  tagApi: {
    source: 'Quay’s own API',
    auth: 'nobody',
    path: (repository, tag) =>
      `/api/v1/repository/${repository}/tag/?onlyActiveTags=true&specificTag=${encodeURIComponent(tag)}`,
    read: readQuayTags,
  },
};
