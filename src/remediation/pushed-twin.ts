/** Another tag of the same commit, for a tag that was never pushed. */
import type { Finding } from '../diagnosis/check.ts';
import type { BuildTrace } from '../evidence/build-trace.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { detailOf } from '../evidence/tag-details.ts';
import { type ImageReference, parseReference } from '../image/reference.ts';
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

/**
 * The same image with the digest that its build printed, where the registry lets the tag be pushed over: what runs then is what that commit
 * built. As it is where the registry does not say so, or the logs name no digest or two.
 */
export function pinned(image: string, { tagDetails, buildTrace }: Pick<Evidence, 'tagDetails' | 'buildTrace'>): string {
  const parsed = parseReference(image);
  const trace = valueOf(buildTrace);
  if (!parsed.ok || trace === undefined) return image;
  const { tag, digest } = parsed.reference;
  if (tag === undefined || digest !== undefined) return image;
  if (detailOf(valueOf(tagDetails), tag)?.isImmutable !== false) return image;
  const [only, another] = digestsIn(trace, parsed.reference);
  return only === undefined || another !== undefined ? image : `${image}@${only}`;
}

/** Under which the logs say that this very tag was pushed. */
function digestsIn({ runs }: BuildTrace, { registry, repository, tag }: ImageReference): readonly string[] {
  const pushed = (valueOf(runs) ?? [])
    .flatMap(({ jobs }) => valueOf(jobs) ?? [])
    .flatMap(({ log }) => valueOf(log)?.pushed ?? [])
    .filter((one) => one.tag === tag && isOf(one.repository, { registry, repository }));
  return [...new Set(pushed.flatMap(({ digest }) => digest ?? []))];
}

/** A masked name is nobody's. */
function isOf(printed: string, { registry, repository }: Pick<ImageReference, 'registry' | 'repository'>): boolean {
  const parsed = parseReference(printed);
  return parsed.ok && parsed.reference.registry === registry && parsed.reference.repository === repository;
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
