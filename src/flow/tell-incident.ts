/** What became of a remedy, told to the incident that offered it: its log, its root message, and its end when the remedy helped. */
import type { RemedyAction } from '../remediation/action.ts';
import type { IncidentDeps } from './incident-deps.ts';
import type { RemediateDeps } from './remediate.ts';
import { followEnd, refresh, resolveIncident } from './resolve.ts';
import { transition } from './transition.ts';

/** An inquiry's remedy has no incident, unless somebody opened one under it. Told again after a crash, the log keeps one entry. */
export function tellIncident(deps: IncidentDeps): RemediateDeps['tell'] {
  return async (action, type, note) => {
    const id = await incidentOf(deps, action);
    if (id === undefined) return undefined;
    const by = action.confirmedBy ?? note;
    const known = (await deps.store.events(id)).some(
      (event) => event.type === type && event.note === note && event.remedy === action.remedy && event.by === by,
    );
    const moved = await transition(deps, id, (_incident, at) =>
      known ? [] : [{ type, at, remedy: action.remedy, by, note }],
    );
    if (!moved) return undefined;
    // One workload is seen to run; what joined under this incident may be another one, still stuck.
    const isWhole = moved.incident.children.every((child) => child.resolved);
    if (type !== 'remedy-verified' || !isWhole) {
      await refresh(deps, moved.incident);
      return undefined;
    }
    const reason = `${action.title} helped: ${note}`;
    const ended = await resolveIncident(deps, id, { by, reason });
    if (!ended) return undefined;
    await followEnd(deps, ended.incident);
    // Its end is said in its thread now, or by the sweep where Slack did not take it.
    const { thread, resolved } = ended.incident;
    const isSameThread = thread?.channel === action.thread.channel && thread.ts === action.thread.ts;
    return isSameThread && resolved?.reason === reason ? 'said-in-thread' : undefined;
  };
}

async function incidentOf(
  deps: Pick<IncidentDeps, 'inquiries'>,
  { subject }: RemedyAction,
): Promise<string | undefined> {
  if (subject.kind === 'incident') return subject.id;
  return (await deps.inquiries.get(subject.id))?.incident;
}
