/** The thing people work on: a log of events, and the state that follows from it. `apply` (apply.ts) is the only way to the state. */
import type { Alert } from '../alert/alert.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Scope } from '../evidence/scope.ts';
import type { ThreadRef } from '../remediation/action.ts';
import type { Target } from '../target/target.ts';

type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved';

/** What the incident is about before anything was diagnosed. */
export interface IncidentSubject {
  readonly cluster: string;
  /** Absent: cluster-wide, the run is a scope. */
  readonly namespace?: string;
  /** Absent: cluster- or namespace-wide. */
  readonly target?: Pick<Target, 'kind' | 'name'>;
}

/** How far one fault reaches. */
export interface Reach {
  readonly workloads: number;
  readonly namespaces: number;
}

export type IncidentEvent = { readonly at: number } & (
  | {
      readonly type: 'triggered';
      readonly subject: IncidentSubject;
      readonly alert: Alert | null;
      readonly by: string;
      readonly runbook: string;
    }
  | { readonly type: 'alert-joined'; readonly alert: Alert }
  | { readonly type: 'alert-resolved'; readonly alertId: string }
  /** This incident is the same fault as `parent`: its thread and page are the parent's. */
  | { readonly type: 'joined-parent'; readonly parent: string; readonly family: string }
  | { readonly type: 'child-joined'; readonly child: string; readonly subject: IncidentSubject }
  | { readonly type: 'child-resolved'; readonly child: string }
  | { readonly type: 'thread-opened'; readonly thread: ThreadRef }
  /** Somebody deleted the thread in Slack; the incident goes on in a new one. */
  | { readonly type: 'thread-moved'; readonly thread: ThreadRef }
  /** A quick look or a full run finished. `family` is the fault's key (registry, Secret or image), for joining. */
  | {
      readonly type: 'diagnosed';
      readonly diagnosis: Diagnosis;
      readonly family: string | null;
      readonly quick: boolean;
    }
  /** The run of an incident without a pod: who cannot pull. `scope.items` is cut (see `trimScope`). */
  | { readonly type: 'scoped'; readonly scope: Scope; readonly family: string | null }
  | { readonly type: 'acknowledged'; readonly by: string }
  /** A person pressed "Escalate now": the page is due at once. */
  | { readonly type: 'escalation-requested'; readonly by: string }
  /** The acknowledge clock rang: on-call was mentioned again. */
  | { readonly type: 'reminded' }
  /** The look right before a page: how far the fault reaches by now. */
  | { readonly type: 'looked-again'; readonly reach: Reach }
  /** A page was decided on: exactly one winner per tier (the version check is the fence). */
  | { readonly type: 'page-claimed'; readonly tier: string; readonly fence: string }
  | { readonly type: 'page-sent'; readonly tier: string; readonly key: string }
  /** `final`: the paging service refused it; trying the same again soon is useless. */
  | {
      readonly type: 'page-failed';
      readonly tier: string;
      readonly reason: string;
      readonly final?: boolean;
      /** It may have arrived all the same. */
      readonly unconfirmed?: boolean;
    }
  /** The escalation was said in the thread. */
  | { readonly type: 'page-announced'; readonly tier: string }
  | { readonly type: 'page-resolved'; readonly tier: string }
  /** The paging service knows that somebody has it. */
  | { readonly type: 'page-acknowledged'; readonly tier: string }
  | {
      readonly type: 'remedy-requested' | 'remedy-applied' | 'remedy-verified' | 'remedy-failed';
      readonly remedy: string;
      readonly by: string;
      readonly note: string;
    }
  | { readonly type: 'resolved'; readonly by: string; readonly reason: string }
  /** The parent knows that this incident ended. */
  | { readonly type: 'parent-told' }
  /** The end was said in the thread. */
  | { readonly type: 'closed' }
);

export interface Page {
  readonly tier: string;
  readonly state: 'claimed' | 'sent' | 'failed' | 'resolved';
  readonly at: number;
  /** The paging service's dedup key. */
  readonly key?: string;
  readonly reason?: string;
  /** Whose claim it is. */
  readonly fence?: string;
  /** How often it was claimed. */
  readonly attempts?: number;
  /** The paging service refused it. */
  readonly final?: boolean;
  /** A try of it may have arrived: nobody may say that the pager has it not. */
  readonly unconfirmed?: boolean;
  /** Said in the thread. */
  readonly announced?: boolean;
  /** The paging service knows that somebody has it. */
  readonly acknowledged?: boolean;
}

/** State, computed from the events. */
export interface Incident {
  readonly id: string;
  /** cluster + namespace + workload label, else pod (design.md 6). */
  readonly key: string;
  /** Number of events applied; the precondition of every transition. */
  readonly version: number;
  readonly status: IncidentStatus;
  readonly subject: IncidentSubject;
  readonly runbook: string;
  /** When the first alert was stored: both clocks start here. */
  readonly openedAt: number;
  readonly openedBy: string;
  readonly alerts: readonly (Alert & { readonly resolvedAt?: number })[];
  readonly parent?: string;
  readonly children: readonly { readonly id: string; readonly subject: IncidentSubject; readonly resolved: boolean }[];
  readonly family?: string;
  readonly thread?: ThreadRef;
  readonly diagnosis?: Diagnosis;
  /** True when `diagnosis` comes from a full run. */
  readonly diagnosedFully?: boolean;
  readonly scope?: Scope;
  /** Namespaces that the fault reached at the first look, and at most since. Absent: not looked at yet. */
  readonly namespaces?: { readonly first: number; readonly most: number };
  /** The highest severity so far: it can only rise. Absent: not known yet, treated as P2. */
  readonly severity?: 'P1' | 'P2';
  readonly escalationRequested?: { readonly by: string; readonly at: number };
  /** Set on a resolved child once its parent knows. */
  readonly parentTold?: boolean;
  /** Set once the end was said in the thread. */
  readonly closed?: boolean;
  readonly acknowledged?: { readonly by: string; readonly at: number };
  readonly remindedAt?: number;
  readonly pages: readonly Page[];
  readonly resolved?: { readonly by: string; readonly reason: string; readonly at: number };
}
