import type { KeyringCredential } from '../../image/keyring.ts';
import { apiHost } from '../../image/reference.ts';
import { defineCollector } from '../collector.ts';
import { blockedBy, notCollected, observed } from '../observation.ts';
import { type AccessAttempt, anonymous, type RegistryCredential } from '../registry-access.ts';

/** The kubelet tries all that match; more than this is a broken keyring and a way to make us hammer somebody's registry. */
const MOST_CREDENTIALS = 6;

/**
 * The pattern of the registry's answers: the same manifest asked for anonymously, then with each credential that the kubelet would
 * try, in its order, then with the bot's own. Anonymous goes first because it also tells the adapter how the registry wants to be
 * asked, and because it does not wait for the Secrets.
 */
export const registryAccess = defineCollector({
  kind: 'registryAccess',
  needs: ['reference', 'keyring'],
  collect: async (read, { registry, signal, ownCredential }) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const { reference } = parsed.value;
    const first = await registry.manifest(reference, anonymous, signal);
    const keyring = await read('keyring');
    const attached = keyring.status === 'observed' ? keyring.value.tried.map(asCredential) : [];
    const own = ownCredential(reference.registry);
    const others = [...attached.slice(0, MOST_CREDENTIALS), ...(own ? [own] : [])];
    const rest = answersWhoever(first)
      ? []
      : await Promise.all(others.map((credential) => registry.manifest(reference, credential, signal)));
    return observed({ host: apiHost(reference.registry), attempts: [first, ...rest] });
  },
});

function asCredential({ secret, entry, username, password }: KeyringCredential): RegistryCredential {
  return {
    kind: 'password',
    source: `secret/${secret}, entry ${entry}`,
    origin: 'pull-secret',
    secret,
    entry,
    username,
    password,
  };
}

/** Nobody can be reached there, or nobody we would show a credential to: asking again with a password tells nothing more. */
function answersWhoever({ outcome }: AccessAttempt): boolean {
  return outcome.kind === 'network' || outcome.kind === 'refused' || outcome.kind === 'not-a-registry';
}
