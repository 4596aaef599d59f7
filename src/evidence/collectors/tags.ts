import { defineCollector } from '../collector.ts';
import { blockedBy, notCollected, observed } from '../observation.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { tagReader } from '../tag-reader.ts';

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
    const reader = tagReader(access.value);
    if (reader === undefined) return notCollected(reasonNotAsked(access.value));
    return observed(await registry.tags(reference, reader.credential, signal));
  },
});

function reasonNotAsked({ attempts }: RegistryAccess): string {
  return attempts.some(({ outcome }) => outcome.kind === 'found')
    ? 'the tag exists'
    : 'the registry did not say that the tag is missing';
}
