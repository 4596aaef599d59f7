/** Moves an incident: decide on what it is now, append if it still is that, decide again if somebody was faster. */
import { StoreError } from '../errors.ts';
import { apply } from '../incident/apply.ts';
import { dueAt } from '../incident/escalation.ts';
import type { Incident, IncidentEvent } from '../incident/incident.ts';
import { type IncidentDeps, policyFor } from './incident-deps.ts';

export type Decide = (incident: Incident, now: number) => readonly IncidentEvent[];

export interface Moved {
  readonly incident: Incident;
  /** false: there was nothing to change. */
  readonly changed: boolean;
}

const MOST_TRIES = 50;

/** undefined: no such incident. `now` is the store's time. Throws StoreError when the store cannot answer. */
export async function transition(
  deps: Pick<IncidentDeps, 'store' | 'runbooks' | 'escalation' | 'pager'>,
  id: string,
  decide: Decide,
): Promise<Moved | undefined> {
  let incident = await deps.store.get(id);
  for (let tries = 0; incident && tries < MOST_TRIES; tries += 1) {
    const events = decide(incident, await deps.store.time());
    if (events.length === 0) return { incident, changed: false };
    const { key } = incident;
    const next = events.reduce<Incident>((state, event) => apply(state, event, { id, key }), incident);
    const result = await deps.store.append(id, incident.version, events, dueAt(next, policyFor(deps, next)));
    if (result.kind === 'done') return { incident: result.incident, changed: true };
    incident = result.incident;
  }
  if (!incident) return undefined;
  throw new StoreError({
    code: 'store-contended',
    message: `incident ${id} kept changing while it was to be moved`,
    retryable: true,
  });
}
