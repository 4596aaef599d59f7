/**
 * The worker's half of a remedy: apply a confirmed one, then look until it is seen to have helped, or undo it. Every step may be
 * repeated after a crash: the stored state says how far it came, and what is said again is said under the same key.
 */
import { formatTime } from '../clock.ts';
import type { Detail } from '../diagnosis/check.ts';
import { errorLine, RemedyError } from '../errors.ts';
import type { FailingPod } from '../evidence/scope.ts';
import type { RemedyAction } from '../remediation/action.ts';
import type { RemedyPorts } from '../remediation/ports.ts';
import type { After, Remedy, RemedyOutcome, Verification } from '../remediation/remedy.ts';
import { kubectlName } from '../target/target.ts';
import { audit, portsFor, type RemediateDeps } from './remediate.ts';
import { tellApplied, tellEnd } from './tell-remedy.ts';

/** When to look after the act, ms after the look before: 6 minutes in all, past the kubelet's own retry of at most five. */
const VERIFY_AFTER_MS: readonly number[] = [3_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 120_000];
const APPLY_MS = 60_000;
const LOOK_MS = 30_000;
/** Tries of an act whose result is in doubt, before a person is asked to look. */
const MOST_TRIES = 5;
/** Longer than applying and all looks together. */
const LOCK_MS = 15 * 60_000;

export interface CarryOut {
  /** Job `remediate`; `attempt` is the job's, 1 for the first. Safe to run again after a crash. */
  remediate(actionId: string, attempt?: number): Promise<void>;
  /** Job `verify`. */
  verify(actionId: string, attempt: number): Promise<void>;
}

/** Job handlers for confirmed remedies. */
export function makeCarryOut(deps: RemediateDeps): CarryOut {
  return {
    remediate: async (id, attempt = 1) => {
      const work = await load(deps, id);
      if (work) await remediate(deps, work, attempt);
    },
    verify: async (id, attempt) => {
      const work = await load(deps, id);
      if (work) await verify(deps, work, attempt);
    },
  };
}

interface Work {
  readonly action: RemedyAction;
  readonly remedy: Remedy;
  readonly params: Detail;
  readonly ports: RemedyPorts;
}

async function load(deps: RemediateDeps, id: string): Promise<Work | undefined> {
  const action = await deps.actions.get(id);
  const remedy = deps.remedies.find((one) => one.id === action?.remedy);
  if (!action || !remedy) return undefined;
  const at = formatTime(action.confirmedAt ?? action.offeredAt);
  // One instant for one act, however often it is run: the same value written twice changes nothing.
  const ports = { ...portsFor(deps, action), now: () => at };
  return { action, remedy, params: remedy.Params.parse(action.params), ports };
}

async function remediate(deps: RemediateDeps, work: Work, attempt: number): Promise<void> {
  const { action } = work;
  switch (action.state) {
    case 'offered':
      return undefined;
    case 'claimed':
      return begin(deps, work, attempt);
    case 'running':
      return apply(deps, work, { attempt, resumed: true });
    case 'verifying':
      return applied(deps, action);
    case 'done':
    case 'handed-over':
    case 'failed':
    case 'refused':
      return tellEnd(deps, action);
  }
}

async function begin(deps: RemediateDeps, work: Work, attempt: number): Promise<void> {
  const running: RemedyAction = { ...work.action, state: 'running' };
  if (!(await deps.actions.move(running.id, 'claimed', running))) return;
  const now = { ...work, action: running };
  if (await deps.claims.claim(lockOf(now), LOCK_MS)) return apply(deps, now, { attempt, resumed: false });
  const object = work.remedy.object(work.params);
  await end(deps, running, 'refused', `another remedy for ${object} is being carried out just now`);
}

/** Two acts on the same object one after the other only: each would take the other's writing for somebody else's. */
function lockOf({ action, remedy, params }: Work): string {
  return `remedy:${action.target.cluster}/${action.target.namespace}/${remedy.object(params)}`;
}

