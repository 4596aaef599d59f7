/**
 * Escalation. What is due is computed (incident/escalation.ts); this file does it. The order at the send gate is: look at the cluster,
 * claim the page on the version that was looked at, then send and announce, each for itself: Slack down delays no page, and the
 * other way round. The dedup key is the same for every try, so that a second sender after a crash adds no second page.
 */
import { errorLine, PagerError } from '../errors.ts';
import { dueSteps, pageDueAt } from '../incident/escalation.ts';
import type { Incident, IncidentEvent, Page } from '../incident/incident.ts';
import { describeSubject } from '../incident/key.ts';
import type { EscalationNotice, PageRequest } from '../incident/ports.ts';
import { escalationSentence, factsOf, severityOf } from '../incident/summary.ts';
import { type IncidentDeps, policyFor } from './incident-deps.ts';
import { type Again, lookAgain } from './look-again.ts';
import { dedupKeyOf, followEnd, resolveIncident } from './resolve.ts';
import { transition } from './transition.ts';

/** How long the announcement waits for the page's outcome, so that it can tell it. */
const OUTCOME_MS = 2_000;

type PageState = EscalationNotice['pageState'];

/** The resolve clock rang, or somebody asked for it, or an earlier try failed. Late, twice, or both at once is fine. */
export async function escalate(deps: IncidentDeps, incident: Incident, tier: string): Promise<void> {
  const again = incident.escalationRequested ? ({ kind: 'still-failing' } as const) : await lookAgain(deps, incident);
  if (again.kind === 'recovered') {
    const ended = await resolveIncident(deps, incident.id, { by: 'pullcheck', reason: `recovered: ${again.note}` });
    if (ended) await followEnd(deps, ended.incident);
    return;
  }
  await recordReach(deps, incident.id, again);
  const fence = deps.ids();
  const moved = await claimPage(deps, incident.id, tier, fence);
  const mine = moved?.pages.find((page) => page.tier === tier && page.fence === fence && page.state === 'claimed');
  if (!moved || !mine) return;
  const sending = sendPage(deps, moved, tier, again);
  await Promise.all([sending, announce(deps, moved, tier, { again, pageState: await firstOutcome(deps, sending) })]);
}

/** What the look showed chooses the sentence and the severity of the page. Recorded only where it says something new. */
async function recordReach(deps: IncidentDeps, id: string, again: Again): Promise<void> {
  const reach = again.kind === 'still-failing' ? again.reach : undefined;
  if (reach === undefined) return;
  await transition(deps, id, (current, at) => {
    const isWider = reach.namespaces > (current.namespaces?.most ?? 0);
    const isGraver = reach.workloads > 1 && current.severity !== 'P1';
    return current.status !== 'resolved' && (isWider || isGraver) ? [{ type: 'looked-again', at, reach }] : [];
  });
}

async function claimPage(deps: IncidentDeps, id: string, tier: string, fence: string): Promise<Incident | undefined> {
  const moved = await transition(deps, id, (current, now) => {
    const due = dueSteps(current, policyFor(deps, current), now).some((step) => step.kind === 'page');
    return due ? [{ type: 'page-claimed', at: now, tier, fence }] : [];
  });
  return moved?.changed ? moved.incident : undefined;
}

/** Gives the outcome once it is recorded; never throws but for the store. */
async function sendPage(deps: IncidentDeps, incident: Incident, tier: string, again: Again): Promise<PageState> {
  const key = dedupKeyOf(incident.id, tier);
  const now = await deps.store.time();
  const outcome = await trigger(deps, pageRequest(deps, incident, key, { again, now }));
  const moved = await transition(deps, incident.id, (current, at) => {
    const known = current.pages.find((page) => page.tier === tier);
    return known && known.state !== 'sent' ? [outcomeEvent(outcome, tier, key, at)] : [];
  });
  if (outcome.state === 'sent') reportSent(deps, incident, tier, await deps.store.time());
  const page = moved?.incident.pages.find((candidate) => candidate.tier === tier);
  // An earlier try may have arrived, whatever became of this one.
  const state = outcome.state === 'failed' && page ? stateOf(deps, page) : outcome.state;
  await sayOutcome(deps, incident, tier, { ...outcome, state });
  // It ended while the page was on its way: the page ends too.
  if (moved?.incident.status === 'resolved') await followEnd(deps, moved.incident);
  return state;
}

function reportSent(deps: IncidentDeps, incident: Incident, tier: string, now: number): void {
  const latenessMs = Math.max(0, now - pageDueAt(incident, policyFor(deps, incident)));
  deps.report('page sent', { incident: incident.id, tier, latenessMs });
}

/** How a page stands that nobody is sending at the moment. */
export function stateOf(deps: Pick<IncidentDeps, 'pager'>, page: Page): PageState {
  if (!deps.pager) return 'not-configured';
  if (page.state === 'sent') return 'sent';
  return page.unconfirmed ? 'unconfirmed' : 'failed';
}

interface Outcome {
  readonly state: PageState;
  readonly reason: string;
  readonly final: boolean;
}

async function trigger(deps: IncidentDeps, page: PageRequest): Promise<Outcome> {
  if (!deps.pager) return { state: 'not-configured', reason: 'no paging service is configured', final: true };
  try {
    await deps.pager.trigger(page);
    return { state: 'sent', reason: '', final: false };
  } catch (error) {
    const isOurs = error instanceof PagerError;
    const state = isOurs && error.code === 'pager-unconfirmed' ? 'unconfirmed' : 'failed';
    return { state, reason: errorLine(error), final: isOurs && !error.retryable };
  }
}

