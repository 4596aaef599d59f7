import type { RegistryHabits } from '../habits.ts';
import { readGoogleTags } from '../tag-details-schema.ts';

/** Of access tokens and of keys (cloud.google.com, "Authentication methods for Docker"). */
const USERS = new Set(['oauth2accesstoken', '_json_key', '_json_key_base64', '_dcgcloud_token', '_token']);

/**
 * Google's registries: 403 without the right, also for what does not exist; 404 only to those who may look. Access tokens live about an
 * hour, keys until they are revoked. The tag list itself tells when each manifest was uploaded; whether tags are immutable stands only
 * in an API of the project, which a pull login may not ask.
 */
export const artifactRegistry: RegistryHabits = {
  kind: 'artifact-registry',
  userFault: (username) =>
    USERS.has(username)
      ? undefined
      : 'Google’s registries take the users oauth2accesstoken, _json_key and _json_key_base64 only',
  hides({ outcome, credential }) {
    if (outcome.kind === 'denied') return 'missing-or-forbidden';
    if (outcome.kind === 'unauthorized' && credential.kind === 'anonymous') return 'missing-or-forbidden';
    return outcome.kind === 'missing' ? null : undefined;
  },
  tagApi: {
    source: 'Google’s tag list',
    auth: 'registry',
    path: (repository) => `/v2/${repository}/tags/list`,
    read: readGoogleTags,
  },
};
