/** The worker's half of a remedy: apply a confirmed one, then look until it is seen to have helped, or undo it. */

import type { RemedyAction } from '../remediation/action.ts';
import type { Remedy, Verification } from '../remediation/remedy.ts';
import { kubectlName } from '../target/target.ts';
import { audit, type RemediateDeps } from './remediate.ts';

/** When to look after the act, ms after the look before: about four minutes in all, inside the kubelet's own retry of five. */
export const VERIFY_AFTER_MS: readonly number[] = [3_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000];
const APPLY_MS = 60_000;
const LOOK_MS = 30_000;

export interface CarryOut {
  /** Job `remediate`. Safe to run again after a crash: it then only verifies. */
  remediate(actionId: string): Promise<void>;
  /** Job `verify`. */
  verify(actionId: string, attempt: number): Promise<void>;
}

/** Job handlers for confirmed remedies. */
export function makeCarryOut(deps: RemediateDeps): CarryOut {
  return { remediate: (id) => remediate(deps, id), verify: (id, attempt) => verify(deps, id, attempt) };
}

async function remediate(deps: RemediateDeps, id: string): Promise<void> {
  const action = await deps.actions.get(id);
  const remedy = deps.remedies.find((one) => one.id === action?.remedy);
  if (!action || !remedy) return;
  if (action.state === 'running') return lookLater(deps, { ...action, state: 'verifying' }, 'running'); // a worker died in the middle: see what is there
  if (action.state !== 'claimed') return;
  const running: RemedyAction = { ...action, state: 'running' };
  if (!(await deps.actions.move(id, 'claimed', running))) return;
  const params = remedy.Params.parse(action.params);
  const outcome = await remedy.run(params, deps.ports(action.target.cluster), 'apply', AbortSignal.timeout(APPLY_MS));
  if (outcome.kind !== 'applied') {
    await end(deps, running, 'refused', outcome.kind === 'refused' ? outcome.reason : 'nothing was applied');
    return;
  }
  const wrote = outcome.receipts.map((receipt) => `${receipt.verb} ${receipt.object}`).join(', ');
  await audit(deps, by(action), action, { what: 'applied', reason: wrote });
  await deps.tell(action, 'remedy-applied', wrote);
  await deps.announcer.reply(
    action.thread,
    `${id}:applied`,
    `${action.title}: done (${wrote}). Now watching whether it helped.`,
  );
  await lookLater(deps, { ...running, state: 'verifying' }, 'running');
}

async function lookLater(deps: RemediateDeps, action: RemedyAction, from: 'running'): Promise<void> {
  await deps.actions.move(action.id, from, action);
  await deps.queue.add(
    { kind: 'verify', action: action.id, attempt: 1 },
    { id: `verify:${action.id}:1`, delayMs: VERIFY_AFTER_MS[0] ?? 0 },
  );
}

async function verify(deps: RemediateDeps, id: string, attempt: number): Promise<void> {
  const action = await deps.actions.get(id);
  const remedy = deps.remedies.find((one) => one.id === action?.remedy);
  if (!action || !remedy || action.state !== 'verifying') return;
  const seen = await look(deps, remedy, action);
  const delayMs = VERIFY_AFTER_MS[attempt];
  if (seen.kind === 'recovered') return recovered(deps, remedy, action, seen.note);
  if (seen.kind === 'waiting' && delayMs !== undefined) {
    await deps.queue.add(
      { kind: 'verify', action: id, attempt: attempt + 1 },
      { id: `verify:${id}:${attempt + 1}`, delayMs },
    );
    return;
  }
  const note = seen.kind === 'waiting' ? `not seen to have helped within 4 minutes: ${seen.note}` : seen.note;
  if (seen.kind === 'not-recovered' && seen.worse && remedy.undo) return undo(deps, remedy, action, note);
  await end(deps, action, 'failed', note);
}

async function look(deps: RemediateDeps, remedy: Remedy, action: RemedyAction): Promise<Verification> {
  const { target } = action;
  const subject = target.workload ?? target;
  const kind = subject.kind === 'Image' ? undefined : subject.kind;
  const request = { name: subject.name, namespace: target.namespace, ...(kind ? { kind } : {}) };
  const signal = AbortSignal.timeout(LOOK_MS);
  const diagnosis = await deps.diagnose({ request, cluster: target.cluster, signal });
  const scope = await deps.scope({ namespace: target.namespace, cluster: target.cluster, signal });
  const stuck = scope.items.filter((item) => item.workload?.name === subject.name || item.pod === target.name).length;
  return remedy.verify(remedy.Params.parse(action.params), { diagnosis, stuck });
}

async function recovered(deps: RemediateDeps, remedy: Remedy, action: RemedyAction, note: string): Promise<void> {
  await remedy.settle?.(
    remedy.Params.parse(action.params),
    deps.ports(action.target.cluster),
    AbortSignal.timeout(LOOK_MS),
  );
  const done: RemedyAction = { ...action, state: 'done' };
  if (!(await deps.actions.move(action.id, 'verifying', done))) return;
  await audit(deps, by(action), action, { what: 'verified', reason: note });
  await deps.announcer.reply(
    action.thread,
    `${action.id}:verified`,
    `${action.title} helped: ${kubectlName(action.target.workload ?? action.target)}: ${note}.`,
  );
  await deps.announcer.settleAction(done, 'done, seen to have helped');
  await deps.tell(action, 'remedy-verified', note);
}

async function undo(deps: RemediateDeps, remedy: Remedy, action: RemedyAction, note: string): Promise<void> {
  const outcome = await remedy.undo?.(
    remedy.Params.parse(action.params),
    deps.ports(action.target.cluster),
    AbortSignal.timeout(APPLY_MS),
  );
  const undone = outcome?.kind === 'applied';
  await audit(deps, by(action), action, { what: undone ? 'undone' : 'failed', reason: note });
  const how = undone
    ? 'It was undone: what stood there before is back.'
    : `It could not be undone (${outcome?.kind === 'refused' ? outcome.reason : 'nothing to undo'}).`;
  await end(deps, action, 'failed', `${note} ${how}`);
}

async function end(
  deps: RemediateDeps,
  action: RemedyAction,
  state: 'failed' | 'refused',
  note: string,
): Promise<void> {
  const ended: RemedyAction = { ...action, state };
  await deps.actions.move(action.id, action.state, ended);
  await audit(deps, by(action), action, { what: state, reason: note });
  const how = state === 'refused' ? 'was not carried out, nothing was changed' : 'did not help';
  await deps.announcer.reply(action.thread, `${action.id}:${state}`, `${action.title} ${how}: ${note}`);
  await deps.announcer.settleAction(ended, how);
  await deps.tell(action, 'remedy-failed', note);
}

function by(action: RemedyAction): { user: string } {
  return { user: action.confirmedBy ?? 'unknown' };
}
