/** Incidents of one fault become one: the first to claim the fault's family is the parent, the others are listed in its thread. */
import { StoreError } from '../errors.ts';
import type { Incident } from '../incident/incident.ts';
import type { IncidentDeps } from './incident-deps.ts';
import { transition } from './transition.ts';

type JoinDeps = Pick<IncidentDeps, 'store' | 'runbooks' | 'escalation' | 'pager'>;

export type Joining =
  /** It is the first of its fault, or its fault is not known. */
  | { readonly kind: 'alone'; readonly incident: Incident }
  | { readonly kind: 'joined'; readonly incident: Incident; readonly parent: Incident };

const MOST_TRIES = 10;

/** Decided atomically by the store, before anything is posted. Twice is once. */
export async function joinByFamily(deps: JoinDeps, incident: Incident, family: string | null): Promise<Joining> {
  // Another look at the same incident, at the same time, was faster.
  const known = incident.parent === undefined ? undefined : await rootOf(deps, incident.parent);
  if (known) return { kind: 'joined', incident, parent: known };
  if (family === null || incident.status === 'resolved') return { kind: 'alone', incident };
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    // One host name may be another registry in another cluster.
    const owner = await deps.store.claimFamily(`${incident.subject.cluster}/${family}`, incident.id);
    if (owner === incident.id) return { kind: 'alone', incident };
    const parent = await rootOf(deps, owner);
    // Two that would each be the other's parent: the one that asks stays alone.
    if (parent?.id === incident.id) return { kind: 'alone', incident };
    const { subject } = incident;
    const told = parent && (await addChild(deps, parent.id, { child: incident.id, subject }));
    // It ended in the meantime: its family is free again.
    if (!told) continue;
    const joined = await transition(deps, incident.id, (current, now) =>
      current.parent === undefined && current.status !== 'resolved'
        ? [{ type: 'joined-parent', at: now, parent: told.id, family }]
        : [],
    );
    return { kind: 'joined', incident: joined?.incident ?? incident, parent: told };
  }
  throw new StoreError({ code: 'store-contended', message: `no parent could be found for ${family}`, retryable: true });
}

/** The parent of parents; undefined: gone. */
async function rootOf(deps: Pick<IncidentDeps, 'store'>, id: string): Promise<Incident | undefined> {
  let incident = await deps.store.get(id);
  for (let depth = 0; incident?.parent !== undefined && depth < MOST_TRIES; depth += 1) {
    incident = (await deps.store.get(incident.parent)) ?? incident;
  }
  return incident;
}

/** The parent before the child: a child that nobody lists would be lost, a listed one that is not linked yet is linked later. */
async function addChild(
  deps: JoinDeps,
  parent: string,
  { child, subject }: { readonly child: string; readonly subject: Incident['subject'] },
): Promise<Incident | undefined> {
  const moved = await transition(deps, parent, (current, now) =>
    current.status === 'resolved' || current.children.some((known) => known.id === child)
      ? []
      : [{ type: 'child-joined', at: now, child, subject }],
  );
  return moved?.incident.status === 'resolved' ? undefined : moved?.incident;
}
