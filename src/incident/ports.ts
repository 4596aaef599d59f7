/** What incidents need from the outside: a ledger, people, a pager. */
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Scope } from '../evidence/scope.ts';
import type { CredentialsView } from '../image/credentials-view.ts';
import type { RemedyAction, ThreadRef } from '../remediation/action.ts';
import type { StepProgress } from '../runbook/runbook.ts';
import type { Incident, IncidentEvent } from './incident.ts';
import type { Inquiry } from './inquiry.ts';

type Transition =
  | { readonly kind: 'done'; readonly incident: Incident }
  /** Somebody else moved it first; here is what it is now. Decide again. */
  | { readonly kind: 'stale'; readonly incident: Incident };

/** The ledger. Every method is atomic; in Redis each is one Lua script. Throws StoreError when it cannot answer. */
export interface IncidentStore {
  /** The store's own time (Redis TIME): what is due is decided by it, not by a worker's clock. */
  time(): Promise<number>;
  /**
   * Opens an incident under `key`, or joins the open one that has it. `seen` remembers `alertId` so that the same alert,
   * delivered twice, changes nothing (`kind: 'known'`).
   */
  openOrJoin(input: {
    readonly key: string;
    readonly id: string;
    readonly alertId: string;
    readonly opening: IncidentEvent;
    readonly joining: IncidentEvent;
    /** When a newly opened incident must be looked at again even if its job is lost; a joined one keeps its own. */
    readonly dueAt?: number;
  }): Promise<{
    readonly kind: 'opened' | 'joined' | 'known';
    readonly incident: Incident;
  }>;
  get(id: string): Promise<Incident | undefined>;
  events(id: string): Promise<readonly IncidentEvent[]>;
  /** Appends if the version still is `expected`. `dueAt`: when to look again (undefined: never). */
  append(
    id: string,
    expected: number,
    events: readonly IncidentEvent[],
    dueAt: number | undefined,
  ): Promise<Transition>;
  /** Open incidents that hold this alert id. */
  findByAlert(alertId: string): Promise<readonly Incident[]>;
  /** Claims `family` for `id`, or gives the open incident that already has it (the parent). Freed when that resolves. */
  claimFamily(family: string, id: string): Promise<string>;
  /** Open incidents, newest first. */
  open(limit: number): Promise<readonly Incident[]>;
  /** Ids whose dueAt has passed by the store's time; they stay due until an append moves them. */
  due(limit: number): Promise<readonly string[]>;
}

/** One thing happens once, whoever asks first: `true` for the winner. Expires. */
export interface ClaimStore {
  claim(key: string, ttlMs: number): Promise<boolean>;
  release(key: string): Promise<void>;
}

/** A button shown under findings. */
export interface RunView {
  /** Identifies the run message: one per run. */
  readonly run: string;
  readonly title: string;
  readonly steps: readonly StepProgress[];
  /** true: the last edit of this run. */
  readonly done: boolean;
}

export interface EscalationNotice {
  readonly key: string;
  readonly sentence: string;
  readonly severity: 'P1' | 'P2';
  /** Facts for whoever is paged: what was seen, what was tried. */
  readonly facts: readonly string[];
  /** `unconfirmed`: it may have arrived. */
  readonly pageState: 'sent' | 'failed' | 'unconfirmed' | 'not-configured' | 'none';
}

/**
 * Speaks to people. Every message has a key: saying the same again, also from another process after a crash, posts nothing twice.
 * Throws SlackError (retryable or not) only when nothing was posted.
 */
export interface Announcer {
  /** Posts (or finds) the root message. `key`: incident or inquiry id. */
  openIncident(incident: Incident): Promise<ThreadRef>;
  /** Edits the root to the incident's state; latest wins. */
  refreshIncident(incident: Incident): Promise<void>;
  openInquiry(inquiry: Inquiry): Promise<ThreadRef>;
  refreshInquiry(inquiry: Inquiry, thread: ThreadRef): Promise<void>;
  /** The run message: edited in place, at most once in 3 s, always once when `done`. */
  showRun(thread: ThreadRef, run: RunView): Promise<void>;
  /** The findings reply with one button per action. */
  showFindings(thread: ThreadRef, key: string, diagnosis: Diagnosis, actions: readonly RemedyAction[]): Promise<void>;
  showScope(thread: ThreadRef, key: string, scope: Scope): Promise<void>;
  showCredentials(thread: ThreadRef, key: string, view: CredentialsView): Promise<void>;
  /** A short reply: who did what, with which result. `text` is plain; the announcer escapes it. */
  reply(thread: ThreadRef, key: string, text: string): Promise<void>;
  /** A new message that mentions on-call (an edit notifies nobody). */
  escalate(thread: ThreadRef, notice: EscalationNotice): Promise<void>;
  /** Ends an action's buttons: claimed, done, refused. */
  settleAction(action: RemedyAction, note: string): Promise<void>;
  /** Only for this person. */
  whisper(
    to: { readonly channel: string; readonly user: string; readonly thread?: string },
    text: string,
  ): Promise<void>;
}

export interface PageRequest {
  /** Same key: same page, never a second one. */
  readonly dedupKey: string;
  readonly severity: 'P1' | 'P2';
  readonly summary: string;
  readonly source: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

/** A paging service. Throws PagerError: `retryable` when trying again may work; code `pager-unconfirmed` when it may have arrived. */
export interface Pager {
  /** undefined name: not configured. */
  readonly name: string;
  trigger(page: PageRequest): Promise<void>;
  acknowledge(dedupKey: string): Promise<void>;
  resolve(dedupKey: string): Promise<void>;
}
