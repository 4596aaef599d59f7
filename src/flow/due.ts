/** Job `due`: looks at one incident again and does whatever is due by now. Doing it twice, late, or on two workers is harmless. */
import { errorLine } from '../errors.ts';
import { type DueStep, dueSteps } from '../incident/escalation.ts';
import type { Incident } from '../incident/incident.ts';
import { announce, escalate, remind, stateOf } from './escalate.ts';
import { type IncidentDeps, PRIORITY, policyFor } from './incident-deps.ts';
import { dedupKeyOf, followEnd, refresh, resolveWhenAllEnded } from './resolve.ts';
import { transition } from './transition.ts';

/** A job that is still due gets a new id after this long, so that one that was lost or stuck is asked for again. */
export const ASK_AGAIN_MS = 10_000;

/** Throws only when the store cannot answer. What failed otherwise stays due. */
export function createDue(deps: IncidentDeps): (id: string) => Promise<void> {
  return async (id) => {
    const incident = await deps.store.get(id);
    if (!incident) return;
    const now = await deps.store.time();
    const steps = dueSteps(incident, policyFor(deps, incident), now);
    // Each for itself: one that fails or hangs must not keep a page back.
    await Promise.all(once(steps).map(async (step) => doStep(deps, incident, step, now)));
    const current = await deps.store.get(id);
    if (current && current.status !== 'resolved') await refresh(deps, current);
  };
}

/** Several steps of an end are one piece of work. */
function once(steps: readonly DueStep[]): readonly DueStep[] {
  return steps.filter((step, index) => steps.findIndex((other) => STEPS[other.kind] === STEPS[step.kind]) === index);
}

async function doStep(deps: IncidentDeps, incident: Incident, step: DueStep, now: number): Promise<void> {
  try {
    await STEPS[step.kind](deps, incident, { tier: 'tier' in step ? step.tier : '', now });
  } catch (error) {
    deps.report('step not done, it stays due', { incident: incident.id, step: step.kind, reason: errorLine(error) });
  }
}

type Step = (
  deps: IncidentDeps,
  incident: Incident,
  at: { readonly tier: string; readonly now: number },
) => Promise<void>;

const STEPS: { readonly [K in DueStep['kind']]: Step } = {
  'first-look': async (deps, { id }, { now }) =>
    deps.queue.add(
      { kind: 'first-look', incident: id },
      { id: `look:${id}:${bucket(now)}`, priority: PRIORITY.firstLook },
    ),
  diagnose: async (deps, { id }, { now }) =>
    deps.queue.add(
      { kind: 'diagnose', incident: id, run: '1' },
      { id: `diagnose:${id}:1-${bucket(now)}`, priority: PRIORITY.diagnose },
    ),
  remind,
  page: async (deps, incident, { tier }) => escalate(deps, incident, tier),
  announce: async (deps, incident, { tier }) => {
    const page = incident.pages.find((candidate) => candidate.tier === tier);
    // While another worker still sends it, its own announcement is on the way.
    if (page && page.state !== 'claimed')
      await announce(deps, incident, tier, { again: { kind: 'still-failing' }, pageState: stateOf(deps, page) });
  },
  'acknowledge-page': async (deps, { id }, { tier }) => {
    await deps.pager?.acknowledge(dedupKeyOf(id, tier));
    await transition(deps, id, (current, at) =>
      current.pages.some((page) => page.tier === tier && !page.acknowledged)
        ? [{ type: 'page-acknowledged', at, tier }]
        : [],
    );
  },
  resolve: async (deps, { id }) => {
    const ended = await resolveWhenAllEnded(deps, id);
    if (ended) await followEnd(deps, ended.incident);
  },
  'resolve-page': followEnd,
  'resolve-children': followEnd,
  'tell-parent': followEnd,
  close: followEnd,
};

/** The part of a job's id that changes every 10 s. */
export function bucket(now: number): number {
  return Math.floor(now / ASK_AGAIN_MS);
}
