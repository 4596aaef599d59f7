/** What a run saw, to be kept in a case file and looked at again without a cluster. */
import type { CaseEvidence } from '../evidence/collect.ts';
import type { RecordedEvidence } from '../evidence/recorded-case.ts';
import type { Target } from '../target/target.ts';

export interface Recording {
  readonly target: Target;
  /** How the request was understood, when it was not meant literally. */
  readonly note?: string;
  /** Why a restart was not offered: seen of images that have no case. */
  readonly withheld?: string;
  /** Id. */
  readonly runbook: string;
  readonly cases: readonly RecordedEvidence[];
  /** Registry hosts for which a credential source was configured: remedies are offered by it. */
  readonly credentialHosts: readonly string[];
  /** ms */
  readonly startedAt: number;
}

export function recordedEvidence(cases: readonly CaseEvidence[]): readonly RecordedEvidence[] {
  return cases.map((one) => ({ subject: one.subject, evidence: one.known() }));
}
