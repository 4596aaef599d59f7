/** A button on an incident's root message. A button carries the version it was drawn for: what changed since is told, not undone. */

import { RESOLVE_TIER } from '../incident/escalation.ts';
import type { Incident, IncidentEvent } from '../incident/incident.ts';
import type { AuditEvent } from '../remediation/action.ts';
import { type IncidentDeps, PRIORITY } from './incident-deps.ts';
import { oncePerGesture } from './inquire.ts';
import { transition } from './transition.ts';
import type { Actor, IncidentButton, PressAnswer, PressIncidentUseCase } from './use-cases.ts';

/** Presses on one state of an incident within this time are one. */
const SAME_PRESS_MS = 30_000;

type PressDeps = Pick<
  IncidentDeps,
  'store' | 'claims' | 'queue' | 'audit' | 'runbooks' | 'escalation' | 'pager' | 'mayPress' | 'report'
>;

/** Answers at once; the thread and the pager follow in a job. Throws StoreError when it could not be recorded. */
export function createPressIncident(deps: PressDeps): PressIncidentUseCase {
  return async (press) =>
    (await oncePerGesture(deps, press.gesture, async () => {
      const refused = await deps.mayPress?.(press.actor, press.button);
      if (refused !== undefined) return refuse(deps, press, refused);
      return press.button === 'rerun' ? rerun(deps, press) : change(deps, press);
    })) ?? {};
}

type Press = Parameters<PressIncidentUseCase>[0];

async function refuse(deps: PressDeps, press: Press, reason: string): Promise<PressAnswer> {
  await audit(deps, press, 'refused', reason);
  return { whisper: reason };
}

async function change(deps: PressDeps, press: Press): Promise<PressAnswer> {
  const root = await deps.store.get(press.incident);
  if (!root) return { whisper: 'This incident is not known any more.' };
  const newer = (await deps.store.events(press.incident)).slice(press.version);
  let why: string | undefined;
  const moved = await transition(deps, press.incident, (current, now) => {
    why = whyNot(press.button, current, newer);
    return why === undefined ? [eventFor(press.button, press.actor, now)] : [];
  });
  if (!moved) return { whisper: 'This incident is not known any more.' };
  if (!moved.changed) return refuse(deps, press, why ?? 'Nothing changed.');
  await audit(deps, press, AUDITED[press.button]);
  const { id, version } = moved.incident;
  // The sweeper does it a second later if this is lost.
  await deps.queue.add({ kind: 'due', incident: id }, { id: `due:${id}:${version}` }).catch(() => {
    deps.report('job not queued; the sweeper will find it', { incident: id });
  });
  return {};
}

const AUDITED: Readonly<Record<IncidentButton, AuditEvent['what']>> = {
  acknowledge: 'acknowledge',
  resolve: 'resolve',
  escalate: 'escalate',
  rerun: 'rerun',
};

/** Why this press is not carried out; undefined: it is. `newer`: what happened since the button was drawn. */
function whyNot(button: IncidentButton, incident: Incident, newer: readonly IncidentEvent[]): string | undefined {
  if (incident.resolved) return `Already resolved by ${incident.resolved.by}: ${incident.resolved.reason}.`;
  if (incident.parent !== undefined)
    return 'This incident was joined to another one of the same fault: use the buttons there.';
  if (button === 'acknowledge' && incident.acknowledged) {
    return `Already acknowledged by ${incident.acknowledged.by}.`;
  }
  if (button === 'resolve') {
    const joined = newer.filter(({ type }) => type === 'alert-joined' || type === 'child-joined').length;
    if (joined > 0)
      return `Since you saw it, ${joined} more of the same joined. Press again if it is resolved all the same.`;
  }
  if (button === 'escalate') {
    const paged = incident.pages.some(({ tier }) => tier === RESOLVE_TIER);
    if (incident.escalationRequested) return `Already escalated by ${incident.escalationRequested.by}.`;
    if (paged) return 'On-call was already paged.';
  }
  return undefined;
}

function eventFor(button: IncidentButton, actor: Actor, at: number): IncidentEvent {
  const by = actor.user;
  if (button === 'acknowledge') return { type: 'acknowledged', at, by };
  if (button === 'resolve') return { type: 'resolved', at, by, reason: 'a person said so' };
  return { type: 'escalation-requested', at, by };
}

async function rerun(deps: PressDeps, press: Press): Promise<PressAnswer> {
  const incident = await deps.store.get(press.incident);
  if (!incident) return { whisper: 'This incident is not known any more.' };
  if (incident.resolved) {
    return { whisper: `Already resolved by ${incident.resolved.by}: ${incident.resolved.reason}.` };
  }
  // Two people who press the same button ask for one run. A run that failed leaves the version as it was, and its job's id is known for
  // long after: the time keeps the next press from asking for nothing.
  const run = `r${incident.version}-${Math.floor((await deps.store.time()) / SAME_PRESS_MS)}`;
  await deps.queue.add(
    { kind: 'diagnose', incident: incident.id, run },
    { id: `diagnose:${incident.id}:${run}`, priority: PRIORITY.inquire },
  );
  await audit(deps, press, 'rerun');
  return {};
}

async function audit(deps: PressDeps, press: Press, what: AuditEvent['what'], reason?: string): Promise<void> {
  await deps.audit.append({
    at: await deps.store.time(),
    actor: press.actor.user,
    what,
    subject: `incident/${press.incident}`,
    detail: { button: press.button },
    ...(reason === undefined ? {} : { reason }),
  });
}
