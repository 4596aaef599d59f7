/** Where else a missing image is, added to what is said of it: each place was asked just now, from where Pullcheck stands. */
import type { Elsewhere, TriedImage } from '../evidence/elsewhere.ts';
import { type Observation, valueOf } from '../evidence/observation.ts';
import { parseReference } from '../image/reference.ts';
import type { Finding } from './check.ts';
import { list } from './words.ts';

/** Gives the finding back as it is where nothing was found. */
export function withElsewhere(finding: Finding, elsewhere: Observation<Elsewhere>): Finding {
  const seen = valueOf(elsewhere);
  if (seen === undefined) return finding;
  const sentences = [...tagSentence(seen), ...revisionSentence(seen), ...registrySentence(seen)];
  if (sentences.length === 0) return finding;
  const places = placesIn(seen);
  return {
    ...finding,
    because: [...finding.because, 'elsewhere'],
    summary: [finding.summary, ...sentences].join(' '),
    detail: { ...finding.detail, ...(places.length === 0 ? {} : { elsewhere: places }) },
  };
}

/** The other registries that have the image; empty: none of those that were asked. */
export function otherRegistries({ registries }: Elsewhere): readonly TriedImage[] {
  return registries.filter(isFound);
}

/** `It exists at ghcr.io/org/app:1.2 (asked with secret/ghcr).` */
export function registrySentence(seen: Elsewhere): readonly string[] {
  const found = otherRegistries(seen);
  return found.length === 0
    ? []
    : [`It exists at ${list(found.map(({ image, asked }) => `${image} (asked with ${asked})`))}.`];
}

function isFound({ answer }: TriedImage): boolean {
  return answer === 'found';
}

function revisionSentence({ revisions }: Elsewhere): readonly string[] {
  const kept = revisions.find(isFound);
  if (kept !== undefined)
    return [`Revision ${kept.revision} ran ${kept.image}, which still pulls (asked as ${kept.asked}).`];
  const gone = revisions.filter(({ answer }) => answer === 'missing');
  if (gone.length === 0 || gone.length < revisions.length) return [];
  return [
    `${list(gone.map(({ revision, image }) => `Revision ${revision} ran ${image}`))}, which is not there any more either.`,
  ];
}

function tagSentence({ tag }: Elsewhere): readonly string[] {
  if (tag === undefined) return [];
  const parsed = parseReference(tag.image);
  const name = parsed.ok ? (parsed.reference.tag ?? '') : '';
  if (tag.answer === 'missing') return [`The tag ${name} beside it does not exist either.`];
  return tag.digest === undefined ? [] : [`The tag ${name} beside it exists and means ${tag.digest} now.`];
}

function placesIn({ revisions, registries }: Elsewhere): readonly string[] {
  return [
    ...revisions.filter(isFound).map(({ revision, image }) => `revision ${revision}: ${image}`),
    ...registries.filter(isFound).map(({ image, asked }) => `${image} (${asked})`),
  ];
}
