/** What the owner ran before, by the tag list alone: for where no earlier image was asked for. */
import type { EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { type ImageReference, parseReference } from '../image/reference.ts';
import type { Finding } from './check.ts';

/** Adds the newest earlier revision whose tag is in the answered list; gives the finding back as it is where there is none. */
export function withEarlierImage(
  finding: Finding,
  image: ImageReference,
  evidence: EvidenceView<'tags' | 'revisions' | 'container' | 'elsewhere'>,
): Finding {
  if ((valueOf(evidence.elsewhere)?.revisions ?? []).length > 0) return finding;
  const tags = valueOf(evidence.tags);
  const container = valueOf(evidence.container)?.name;
  if (finding.cause !== 'tag-not-found' || tags?.kind !== 'listed' || container === undefined) return finding;
  const names = new Set(tags.names);
  const earlier = (valueOf(evidence.revisions) ?? [])
    .filter(({ isCurrent }) => !isCurrent)
    .sort((a, b) => b.revision - a.revision)
    .find(({ images }) => isListed(images[container], image, names));
  const ran = earlier?.images[container];
  if (earlier === undefined || ran === undefined) return finding;
  return {
    ...finding,
    because: [...finding.because, 'revisions'],
    summary: `${finding.summary} Revision ${earlier.revision} ran ${ran}, which the registry still has.`,
    detail: { ...finding.detail, elsewhere: [`revision ${earlier.revision}: ${ran}`] },
  };
}

/** Of the same repository, by a tag that is in the list; a digest is not looked up there. */
function isListed(text: string | undefined, image: ImageReference, names: ReadonlySet<string>): boolean {
  const parsed = text === undefined ? undefined : parseReference(text);
  if (!parsed?.ok || parsed.reference.digest !== undefined) return false;
  const { registry, repository, tag = 'latest' } = parsed.reference;
  return registry === image.registry && repository === image.repository && names.has(tag);
}
