import { byGrant, type RegistryHabits } from '../habits.ts';
import { readHarborTags } from '../tag-details-schema.ts';

/**
 * Harbor: 401 for a private and a missing project alike; a project's rules refuse images that exist (unscanned, vulnerable, unsigned).
 * Its API on the same host takes the same login under Basic, and tells push time and immutability of a tag (Harbor API v2.0).
 */
export const harbor: RegistryHabits = {
  kind: 'harbor',
  hides: byGrant,
  blocks: ({ outcome }) => outcome.kind === 'denied' && outcome.code === 'PROJECTPOLICYVIOLATION',
  tagApi: {
    source: 'Harbor’s API',
    auth: 'basic',
    path: (repository, tag) => {
      const [project = '', ...name] = repository.split('/');
      // A slash inside the name is encoded twice, as the API's own description has it.
      const inner = encodeURIComponent(encodeURIComponent(name.join('/')));
      return `/api/v2.0/projects/${project}/repositories/${inner}/artifacts/${tag}/tags?with_immutable_status=true&page_size=100`;
    },
    read: readHarborTags,
  },
};
