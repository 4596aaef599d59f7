import { defineCollector } from '../collector.ts';
import { inClusterHost } from '../in-cluster-host.ts';
import { blockedBy, notCollected, observed } from '../observation.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { tagReader } from '../tag-reader.ts';

/**
 * The repository's tags, asked once, with a credential that the registry let look, and only when the image is missing. For a digest
 * too: an answered list proves that the repository exists, so that the digest is what is missing. Where it does not exist, a registry
 * that can be the cluster's own is asked what it holds instead.
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
    const answer = await registry.tags(reference, reader.credential, signal);
    // A registry of one's own holds few repositories, and tells them.
    if (answer.kind !== 'missing' || inClusterHost(reference.registry) === undefined) return observed(answer);
    const repositories = await registry.repositories?.(reference, reader.credential, signal);
    return observed(repositories === undefined ? answer : { ...answer, repositories });
  },
});

function reasonNotAsked({ attempts }: RegistryAccess): string {
  return attempts.some(({ outcome }) => outcome.kind === 'found')
    ? 'the tag exists'
    : 'the registry did not say that the tag is missing';
}
