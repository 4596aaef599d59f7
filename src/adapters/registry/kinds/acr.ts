import { byGrant, isAnonymous, isRefusedAtToken, type RegistryHabits } from '../habits.ts';
import { readAcrTag } from '../tag-details-schema.ts';

/**
 * Azure Container Registry: tokens are JWTs with an `access` claim; anonymous gets a 401 whether or not the repository exists. A login
 * is a service principal, the admin account, or the all-zero user with a refresh token. Push times and locks (`writeEnabled`) are tag
 * attributes on the same host, for a token with `metadata_read` (learn.microsoft.com, Azure Container Registry REST API).
 */
export const acr: RegistryHabits = {
  kind: 'acr',
  hides: (answer) => (isAnonymous(answer) && isRefusedAtToken(answer) ? 'missing-or-forbidden' : byGrant(answer)),
  tagApi: {
    source: 'Azure’s own API',
    auth: 'registry',
    path: (repository, tag) => `/acr/v1/${repository}/_tags/${tag}`,
    read: readAcrTag,
  },
};
