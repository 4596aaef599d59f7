import { byGrant, isAnonymous, isRefusedAtToken, type RegistryHabits } from '../habits.ts';
import { readGitlabTags } from '../tag-details-schema.ts';

/**
 * GitLab: JWTs of `/jwt/auth` with an `access` claim, empty without the right; a refused login is a 403 at the token server. Registries
 * with a metadata database tell when a tag was published, on their own host and to the same login.
 */
export const gitlab: RegistryHabits = {
  kind: 'gitlab',
  userFault: (username) =>
    username === 'gitlab-ci-token'
      ? 'gitlab-ci-token is the login of one job and ends with it; a pull secret needs a deploy token'
      : undefined,
  hides: (answer) => (isAnonymous(answer) && isRefusedAtToken(answer) ? 'missing-or-forbidden' : byGrant(answer)),
  tagApi: {
    source: 'GitLab’s registry API',
    auth: 'registry',
    path: (repository, tag) => `/gitlab/v1/repositories/${repository}/tags/list/?name=${encodeURIComponent(tag)}`,
    read: readGitlabTags,
  },
};
