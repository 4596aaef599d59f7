/** A thread that somebody deleted in Slack: the incident is not over, so it goes on in a new one. */
import { PullcheckError } from '../errors.ts';
import type { Incident } from '../incident/incident.ts';
import type { IncidentDeps } from './incident-deps.ts';
import { transition } from './transition.ts';

export type ReopenDeps = Pick<IncidentDeps, 'announcer' | 'report' | 'store' | 'runbooks' | 'escalation' | 'pager'>;

/** The announcer's word for a deleted parent: what was to be said was not said anywhere. */
export function isThreadGone(error: unknown): boolean {
  return error instanceof PullcheckError && error.code === 'thread-gone';
}

/** Posts a new root (the announcer knows that the old one is gone) and records where. Throws SlackError when it cannot be posted. */
export async function reopenThread(deps: ReopenDeps, incident: Incident): Promise<Incident> {
  const thread = await deps.announcer.openIncident(incident);
  const moved = await transition(deps, incident.id, (current, at) =>
    current.thread?.ts === thread.ts ? [] : [{ type: 'thread-moved', at, thread }],
  );
  return moved?.incident ?? incident;
}