async function apply(
  deps: RemediateDeps,
  work: Work,
  { attempt, resumed }: { readonly attempt: number; readonly resumed: boolean },
): Promise<void> {
  const { action, remedy, params, ports } = work;
  let outcome: RemedyOutcome;
  try {
    outcome = await remedy.run(params, ports, 'apply', AbortSignal.timeout(APPLY_MS));
  } catch (error) {
    const reason = errorLine(error);
    if (attempt < MOST_TRIES) {
      throw new RemedyError({ code: 'remedy-interrupted', message: reason, retryable: true, cause: error });
    }
    const where = `look at ${remedy.object(params)} in namespace ${action.target.namespace}`;
    return finish(deps, work, 'failed', `it is not known what was changed (${reason}): ${where}${kept(work)}`);
  }
  if (outcome.kind === 'handed-over') return handOver(deps, work, outcome.note);
  if (outcome.kind !== 'applied') {
    const reason = outcome.kind === 'refused' ? outcome.reason : 'nothing was applied';
    return resumed
      ? finish(deps, work, 'failed', `it was interrupted and could not be taken up again: ${reason}`)
      : finish(deps, work, 'refused', reason);
  }
  const wrote = outcome.receipts.map((receipt) => `${receipt.verb} ${receipt.object}`).join(', ');
  await audit(deps, by(action), action, { what: 'applied', reason: wrote });
  const verifying: RemedyAction = { ...action, state: 'verifying', outcome: wrote };
  if (await deps.actions.move(action.id, 'running', verifying)) await applied(deps, verifying);
}

async function handOver(deps: RemediateDeps, work: Work, note: string): Promise<void> {
  await audit(deps, by(work.action), work.action, { what: 'applied', reason: note });
  await end(deps, work.action, 'handed-over', note, lockOf(work));
}

/** First the next look, then the words: whether Slack answers decides nothing. */
async function applied(deps: RemediateDeps, action: RemedyAction): Promise<void> {
  await deps.queue.add(
    { kind: 'verify', action: action.id, attempt: 1 },
    { id: `verify:${action.id}:1`, delayMs: VERIFY_AFTER_MS[0] ?? 0 },
  );
  await tellApplied(deps, action);
}

async function verify(deps: RemediateDeps, work: Work, attempt: number): Promise<void> {
  const { action, remedy } = work;
  if (action.state === 'done' || action.state === 'failed') return tellEnd(deps, action);
  if (action.state !== 'verifying') return;
  const seen = await look(deps, work);
  const delayMs = VERIFY_AFTER_MS[attempt];
  if (seen.kind === 'recovered') return recovered(deps, work, seen.note);
  if (seen.kind === 'waiting' && delayMs !== undefined) {
    const id = `verify:${action.id}:${attempt + 1}`;
    await deps.queue.add({ kind: 'verify', action: action.id, attempt: attempt + 1 }, { id, delayMs });
    return;
  }
  if (seen.kind === 'not-recovered' && seen.worse && remedy.undo) return undo(deps, work, seen.note);
  const note = seen.kind === 'waiting' ? `not seen to have helped within 6 minutes: ${seen.note}` : seen.note;
  await finish(deps, work, 'failed', `${note}${kept(work)}`);
}

/** What cannot be seen now may be seen at the next look: a failure of ours says nothing about the remedy. */
async function look(deps: RemediateDeps, work: Work): Promise<Verification> {
  try {
    return work.remedy.verify(work.params, await gather(deps, work));
  } catch (error) {
    return { kind: 'waiting', note: `could not look: ${errorLine(error)}` };
  }
}

