/** A runbook is data: which questions to ask, in which order to show them, what to offer, when to escalate. No expressions. */

export interface RunbookStep {
  /** Unique in the runbook. */
  readonly id: string;
  /** The question as people read it. */
  readonly ask: string;
  /** Id of a check. */
  readonly check: string;
}

export interface EscalationRule {
  /** Named conditions, a closed list; `unresolved` uses the resolve clock. */
  readonly when: 'unresolved' | 'registry-down' | 'scope-expanding';
  /** Minutes after the alert was stored, in ms; only for `unresolved`. */
  readonly afterMs?: number;
  /** Sentence with {cluster}, {namespace}, {workload}, {image}, {registry}, {cause} filled in; nothing else is evaluated. */
  readonly say: string;
}

export interface Runbook {
  readonly id: string;
  readonly title: string;
  /** Link shown to people. */
  readonly url?: string;
  readonly trigger: { readonly alerts: readonly string[]; readonly reasons: readonly string[] };
  readonly steps: readonly RunbookStep[];
  /** Cause -> remedy ids offered, best first. */
  readonly offer: Readonly<Record<string, readonly string[]>>;
  readonly acknowledgeAfterMs?: number;
  readonly resolveAfterMs?: number;
  readonly escalate: readonly EscalationRule[];
}

/** One step's life while it runs, for progress. */
export interface StepProgress {
  readonly id: string;
  readonly title: string;
  readonly status: 'pending' | 'running' | 'passed' | 'failed' | 'inconclusive' | 'skipped';
  readonly summary: string;
  readonly command: string;
}
