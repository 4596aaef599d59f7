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
    if (id === undefined) return;
    const by = action.confirmedBy ?? note;
    const known = (await deps.store.events(id)).some(
      (event) => event.type === type && event.note === note && event.remedy === action.remedy && event.by === by,
    );
    const moved = await transition(deps, id, (_incident, at) =>
      known ? [] : [{ type, at, remedy: action.remedy, by, note }],
    );
    if (!moved) return;
    // One workload is seen to run; what joined under this incident may be another one, still stuck.
    const isWhole = moved.incident.children.every((child) => child.resolved);
    if (type !== 'remedy-verified' || !isWhole) return refresh(deps, moved.incident);
    const ended = await resolveIncident(deps, id, { by, reason: `${action.title} helped: ${note}` });
    if (ended) await followEnd(deps, ended.incident);
  };
}

async function incidentOf(
  deps: Pick<IncidentDeps, 'inquiries'>,
  { subject }: RemedyAction,
): Promise<string | undefined> {
  if (subject.kind === 'incident') return subject.id;
  return (await deps.inquiries.get(subject.id))?.incident;
}
