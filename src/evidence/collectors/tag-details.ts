import { nearestTags } from '../../image/tag.ts';
import { defineCollector } from '../collector.ts';
import { blockedBy, notCollected, type Observation, observed } from '../observation.ts';
import { anonymous, type RegistryAccess, type RegistryCredential, type TagAnswer } from '../registry-access.ts';
import { tagReader } from '../tag-reader.ts';

/** Tags that a person would look at; a registry that tells one at a time is asked for the first only. */
const MOST_TAGS = 3;

/**
 * When the tags that matter were pushed: those nearest to a missing one, or the one that means another image than what runs. Asked only
 * then, and only where the registry's own API tells it.
 */
export const tagDetails = defineCollector({
  kind: 'tagDetails',
  needs: ['reference', 'registryAccess', 'tags', 'runningImage'],
  collect: async (read, { registry, signal }) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const { reference } = parsed.value;
    const { tag } = reference;
    const access = await read('registryAccess');
    if (access.status !== 'observed') return blockedBy('the registry', access);
    if (tag === undefined || reference.digest !== undefined) return notCollected('the image is pinned by its digest');
    const near = nearTo(tag, await read('tags'));
    if (near.length > 0) {
      const reader = tagReader(access.value)?.credential ?? anonymous;
      return observed(await registry.tagDetails(reference, near, reader, signal));
    }
    const running = await read('runningImage');
    if (running.status !== 'observed' || running.value.match !== 'different') {
      return notCollected('nothing depends on when a tag was pushed');
    }
    return observed(await registry.tagDetails(reference, [tag], finder(access.value), signal));
  },
});

function nearTo(tag: string, tags: Observation<TagAnswer>): readonly string[] {
  if (tags.status !== 'observed' || tags.value.kind !== 'listed' || tags.value.names.includes(tag)) return [];
  return nearestTags(tag, tags.value.names, MOST_TAGS).map(({ tag: name }) => name);
}

/** Somebody who was shown the image. */
function finder({ attempts }: RegistryAccess): RegistryCredential {
  return attempts.find(({ outcome }) => outcome.kind === 'found')?.credential ?? anonymous;
}
