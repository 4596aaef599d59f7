import { byGrant, type RegistryHabits } from '../habits.ts';
import { readHubTag } from '../tag-details-schema.ts';

/**
 * Docker Hub: everybody gets a token; a private and a missing repository both end in 401 without pull in it. A GET of a manifest counts
 * as a pull, a HEAD does not; `ratelimit-limit` and `ratelimit-remaining` on the answer are of the asking address or account
 * (docs.docker.com, "Pulling and rate limits"). Push times stand in another API, on another host, for public repositories without a login.
 */
export const dockerHub: RegistryHabits = {
  kind: 'docker-hub',
  hides: byGrant,
  tagApi: {
    source: 'Docker Hub’s own API',
    host: 'hub.docker.com',
    auth: 'nobody',
    path: (repository, tag) => {
      const [namespace = '', ...name] = repository.split('/');
      return `/v2/namespaces/${namespace}/repositories/${name.join('/')}/tags/${tag}`;
    },
    read: readHubTag,
  },
};
