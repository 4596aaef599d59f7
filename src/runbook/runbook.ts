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
  /**
   * Named conditions, a closed list. `unresolved`: the resolve clock. `registry-down`: nobody gets anything from the registry.
   * `scope-expanding`: the fault reached more namespaces than at the first look.
   */
  readonly when: 'unresolved' | 'registry-down' | 'scope-expanding';
  /**
   * After the alert was stored, in ms. For the conditions that are facts: page so early when they hold; absent: they wait for the
   * resolve clock, choose the sentence and make it P1.
   */
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
