/** The sweeper: once a second it finds what is due and asks for it, even if every job was lost. Any number of replicas may sweep. */
import type { Clock } from '../clock.ts';
import { errorLine } from '../errors.ts';
import { pendingSteps } from '../incident/escalation.ts';
import { ASK_AGAIN_MS, bucket } from './due.ts';
import { type IncidentDeps, policyFor } from './incident-deps.ts';

const AT_A_TIME = 200;
const SWEEP_MS = 1_000;

/** Number of incidents that were due. */
export type Sweep = () => Promise<number>;

/** `due` is createDue's: used directly when the queue does not take the job. Throws StoreError when the store cannot answer. */
export function createSweep(deps: IncidentDeps, due: (id: string) => Promise<void>): Sweep {
  return async () => {
    const ids = await deps.store.due(AT_A_TIME);
    const results = await Promise.allSettled(ids.map(async (id) => ask(deps, due, id)));
    for (const result of results) {
      if (result.status === 'rejected') deps.report('sweep failed for one', { reason: errorLine(result.reason) });
    }
    return ids.length;
  };
}

async function ask(deps: IncidentDeps, due: (id: string) => Promise<void>, id: string): Promise<void> {
  const incident = await deps.store.get(id);
  if (!incident) return;
  const now = await deps.store.time();
  const policy = policyFor(deps, incident);
  const pending = pendingSteps(incident, policy);
  if (pending.some((step) => step.at <= now)) {
    try {
      const jobId = `due:${id}:${incident.version}-${bucket(now)}`;
      await deps.queue.add({ kind: 'due', incident: id }, { id: jobId });
    } catch (error) {
      deps.report('due job not queued, done here', { incident: id, reason: errorLine(error) });
      return due(id);
    }
  }
  // Asked for: out of the way of the others until it would have been done, or until the next step. Moved meanwhile: leave it.
  const next = pending.filter((step) => step.at > now).map((step) => step.at);
  const asked = next.length < pending.length ? [now + ASK_AGAIN_MS] : [];
  await deps.store.append(id, incident.version, [], earliest([...next, ...asked]));
}

function earliest(instants: readonly number[]): number | undefined {
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** Sweeps until `signal` aborts; the next one comes a second after one that failed; a failure is reported once. */
export async function runSweeper(
  sweep: Sweep,
  deps: { readonly clock: Clock; readonly report: IncidentDeps['report'] },
  signal: AbortSignal,
  onPass?: (due: number) => void,
): Promise<void> {
  let failing: string | undefined;
  while (!signal.aborted) {
    try {
      const due = await sweep();
      onPass?.(due);
      if (failing !== undefined) deps.report('sweeps again', {});
      failing = undefined;
    } catch (error) {
      const reason = errorLine(error);
      if (reason !== failing) deps.report('sweep failed; tried again every second', { reason });
      failing = reason;
    }
    try {
      await deps.clock.sleep(SWEEP_MS, signal);
    } catch {
      // Asked to stop.
    }
  }
}
