/** A reference without a host means Docker Hub to every runtime (distribution/reference, normalize.go), and seldom to whoever forgot the host. */
import type { EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { familyOf } from './catalogue.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';
import { tidy } from './words.ts';

const ABSENT: readonly Cause[] = ['image-not-found', 'tag-not-found', 'digest-not-found', 'repository-not-found'];

/** Gives the finding back as it is where the host was written, or has no part in what failed. */
export function withImpliedHub(finding: Finding, { reference }: EvidenceView<'reference'>): Finding {
  const parsed = valueOf(reference);
  const family = familyOf(finding.cause);
  if (!parsed?.ok || finding.detail['otherImage'] !== undefined) return finding;
  if (family !== 'reachability' && family !== 'credentials' && !ABSENT.includes(finding.cause)) return finding;
  const { registry, text } = parsed.reference;
  if (registry !== 'docker.io' || /^(?:index\.)?docker\.io\//i.test(text)) return finding;
  const [first, ...rest] = finding.because;
  return {
    ...finding,
    because: [first, ...new Set([...rest, 'reference' as const].filter((kind) => kind !== first))],
    summary: `${finding.summary} The image is written without a registry (${tidy(text)}), so Docker Hub is asked: if another was meant, its host is missing.`,
    detail: { ...finding.detail, impliedRegistry: registry },
  };
}
