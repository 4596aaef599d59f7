/**
 * What is due, computed from state and time. Nothing here remembers anything: asking twice, or late, gives the same steps, and a
 * step disappears only when its event was recorded. Both clocks start when the first alert was stored; acknowledging stops only the
 * acknowledge clock; a child has no clocks of its own.
 */
import { conditionsOf, type FaultCondition } from './conditions.ts';
import type { Incident, Page } from './incident.ts';

/** Times in ms. */
export interface EscalationPolicy {
  readonly acknowledgeAfterMs: number;
  readonly resolveAfterMs: number;
  /** Conditions that page earlier, each after its own time from when the alert was stored; the others wait for the resolve clock. */
  readonly sooner?: Readonly<Partial<Record<FaultCondition, number>>>;
  /** A stored incident without a thread is looked at again after this. */
  readonly threadAfterMs: number;
  /** A thread without a full diagnosis gets one again after this. */
  readonly diagnoseAfterMs: number;
  /** How long a claimed page may take before somebody else sends it (with the same key). */
  readonly pageLeaseMs: number;
  /** Is a paging service configured? Without one, a page is only announced. */
  readonly paging: boolean;
}

/** The tier of the resolve clock. One page a tier. */
export const RESOLVE_TIER = 'unresolved';

export type DueStep = { readonly at: number } & (
  | { readonly kind: 'first-look' | 'diagnose' | 'remind' | 'resolve' | 'resolve-children' | 'tell-parent' | 'close' }
  | { readonly kind: 'page' | 'announce' | 'acknowledge-page' | 'resolve-page'; readonly tier: string }
);

const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;
/** After a refusal only a changed configuration helps; asking now and then keeps the page from being lost. */
const REFUSED_RETRY_MS = 300_000;

/** When to look at this incident again; undefined: never, unless something happens to it. */
export function dueAt(incident: Incident, policy: EscalationPolicy): number | undefined {
  const steps = pendingSteps(incident, policy);
  return steps.length === 0 ? undefined : Math.min(...steps.map((step) => step.at));
}

/** The steps whose time has come, in the order to do them. */
export function dueSteps(incident: Incident, policy: EscalationPolicy, now: number): readonly DueStep[] {
  return pendingSteps(incident, policy).filter((step) => step.at <= now);
}

/** Every step that is still to come, with its time. */
export function pendingSteps(incident: Incident, policy: EscalationPolicy): readonly DueStep[] {
  if (incident.status === 'resolved') return afterTheEnd(incident);
  if (mayResolve(incident)) return [{ kind: 'resolve', at: incident.openedAt }];
  if (incident.parent !== undefined) return [];
  return [...reminder(incident, policy), ...pages(incident, policy), ...looks(incident, policy)];
}

/** All joined alerts are resolved, and all children. An incident that a person opened has no alert and waits for a person. */
export function mayResolve(incident: Incident): boolean {
  return (
    incident.alerts.length > 0 &&
    incident.alerts.every((alert) => alert.resolvedAt !== undefined) &&
    incident.children.every((child) => child.resolved)
  );
}

/** When the resolve clock rings, or rang because a person asked for it, or because the runbook does not wait for it with such a fault. */
export function pageDueAt(incident: Incident, policy: EscalationPolicy): number {
  const clock = incident.openedAt + policy.resolveAfterMs;
  const sooner = conditionsOf(incident).map(
    (when) => incident.openedAt + (policy.sooner?.[when] ?? policy.resolveAfterMs),
  );
  return Math.min(clock, incident.escalationRequested?.at ?? clock, ...sooner);
}

function afterTheEnd(incident: Incident): readonly DueStep[] {
  const at = incident.resolved?.at ?? incident.openedAt;
  return [
    // Also one that failed or whose sender died: it may have arrived all the same, and ending an unknown page is harmless.
    ...incident.pages
      .filter((page) => page.state !== 'resolved')
      .map((page): DueStep => ({ kind: 'resolve-page', tier: page.tier, at })),
    ...(incident.children.some((child) => !child.resolved) ? [{ kind: 'resolve-children', at } as const] : []),
    ...(incident.parent !== undefined && !incident.parentTold ? [{ kind: 'tell-parent', at } as const] : []),
    ...(incident.thread && !incident.closed ? [{ kind: 'close', at } as const] : []),
  ];
}

function reminder(incident: Incident, policy: EscalationPolicy): readonly DueStep[] {
  const rings = incident.status === 'triggered' && incident.remindedAt === undefined && incident.thread !== undefined;
  return rings ? [{ kind: 'remind', at: incident.openedAt + policy.acknowledgeAfterMs }] : [];
}

function pages(incident: Incident, policy: EscalationPolicy): readonly DueStep[] {
  const page = incident.pages.find((candidate) => candidate.tier === RESOLVE_TIER);
  if (!page) return [{ kind: 'page', tier: RESOLVE_TIER, at: pageDueAt(incident, policy) }];
  const again = sendAgainAt(page, policy);
  return [
    ...(again === undefined ? [] : [{ kind: 'page', tier: page.tier, at: again } as const]),
    ...acknowledgement(incident, page, policy),
    ...(incident.thread && !page.announced ? [{ kind: 'announce', tier: page.tier, at: page.at } as const] : []),
  ];
}

/** Who was paged learns that somebody has it; the resolve clock has rung already, so nothing else stops. */
function acknowledgement(incident: Incident, page: Page, policy: EscalationPolicy): readonly DueStep[] {
  const open = incident.acknowledged && page.state === 'sent' && !page.acknowledged && policy.paging;
  return open ? [{ kind: 'acknowledge-page', tier: page.tier, at: incident.acknowledged?.at ?? page.at }] : [];
}

function sendAgainAt(page: Page, policy: EscalationPolicy): number | undefined {
  if (page.state === 'claimed') return page.at + policy.pageLeaseMs;
  if (page.state !== 'failed' || !policy.paging) return undefined;
  if (page.final) return page.at + REFUSED_RETRY_MS;
  return page.at + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, (page.attempts ?? 1) - 1));
}

function looks(incident: Incident, policy: EscalationPolicy): readonly DueStep[] {
  if (!incident.thread) return [{ kind: 'first-look', at: incident.openedAt + policy.threadAfterMs }];
  if (incident.subject.target && !incident.diagnosedFully) {
    return [{ kind: 'diagnose', at: incident.openedAt + policy.diagnoseAfterMs }];
  }
  return [];
}
