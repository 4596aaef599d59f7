/** Evidence that was collected before: from a case file, or of a run that is over. Asks nothing of the outside. */
import type { CaseEvidence } from './collect.ts';
import { EVIDENCE_KINDS } from './collect.ts';
import type { CaseSubject } from './collector.ts';
import type { Evidence, EvidenceKind, EvidenceView } from './evidence.ts';
import { notCollected } from './observation.ts';

/** What was collected about one container; kinds that nobody asked for are left out. */
export interface RecordedEvidence {
  readonly subject: CaseSubject;
  readonly evidence: Partial<Evidence>;
}

const NOT_RECORDED = Object.fromEntries(
  EVIDENCE_KINDS.map((kind) => [kind, notCollected('it was not looked at then')]),
) as unknown as Evidence;

export function recordedCase({ subject, evidence }: RecordedEvidence): CaseEvidence {
  const all: Evidence = { ...NOT_RECORDED, ...evidence };
  return {
    subject,
    get: async <K extends EvidenceKind>(kind: K) => all[kind],
    view: async <K extends EvidenceKind>(kinds: readonly K[]) =>
      Object.fromEntries(kinds.map((kind) => [kind, all[kind]])) as unknown as EvidenceView<K>,
    known: () => evidence,
    soFar: () => all,
  };
}