async function gather(deps: RemediateDeps, { action, ports }: Work): Promise<After> {
  const { target } = action;
  const { cluster, namespace } = target;
  const subject = target.workload ?? target;
  const kind = subject.kind === 'Image' ? undefined : subject.kind;
  const request = { name: subject.name, namespace, ...(kind ? { kind } : {}) };
  const signal = AbortSignal.timeout(LOOK_MS);
  const [diagnosis, scope, replicas] = await Promise.all([
    deps.diagnose({ request, cluster, signal }),
    deps.scope({ namespace, cluster, signal }),
    replicasOf(subject, namespace, ports, signal),
  ]);
  const isSame = ({ pod, workload }: FailingPod) =>
    pod === subject.name || (workload?.name === subject.name && workload.kind === subject.kind);
  const stuck = scope.items.filter(isSame);
  // The API server writes whole seconds.
  const acted = Math.floor((action.confirmedAt ?? action.offeredAt) / 1000) * 1000;
  const stuckSince = stuck.filter(({ since }) => since !== undefined && since >= acted).length;
  return { diagnosis, stuck: stuck.length, stuckSince, ...(replicas ? { replicas } : {}) };
}

async function replicasOf(
  { kind, name }: Pick<RemedyAction['target'], 'kind' | 'name'>,
  namespace: string,
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<After['replicas']> {
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return undefined;
  const seen = await ports.reader.workload({ namespace, kind, name }, signal);
  return seen.status === 'observed' ? seen.value.replicas : undefined;
}

async function recovered(deps: RemediateDeps, work: Work, note: string): Promise<void> {
  const left = await settle(work);
  await audit(deps, by(work.action), work.action, { what: 'verified', reason: note });
  const { target } = work.action;
  const seen = `${kubectlName(target.workload ?? target)}: ${note}.${left === undefined ? '' : ` ${left}`}`;
  await end(deps, work.action, 'done', seen, lockOf(work));
}

async function settle({ remedy, params, ports }: Work): Promise<string | undefined> {
  try {
    return await remedy.settle?.(params, ports, AbortSignal.timeout(LOOK_MS));
  } catch (error) {
    return `What was kept for an undo is still there: ${errorLine(error)}`;
  }
}

async function undo(deps: RemediateDeps, work: Work, note: string): Promise<void> {
  const { action, remedy, params, ports } = work;
  const outcome = await remedy
    .undo?.(params, ports, AbortSignal.timeout(APPLY_MS))
    .catch((error: unknown): RemedyOutcome => ({ kind: 'refused', reason: errorLine(error) }));
  if (outcome?.kind !== 'applied') {
    const why = outcome?.kind === 'refused' ? outcome.reason : 'nothing to undo';
    return finish(deps, work, 'failed', `${note} It could not be undone (${why}).${kept(work)}`);
  }
  await audit(deps, by(action), action, { what: 'undone', reason: note });
  const left = await settle(work);
  const end = `${note} It was undone: what stood there before is back.${left === undefined ? '' : ` ${left}`}`;
  await finish(deps, work, 'failed', end);
}

function kept({ remedy, params }: Work): string {
  const where = remedy.kept?.(params);
  return where === undefined ? '' : ` ${where}`;
}

async function finish(deps: RemediateDeps, work: Work, state: 'failed' | 'refused', note: string): Promise<void> {
  await audit(deps, by(work.action), work.action, { what: state, reason: note });
  await end(deps, work.action, state, note, lockOf(work));
}

/** `lock` is given back when this act holds it. */
async function end(
  deps: RemediateDeps,
  action: RemedyAction,
  state: 'done' | 'handed-over' | 'failed' | 'refused',
  ...[outcome, lock]: readonly [outcome: string, lock?: string]
): Promise<void> {
  const ended: RemedyAction = { ...action, state, outcome };
  const isOurs = await deps.actions.move(action.id, action.state, ended);
  if (lock !== undefined) await deps.claims.release(lock);
  if (isOurs) await tellEnd(deps, ended);
}

function by(action: RemedyAction): { user: string } {
  return { user: action.confirmedBy ?? 'unknown' };
}
