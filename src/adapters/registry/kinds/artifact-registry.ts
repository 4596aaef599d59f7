import { hours, type RegistryHabits } from '../habits.ts';

/** Google's registries: 403 without the right, also for what does not exist; 404 only to those who may look. */
export const artifactRegistry: RegistryHabits = {
  kind: 'artifact-registry',
  hosts: ['europe-docker.pkg.dev', 'gcr.io', 'eu.gcr.io'],
  // Access tokens (`oauth2accesstoken`) live about an hour; keys until they are revoked.
  auth: { scheme: 'bearer', users: ['oauth2accesstoken', '_json_key', '_json_key_base64'], lifeMs: hours(1) },
  quotaHeaders: [],
  page: null,
  tagOrder: 'unknown',
  pushTime: 'dockerImages: uploadTime',
  immutability: ['immutableTags'],
  hides({ outcome, credential }) {
    if (outcome.kind === 'denied') return 'missing-or-forbidden';
    if (outcome.kind === 'unauthorized' && credential.kind === 'anonymous') return 'missing-or-forbidden';
    return outcome.kind === 'missing' ? null : undefined;
  },
};