function outcomeEvent(outcome: Outcome, tier: string, key: string, at: number): IncidentEvent {
  if (outcome.state === 'sent') return { type: 'page-sent', at, tier, key };
  const unconfirmed = outcome.state === 'unconfirmed' ? { unconfirmed: true } : {};
  return { type: 'page-failed', at, tier, reason: outcome.reason, final: outcome.final, ...unconfirmed };
}

/** A failed page is said at once, and said again when it got through; not at every try. */
async function sayOutcome(deps: IncidentDeps, incident: Incident, tier: string, outcome: Outcome): Promise<void> {
  const attempts = incident.pages.find((page) => page.tier === tier)?.attempts ?? 1;
  const pager = deps.pager?.name ?? '';
  if (outcome.state === 'failed' || outcome.state === 'unconfirmed') {
    const isSure = outcome.state === 'failed';
    const report = isSure ? 'page failed' : 'page not confirmed';
    deps.report(report, { incident: incident.id, tier, attempts, reason: outcome.reason });
    const text = isSure
      ? `The page through ${pager} failed: ${outcome.reason}. It is tried again; until then, please reach on-call yourself.`
      : `It is not known whether ${pager} took the page: ${outcome.reason}. It is sent again under the same key, which adds no second page; until that is confirmed, please reach on-call yourself.`;
    await say(deps, incident, `${incident.id}:page-failed:${tier}`, text);
  }
  if (outcome.state === 'sent' && attempts > 1) {
    await say(
      deps,
      incident,
      `${incident.id}:page-sent:${tier}`,
      `The page through ${pager} got through at try ${attempts}.`,
    );
  }
}

async function say(deps: IncidentDeps, incident: Incident, key: string, text: string): Promise<void> {
  if (!incident.thread) return;
  try {
    await deps.announcer.reply(incident.thread, key, text);
  } catch (error) {
    deps.report('reply not posted', { incident: incident.id, reason: errorLine(error) });
  }
}

/** The page's outcome if it is known soon, else `none`: the announcement does not wait for a slow pager. */
async function firstOutcome(deps: IncidentDeps, sending: Promise<PageState>): Promise<PageState> {
  const stop = new AbortController();
  const late = deps.clock.sleep(OUTCOME_MS, stop.signal).then(
    (): PageState => 'none',
    async () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([sending, late]);
  } finally {
    stop.abort();
  }
}

/** Says it in the thread as a new message. What could not be said stays due. */
export async function announce(
  deps: IncidentDeps,
  incident: Incident,
  tier: string,
  { again, pageState }: { readonly again: Again; readonly pageState: PageState },
): Promise<void> {
  const page = incident.pages.find((candidate) => candidate.tier === tier);
  if (!incident.thread || page?.announced) return;
  try {
    const now = await deps.store.time();
    await deps.announcer.escalate(incident.thread, {
      key: `${incident.id}:escalation:${tier}`,
      sentence: sentenceOf(deps, incident),
      severity: severityOf(incident),
      facts: [...lookFacts(again), ...factsOf(incident, now)],
      pageState,
    });
    const moved = await transition(deps, incident.id, (_current, at) => [{ type: 'page-announced', at, tier }]);
    if (moved) await deps.announcer.refreshIncident(moved.incident);
  } catch (error) {
    deps.report('escalation not said in Slack yet', { incident: incident.id, tier, reason: errorLine(error) });
  }
}

/** The acknowledge clock rang: on-call is mentioned again. */
export async function remind(deps: IncidentDeps, incident: Incident): Promise<void> {
  if (!incident.thread) return;
  const now = await deps.store.time();
  const cause = incident.diagnosis === undefined ? '' : `, ${incident.diagnosis.verdict.cause}`;
  await deps.announcer.escalate(incident.thread, {
    key: `${incident.id}:reminder`,
    // Not the runbook's sentence: it says that the time is over, and there is some left.
    sentence: `Nobody has acknowledged this yet: ${describeSubject(incident.subject)}${cause}. It escalates unless it is resolved.`,
    severity: severityOf(incident),
    facts: factsOf(incident, now),
    pageState: 'none',
  });
  await transition(deps, incident.id, (current, at) =>
    current.remindedAt === undefined && current.status !== 'resolved' ? [{ type: 'reminded', at }] : [],
  );
}

function pageRequest(
  deps: IncidentDeps,
  incident: Incident,
  dedupKey: string,
  { again, now }: { readonly again: Again; readonly now: number },
): PageRequest {
  const runbook = deps.runbooks.find(({ id }) => id === incident.runbook);
  const facts = [...lookFacts(again), ...factsOf(incident, now)];
  const alert = incident.alerts.find(({ url }) => url !== undefined);
  return {
    dedupKey,
    severity: severityOf(incident),
    summary: sentenceOf(deps, incident),
    source: incident.subject.cluster,
    facts: Object.fromEntries(facts.map((fact, index) => [`fact ${String(index + 1).padStart(2, '0')}`, fact])),
    links: [
      ...(runbook?.url === undefined ? [] : [{ href: runbook.url, text: `Runbook: ${runbook.title}` }]),
      ...(alert?.url === undefined ? [] : [{ href: alert.url, text: `Alert: ${alert.name}` }]),
    ],
  };
}

function sentenceOf(deps: IncidentDeps, incident: Incident): string {
  const image = incident.diagnosis?.findings[0]?.image;
  const runbook = deps.runbooks.find(({ id }) => id === incident.runbook);
  return escalationSentence(incident, runbook, image === undefined ? undefined : deps.registryOf(image));
}

function lookFacts(again: Again): readonly string[] {
  return again.kind === 'unreadable'
    ? [`The cluster could not be looked at again before paging: ${again.reason}. It may have recovered.`]
    : [];
}
