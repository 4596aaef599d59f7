import { type KeyringLookup, lookupCredentials } from '../../image/keyring.ts';
import { defineCollector } from '../collector.ts';
import type { AttachedSecret } from '../evidence.ts';
import { blockedBy, notCollected, type Observation, observed } from '../observation.ts';

/** What the kubelet would try, from the pod's Secrets. A Secret that is not there is skipped, as the kubelet skips it. */
export const keyring = defineCollector({
  kind: 'keyring',
  needs: ['container', 'pullSecrets'],
  collect: async (read) => {
    const [container, secrets] = await Promise.all([read('container'), read('pullSecrets')]);
    if (container.status !== 'observed') return blockedBy('the container', container);
    if (secrets.status !== 'observed') return blockedBy('the pull secrets', secrets);
    return lookUp(container.value.image, secrets.value);
  },
});

/** The kubelet's answer for an image, or why it cannot be told. */
export function lookUp(image: string, secrets: readonly AttachedSecret[]): Observation<KeyringLookup> {
  const unread = secrets.find(({ secret }) => secret.status !== 'observed' && secret.status !== 'absent');
  if (unread) return notCollected(`secret ${unread.name} could not be read`);
  const present = secrets.flatMap(({ secret }) => (secret.status === 'observed' ? [secret.value] : []));
  return observed(lookupCredentials(image, present));
}
