import { defineCollector } from '../collector.ts';
import { blockedBy, notCollected, observed } from '../observation.ts';
import type { AccessAttempt, RegistryAccess } from '../registry-access.ts';

/**
 * The repository's tags, asked once, with a credential that the registry let look, and only when the image is missing. For a digest
 * too: an answered list proves that the repository exists, so that the digest is what is missing.
 */
export const tags = defineCollector({
  kind: 'tags',
  needs: ['reference', 'registryAccess'],
  collect: async (read, { registry, signal }) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const { reference } = parsed.value;
    const access = await read('registryAccess');
    if (access.status !== 'observed') return blockedBy('the registry', access);
    const reader = whoCanRead(access.value);
    if (reader === undefined) return notCollected(reasonNotAsked(access.value));
    return observed(await registry.tags(reference, reader.credential, signal));
  },
});

/** Of those that were told "no such manifest": the one whose token grants a pull, else one with a name, else anonymous. */
function whoCanRead({ attempts }: RegistryAccess): AccessAttempt | undefined {
  const told = attempts.filter(({ outcome }) => outcome.kind === 'missing');
  return (
    told.find(({ token }) => token?.granted?.includes('pull')) ??
    told.find(({ credential }) => credential.kind === 'password') ??
    told[0]
  );
}

function reasonNotAsked({ attempts }: RegistryAccess): string {
  return attempts.some(({ outcome }) => outcome.kind === 'found')
    ? 'the tag exists'
    : 'the registry did not say that the tag is missing';
}
