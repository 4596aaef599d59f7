/** Another tag of the same commit, for a tag that was never pushed. */
import type { Finding } from '../diagnosis/check.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { parseReference } from '../image/reference.ts';
import { twinTag } from '../image/tag.ts';

/** The image with the tag that was pushed for the same commit; undefined where the registry lists none. */
export function pushedTwin(image: string, { tags: seen }: Pick<Evidence, 'tags'>): string | undefined {
  const parsed = parseReference(image);
  const tags = valueOf(seen);
  if (!parsed.ok || tags?.kind !== 'listed') return undefined;
  const { tag, digest } = parsed.reference;
  if (tag === undefined || digest !== undefined || tags.names.includes(tag)) return undefined;
  const twin = twinTag(tag, tags.names);
  return twin === undefined ? undefined : `${image.slice(0, -tag.length)}${twin}`;
}

/** The image with the tag that the traced build pushed, where that is proven and the registry lists it. */
export function tracedTag(
  image: string,
  { cause, confidence, detail }: Finding,
  { tags: seen }: Pick<Evidence, 'tags'>,
): string | undefined {
  const tags = valueOf(seen);
  const parsed = parseReference(image);
  const pushed = detail['pushedTag'];
  const isTraced = confidence === 'certain' && (cause === 'ci-output-lost' || cause === 'ci-silent-fallback');
  if (!isTraced || !parsed.ok || typeof pushed !== 'string' || tags?.kind !== 'listed') return undefined;
  const { tag, digest } = parsed.reference;
  if (tag === undefined || digest !== undefined || !image.endsWith(`:${tag}`) || tags.names.includes(tag))
    return undefined;
  return tags.names.includes(pushed) ? `${image.slice(0, -tag.length)}${pushed}` : undefined;
}
