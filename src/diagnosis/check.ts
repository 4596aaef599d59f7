/** A check is a pure question about evidence. It is not async, gets no client and no clock. */
import type { Evidence, EvidenceKind, EvidenceView } from '../evidence/evidence.ts';
import type { Cause } from './cause.ts';

/** `certain`: the evidence excludes everything else; `likely`: it points here, something stays open; `possible`: not excluded. */
export type Confidence = 'certain' | 'likely' | 'possible';

/** Plain JSON; never a secret. */
export type Detail = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** A conclusion about one container, before it is tied to its pod. `because` is never empty. */
export interface Finding {
  readonly cause: Cause;
  readonly confidence: Confidence;
  readonly because: readonly [EvidenceKind, ...EvidenceKind[]];
  /** One sentence with the facts of this case. */
  readonly summary: string;
  readonly detail: Detail;
  /** What to do in this very case; absent: what the catalogue says of the cause. */
  readonly fix?: string;
  /** The same as commands to type, in order. Never a secret. */
  readonly commands?: readonly string[];
  /** Causes that the same evidence leaves open. */
  readonly alternatives: readonly Cause[];
}

export interface RuledOut {
  readonly cause: Cause;
  readonly because: readonly [EvidenceKind, ...EvidenceKind[]];
}

export type CheckResult =
  /** All is well with what was asked; `note` says what was seen. */
  | { readonly verdict: 'pass'; readonly note: string; readonly ruledOut?: readonly RuledOut[] }
  | {
      readonly verdict: 'fail';
      readonly note: string;
      readonly findings: readonly [Finding, ...Finding[]];
      readonly ruledOut?: readonly RuledOut[];
    }
  /** Could not be decided; `note` says what is missing and what to do about it. Never reads as "fine". */
  | { readonly verdict: 'inconclusive'; readonly note: string; readonly missing: readonly EvidenceKind[] }
  /** The question does not arise here (a digest has no tag). */
  | { readonly verdict: 'not-applicable'; readonly note: string };

export interface Check<K extends EvidenceKind = EvidenceKind> {
  /** Equals the file name. A noun phrase that is true when all is well: `tag-exists`. */
  readonly id: string;
  readonly question: string;
  readonly needs: readonly K[];
  run(evidence: EvidenceView<K>): CheckResult;
  /** What a person would type to see the same evidence; undefined when there is nothing to type. */
  command(evidence: Partial<Evidence>): string | undefined;
}

/** Ties `needs` to what `run` may read: reading an undeclared kind does not compile. */
export function defineCheck<const K extends EvidenceKind>(check: Check<K>): Check {
  return check;
}
