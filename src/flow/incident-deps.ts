/** What the incident sentences need, handed in once by `wire.ts`. */
import type { Clock, IdSource } from '../clock.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { EscalationPolicy } from '../incident/escalation.ts';
import type { Incident } from '../incident/incident.ts';
import type { InquiryStore } from '../incident/inquiry.ts';
import type { JobQueue } from '../incident/job.ts';
import type { Announcer, ClaimStore, IncidentStore, Pager } from '../incident/ports.ts';
import type { AuditLog } from '../remediation/action.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { OfferActions } from './offer-actions.ts';
import type { Actor, DiagnoseUseCase, IncidentButton, ScopeUseCase } from './use-cases.ts';

/** Told to whoever keeps the log and the counters: a fixed message, facts as fields, never a secret. */
export type Report = (message: string, fields: Readonly<Record<string, string | number | boolean>>) => void;

export interface IncidentDeps {
  readonly store: IncidentStore;
  readonly inquiries: InquiryStore;
  readonly claims: ClaimStore;
  readonly queue: JobQueue;
  readonly announcer: Announcer;
  /** Absent: no paging service is configured; escalation is said in Slack only. */
  readonly pager?: Pager;
  readonly audit: AuditLog;
  readonly diagnose: DiagnoseUseCase;
  readonly scope: ScopeUseCase;
  /** The fault's key (registry, Secret or image); null: not known well enough to join incidents. */
  readonly familyOf: (diagnosis: Diagnosis) => string | null;
  /** The image's registry host, for sentences; undefined when the reference cannot be read. */
  readonly registryOf: (image: string) => string | undefined;
  readonly offerActions: OfferActions;
  /** undefined: may press; otherwise why not. Absent: everyone in the channel may. */
  readonly mayPress?: (actor: Actor, button: IncidentButton | 'open-incident') => Promise<string | undefined>;
  /** First match wins. */
  readonly runbooks: readonly Runbook[];
  /** Used where an alert has no `cluster` label. */
  readonly defaultCluster: string;
  /** From pullcheck.yaml; a runbook may set its own clocks. */
  readonly escalation: { readonly acknowledgeAfterMs: number; readonly resolveAfterMs: number };
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly report: Report;
}

/** Defaults of the contract and of design.md; all in ms. */
export const DEFAULT_ESCALATION = { acknowledgeAfterMs: 5 * 60_000, resolveAfterMs: 20 * 60_000 } as const;

/** Lower is earlier, none is first: a page never waits behind diagnoses, a person's question never behind a storm of alerts. */
export const PRIORITY = { inquire: 1, firstLook: 2, diagnose: 10 } as const;

/** How long the first look before the thread may take. */
export const QUICK_LOOK_MS = 5_000;
/** How long the look before a page may delay it. */
export const SEND_GATE_LOOK_MS = 10_000;
/** A full run is ended after this. */
export const FULL_RUN_MS = 120_000;

/** The clocks of one incident: its runbook's, else the configured ones. */
export function policyFor(
  deps: Pick<IncidentDeps, 'runbooks' | 'escalation' | 'pager'>,
  incident: Pick<Incident, 'runbook'>,
): EscalationPolicy {
  const runbook = deps.runbooks.find((candidate) => candidate.id === incident.runbook);
  return {
    acknowledgeAfterMs: runbook?.acknowledgeAfterMs ?? deps.escalation.acknowledgeAfterMs,
    resolveAfterMs: runbook?.resolveAfterMs ?? deps.escalation.resolveAfterMs,
    sooner: soonerIn(runbook),
    threadAfterMs: 15_000,
    diagnoseAfterMs: FULL_RUN_MS + 60_000,
    pageLeaseMs: 30_000,
    paging: deps.pager !== undefined,
  };
}

/** Conditions for which the runbook does not wait until the resolve clock rings. */
function soonerIn(runbook: Runbook | undefined): NonNullable<EscalationPolicy['sooner']> {
  return Object.fromEntries(
    (runbook?.escalate ?? []).flatMap(({ when, afterMs }) =>
      when === 'unresolved' || afterMs === undefined ? [] : [[when, afterMs]],
    ),
  );
}
