/** Job `diagnose`: the full runbook, shown step by step in the incident's thread, then its findings with what can be done. */
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { errorLine } from '../errors.ts';
import type { Incident, IncidentEvent } from '../incident/incident.ts';
import { describeSubject } from '../incident/key.ts';
import type { ThreadRef } from '../remediation/action.ts';
import { withDeadline } from './deadline.ts';
import { diagnosisInput, scopeOf } from './first-look.ts';
import { FULL_RUN_MS, type IncidentDeps } from './incident-deps.ts';
import { isAnswer } from './inquire.ts';
import { joinByFamily } from './join.ts';
import { isThreadGone, reopenThread } from './reopen-thread.ts';
import { refresh } from './resolve.ts';
import { scopeFamily, trimScope } from './scope-family.ts';
import { startShow } from './show-run.ts';
import { transition } from './transition.ts';

/** `run` names the run: the same again, after a crash, edits the same messages. Throws what makes the job worth trying again. */
export function createRunIncident(
  deps: IncidentDeps,
): (id: string, run: string, signal?: AbortSignal) => Promise<void> {
  return async (id, run, signal) => {
    const incident = await deps.store.get(id);
    if (!incident?.thread || incident.status === 'resolved') return;
    const { thread } = incident;
    try {
      if (incident.subject.target) await runDiagnosis(deps, incident, thread, { run, signal });
      else await runScope(deps, incident, thread, run);
    } catch (error) {
      if (isThreadGone(error)) return again(deps, incident);
      if (signal?.aborted || !isAnswer(error)) throw error;
      deps.report('diagnosis failed', { incident: id, reason: errorLine(error) });
      const hint = error.hint === undefined ? '' : ` ${error.hint}`;
      await deps.announcer.reply(thread, `${id}:${run}:failed`, `Could not be diagnosed: ${error.message}.${hint}`);
    }
  };
}

/** The thread was deleted under the run: a new one is opened, and a new run told there. */
async function again(deps: IncidentDeps, incident: Incident): Promise<void> {
  const { thread } = await reopenThread(deps, incident);
  if (!thread) return;
  const run = `in-${thread.ts}`;
  await deps.queue.add({ kind: 'diagnose', incident: incident.id, run }, { id: `diagnose:${incident.id}:${run}` });
}

async function runDiagnosis(
  deps: IncidentDeps,
  incident: Incident,
  thread: ThreadRef,
  { run, signal }: { readonly run: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const key = `${incident.id}:${run}`;
  const show = startShow(deps, thread, { run: key, title: `Diagnosis of ${describeSubject(incident.subject)}` });
  const diagnosis = await show.during(async () =>
    withDeadline(deps.clock, FULL_RUN_MS, async (late) =>
      deps.diagnose({
        ...diagnosisInput(incident),
        onProgress: show.progress,
        signal: signal ? AbortSignal.any([late, signal]) : late,
      }),
    ),
  );
  const family = deps.familyOf(diagnosis);
  const at = await deps.store.time();
  const moved = await record(deps, incident.id, { type: 'diagnosed', at, diagnosis, family, quick: false });
  if (!moved) return;
  await showFindings(deps, moved, thread, { key, diagnosis });
  await refresh(deps, await joinLate(deps, moved, family));
}

async function showFindings(
  deps: IncidentDeps,
  incident: Incident,
  thread: ThreadRef,
  { key, diagnosis }: { readonly key: string; readonly diagnosis: Diagnosis },
): Promise<void> {
  const actions = await deps.offerActions(diagnosis, thread, { kind: 'incident', id: incident.id });
  await deps.announcer.showFindings(thread, `${key}:findings`, diagnosis, actions);
}

/**
 * The full run may prove a fault that the quick look could not. An incident that nobody depends on yet joins then; its thread stays,
 * its clocks are the parent's.
 */
async function joinLate(deps: IncidentDeps, incident: Incident, family: string | null): Promise<Incident> {
  if (incident.children.length > 0 || incident.pages.length > 0 || incident.parent !== undefined) return incident;
  const joining = await joinByFamily(deps, incident, family);
  if (joining.kind === 'alone' || !incident.thread) return joining.incident;
  await refresh(deps, joining.parent);
  const text = `This is the same fault as ${describeSubject(joining.parent.subject)}: it goes on in that thread, and is paged once, there.`;
  await deps.announcer.reply(incident.thread, `${incident.id}:joined`, text);
  return joining.incident;
}

async function runScope(deps: IncidentDeps, incident: Incident, thread: ThreadRef, run: string): Promise<void> {
  const scope = await withDeadline(deps.clock, FULL_RUN_MS, async (signal) => scopeOf(deps, incident, signal));
  const family = scopeFamily(scope);
  const at = await deps.store.time();
  const moved = await record(deps, incident.id, { type: 'scoped', at, scope: trimScope(scope), family });
  await deps.announcer.showScope(thread, `${incident.id}:${run}:scope`, scope);
  if (moved) await refresh(deps, moved);
}

async function record(deps: IncidentDeps, id: string, event: IncidentEvent): Promise<Incident | undefined> {
  const moved = await transition(deps, id, (current) => (current.status === 'resolved' ? [] : [event]));
  return moved?.incident;
}
