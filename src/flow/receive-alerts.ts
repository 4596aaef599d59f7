/** Alerts in: stored first, everything else later. What could not be queued is found by the sweeper. */
import type { Alert } from '../alert/alert.ts';
import { subjectFromLabels } from '../alert/subject.ts';
import { errorLine } from '../errors.ts';
import { apply } from '../incident/apply.ts';
import { dueAt } from '../incident/escalation.ts';
import type { Incident, IncidentEvent } from '../incident/incident.ts';
import type { Job } from '../incident/job.ts';
import { incidentKey, subjectOf } from '../incident/key.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { selectRunbook } from '../runbook/select.ts';
import { type IncidentDeps, PRIORITY, policyFor } from './incident-deps.ts';
import { resolveByAlert } from './resolve.ts';
import type { ReceiveAlertsUseCase } from './use-cases.ts';

type Deps = Pick<
  IncidentDeps,
  'store' | 'claims' | 'queue' | 'runbooks' | 'escalation' | 'pager' | 'defaultCluster' | 'ids' | 'report'
>;

/** How long the end of an alert is remembered, for its beginning that arrives late. */
const END_REMEMBERED_MS = 15 * 60_000;
/** Stores at most this many at once. */
const AT_ONCE = 16;

/** Takes a batch. Rejects with StoreError when one could not be stored; sending the same batch again is harmless. */
export function createReceiveAlerts(deps: Deps): ReceiveAlertsUseCase {
  return async ({ alerts, truncated }) => {
    const outcomes: ('accepted' | 'unmatched')[] = [];
    for (let start = 0; start < alerts.length; start += AT_ONCE) {
      const slice = alerts.slice(start, start + AT_ONCE);
      outcomes.push(...(await Promise.all(slice.map(async (alert) => receiveOne(deps, alert, truncated)))));
    }
    const unmatched = outcomes.filter((outcome) => outcome === 'unmatched').length;
    return { accepted: outcomes.length - unmatched, unmatched };
  };
}

async function receiveOne(deps: Deps, alert: Alert, truncated: boolean): Promise<'accepted' | 'unmatched'> {
  const reason = alert.labels['reason'];
  const runbook = selectRunbook(deps.runbooks, { alert: alert.name, ...(reason === undefined ? {} : { reason }) });
  if (!runbook) {
    deps.report('alert matches no runbook', { alert: alert.name });
    return 'unmatched';
  }
  if (alert.status === 'resolved') await end(deps, alert, truncated);
  else await begin(deps, alert, runbook);
  return 'accepted';
}

async function begin(deps: Deps, alert: Alert, runbook: Runbook): Promise<void> {
  const ended = endKey(alert);
  // For one millisecond only: a longer claim, left behind by a crash, would hide the alert from the sender's next try.
  if (!(await deps.claims.claim(ended, 1))) {
    deps.report('alert ended before it began to be known', { alert: alert.name });
    return;
  }
  const now = await deps.store.time();
  const id = deps.ids();
  const subject = subjectOf(subjectFromLabels(alert.labels), deps.defaultCluster);
  const key = incidentKey(subject);
  const opening: IncidentEvent = {
    type: 'triggered',
    at: now,
    subject,
    alert,
    by: alert.source,
    runbook: runbook.id,
  };
  const fresh = apply(undefined, opening, { id, key });
  const due = dueAt(fresh, policyFor(deps, fresh));
  const { kind, incident } = await deps.store.openOrJoin({
    key,
    id,
    alertId: alert.id,
    opening,
    joining: { type: 'alert-joined', at: now, alert },
    ...(due === undefined ? {} : { dueAt: due }),
  });
  // Also for a known one: if the first delivery was stored and not queued, this one queues it.
  if (kind === 'opened' || (kind === 'known' && !incident.thread && !incident.parent)) {
    await enqueue(deps, { kind: 'first-look', incident: incident.id }, `look:${incident.id}:1`);
  } else if (kind === 'joined') {
    await nudge(deps, incident);
  }
}

/** A truncated list proves nothing about what has ended. */
async function end(deps: Deps, alert: Alert, truncated: boolean): Promise<void> {
  if (truncated) {
    deps.report('resolved alert in a truncated list: left alone', { alert: alert.name });
    return;
  }
  await deps.claims.claim(endKey(alert), END_REMEMBERED_MS);
  for (const incident of await resolveByAlert(deps, alert.id)) await nudge(deps, incident);
}

function endKey(alert: Alert): string {
  return `alert-ended:${alert.source}:${alert.id}`;
}

async function nudge(deps: Deps, incident: Incident): Promise<void> {
  await enqueue(deps, { kind: 'due', incident: incident.id }, `due:${incident.id}:${incident.version}`);
}

async function enqueue(deps: Deps, job: Job, id: string): Promise<void> {
  try {
    await deps.queue.add(job, job.kind === 'first-look' ? { id, priority: PRIORITY.firstLook } : { id });
  } catch (error) {
    deps.report('job not queued; the sweeper will find it', { job: job.kind, reason: errorLine(error) });
  }
}
