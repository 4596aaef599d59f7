/** The first, quick look at a new incident: enough to know whether it belongs to a fault that is already known; then its thread. */
import { errorLine } from '../errors.ts';
import type { Scope } from '../evidence/scope.ts';
import type { Incident, IncidentEvent } from '../incident/incident.ts';
import { withDeadline } from './deadline.ts';
import { type IncidentDeps, PRIORITY, QUICK_LOOK_MS } from './incident-deps.ts';
import { joinByFamily } from './join.ts';
import { refresh } from './resolve.ts';
import { scopeFamily, trimScope } from './scope-family.ts';
import { transition } from './transition.ts';

/** What was seen, as the event to record; the family is the fault's key. */
interface Look {
  readonly family: string | null;
  readonly event?: IncidentEvent;
}

/** Job `first-look`. Doing it twice is harmless. Throws SlackError when the thread could not be opened: try again. */
export function createFirstLook(deps: IncidentDeps): (id: string) => Promise<void> {
  return async (id) => {
    const stored = await deps.store.get(id);
    if (!stored || stored.status === 'resolved' || stored.parent !== undefined) return;
    if (stored.thread) return queueDiagnosis(deps, stored);
    const look = seenBefore(stored) ?? (await quickLook(deps, stored));
    const seen = await record(deps, id, look.event);
    // Ended while we looked: no thread for something that is over.
    if (!seen || seen.status === 'resolved') return;
    const joining = await joinByFamily(deps, seen, look.family);
    if (joining.kind === 'joined') return refresh(deps, joining.parent);
    await openThread(deps, joining.incident);
  };
}

/** Tried again because the thread could not be opened: every look is recorded, and Slack may be away for hours. */
function seenBefore({ diagnosis, scope, family }: Incident): Look | undefined {
  return diagnosis === undefined && scope === undefined ? undefined : { family: family ?? null };
}

async function openThread(deps: IncidentDeps, incident: Incident): Promise<void> {
  const thread = await deps.announcer.openIncident(incident);
  const opened = await transition(deps, incident.id, (current, now) =>
    current.thread ? [] : [{ type: 'thread-opened', at: now, thread }],
  );
  if (!opened) return;
  await queueDiagnosis(deps, opened.incident);
  // Children and alerts that joined while the root was being posted.
  if (opened.incident.version > incident.version + 1) await refresh(deps, opened.incident);
}

async function queueDiagnosis(deps: IncidentDeps, incident: Incident): Promise<void> {
  if (incident.diagnosedFully) return;
  await deps.queue.add(
    { kind: 'diagnose', incident: incident.id, run: '1' },
    { id: `diagnose:${incident.id}:1`, priority: PRIORITY.diagnose },
  );
}

/** Never throws: an incident that cannot be looked at gets its thread all the same. */
async function quickLook(deps: IncidentDeps, incident: Incident): Promise<Look> {
  const at = await deps.store.time();
  try {
    if (!incident.subject.target) return await lookAtScope(deps, incident, at);
    const diagnosis = await withDeadline(deps.clock, QUICK_LOOK_MS, async (signal) =>
      deps.diagnose({ ...diagnosisInput(incident), signal }),
    );
    const family = deps.familyOf(diagnosis) ?? (await familyFromScope(deps, incident));
    return { family, event: { type: 'diagnosed', at, diagnosis, family, quick: true } };
  } catch (error) {
    deps.report('first look failed', { incident: incident.id, reason: errorLine(error) });
    return { family: await familyFromScope(deps, incident) };
  }
}

/** A registry that does not answer can use up the whole look; the pods' own messages tell the fault too. */
async function familyFromScope(deps: IncidentDeps, incident: Incident): Promise<string | null> {
  const { target } = incident.subject;
  if (!target) return null;
  try {
    const scope = await withDeadline(deps.clock, QUICK_LOOK_MS, async (signal) => scopeOf(deps, incident, signal));
    return scopeFamily(scope, target);
  } catch (error) {
    deps.report('scope not read', { incident: incident.id, reason: errorLine(error) });
    return null;
  }
}

async function lookAtScope(deps: IncidentDeps, incident: Incident, at: number): Promise<Look> {
  const scope = await withDeadline(deps.clock, QUICK_LOOK_MS, async (signal) => scopeOf(deps, incident, signal));
  const family = scopeFamily(scope);
  return { family, event: { type: 'scoped', at, scope: trimScope(scope), family } };
}

/** Who cannot pull, where the incident is. */
export async function scopeOf(
  deps: Pick<IncidentDeps, 'scope'>,
  incident: Pick<Incident, 'subject'>,
  signal: AbortSignal,
): Promise<Scope> {
  const { cluster, namespace } = incident.subject;
  return deps.scope({ cluster, ...(namespace === undefined ? {} : { namespace }), signal });
}

async function record(deps: IncidentDeps, id: string, event: IncidentEvent | undefined): Promise<Incident | undefined> {
  const moved = await transition(deps, id, (current) => (event && current.status !== 'resolved' ? [event] : []));
  return moved?.incident;
}

/** What to ask the diagnosis about an incident that has a target. */
export function diagnosisInput(incident: Incident): Omit<Parameters<IncidentDeps['diagnose']>[0], 'signal'> {
  const { cluster, namespace, target } = incident.subject;
  const kind = target?.kind === 'Image' ? undefined : target?.kind;
  return {
    request: { ...(kind === undefined ? {} : { kind }), name: target?.name ?? '', namespace: namespace ?? '' },
    cluster,
    runbook: incident.runbook,
  };
}
