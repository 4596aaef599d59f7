/** A button that fixes: press -> guard -> dry run -> confirm -> claim once -> apply -> verify on fresh evidence -> done, or undone. */
import type { Clock } from '../clock.ts';
import { errorLine } from '../errors.ts';
import type { JobQueue } from '../incident/job.ts';
import type { Announcer, ClaimStore } from '../incident/ports.ts';
import type { ActionStore, AuditEvent, AuditLog, RemedyAction, ThreadRef } from '../remediation/action.ts';
import { type Decision, decide, type Presser, type RemediationPolicy } from '../remediation/guard.ts';
import type { RemedyPorts } from '../remediation/ports.ts';
import type { Remedy, RemedyOutcome } from '../remediation/remedy.ts';
import type { Actor, DiagnoseUseCase, PressAnswer, RemedyPreview, RemedyUseCases, ScopeUseCase } from './use-cases.ts';

export interface RemediateDeps {
  readonly clock: Clock;
  readonly actions: ActionStore;
  readonly audit: AuditLog;
  readonly claims: ClaimStore;
  readonly queue: JobQueue;
  readonly announcer: Announcer;
  readonly remedies: readonly Remedy[];
  readonly policy: RemediationPolicy;
  /** Facts about whoever presses; fails closed. */
  readonly presser: (actor: Actor) => Promise<Presser>;
  readonly ports: (cluster: string) => RemedyPorts;
  /** A thread's page; undefined: it has none. */
  readonly threadLink: (thread: ThreadRef) => string | undefined;
  readonly diagnose: DiagnoseUseCase;
  readonly scope: ScopeUseCase;
  /** Tells the incident (if there is one) what happened to a remedy. `said-in-thread`: it ended the incident, whose last words in the remedy's thread say so. */
  readonly tell: (
    action: RemedyAction,
    event: 'remedy-requested' | 'remedy-applied' | 'remedy-verified' | 'remedy-failed',
    note: string,
  ) => Promise<'said-in-thread' | undefined>;
}

/** Longest live dry run: the person waits for it in the confirm view. */
const PREVIEW_MS = 10_000;
const EXPIRED = 'This button is no longer known: it is older than the bot keeps them. Ask again with /pullcheck.';

/** The Slack side: what a press and the submission of the confirm view do. Writes nothing to the cluster. */
export function makeRemedyUseCases(deps: RemediateDeps): RemedyUseCases {
  return { preview: (id, actor) => preview(deps, id, actor), confirm: (id, actor) => confirm(deps, id, actor) };
}

async function preview(deps: RemediateDeps, id: string, actor: Actor): Promise<RemedyPreview> {
  const judged = await judge(deps, { id, actor, moment: 'press' });
  if ('reason' in judged) return { kind: 'refused', reason: judged.reason };
  const { action, decision, remedy } = judged;
  if (decision.kind === 'second-person') {
    return {
      kind: 'second-person',
      action,
      by: decision.from,
      reason: 'You asked for it already. In production somebody else must press the same button and confirm.',
    };
  }
  const outcome = await dryRun(deps, remedy, action);
  if (outcome.kind === 'refused') {
    await audit(deps, actor, action, { what: 'refused', reason: outcome.reason });
    return { kind: 'refused', reason: outcome.reason };
  }
  const first = decision.kind === 'go' && decision.production && action.requestedBy === undefined;
  const warnings = first
    ? [`${action.target.namespace} is production: after you, a second person must press the same button and confirm.`]
    : [];
  return { kind: 'confirm', action, plan: outcome.plan, warnings };
}

async function confirm(deps: RemediateDeps, id: string, actor: Actor): Promise<PressAnswer> {
  const judged = await judge(deps, { id, actor, moment: 'submit' });
  if ('reason' in judged) return { whisper: judged.reason };
  const { action, decision } = judged;
  if (decision.kind === 'second-person') return askSecond(deps, action, actor);
  const confirmedAt = deps.clock.now();
  const claimed: RemedyAction = { ...action, state: 'claimed', confirmedBy: actor.user, confirmedAt };
  if (!(await deps.actions.move(id, 'offered', claimed)))
    return { whisper: 'Somebody else confirmed it a moment earlier; the thread tells how it goes.' };
  await enqueue(deps, id);
  await audit(deps, actor, claimed, { what: 'confirmed' });
  // Only a nicety: the button is dead already, and the end of the act settles it again.
  await deps.announcer.settleAction(claimed, 'confirmed, being carried out').catch(() => undefined);
  return {};
}

async function enqueue({ queue }: Pick<RemediateDeps, 'queue'>, id: string): Promise<void> {
  await queue.add({ kind: 'remediate', action: id }, { id: `remediate:${id}` });
}

async function askSecond(deps: RemediateDeps, action: RemedyAction, actor: Actor): Promise<PressAnswer> {
  const first = await deps.actions.request(action.id, actor.user);
  if (first === undefined) return { whisper: EXPIRED };
  // Two people submitted at the same time: the slower one is the second.
  if (first !== actor.user) return confirm(deps, action.id, actor);
  if (action.requestedBy === actor.user)
    return { whisper: 'You asked for it already. Somebody else must press the same button and confirm.' };
  await audit(deps, actor, action, { what: 'requested' });
  await deps.tell(action, 'remedy-requested', actor.user);
  await deps.announcer.reply(
    action.thread,
    `${action.id}:requested`,
    `${action.title} was asked for by ${actor.user} in production namespace ${action.target.namespace}. A second person must press the same button and confirm.`,
  );
  return { whisper: 'Recorded. A second person must press the same button and confirm.' };
}

type Judged =
  | { action: RemedyAction; remedy: Remedy; decision: Exclude<Decision, { kind: 'refuse' }> }
  | { reason: string };

/** Reads the action again, gathers facts about the person, decides, and writes every press down, a refused one too. */
async function judge(
  deps: RemediateDeps,
  input: { id: string; actor: Actor; moment: 'press' | 'submit' },
): Promise<Judged> {
  const action = await deps.actions.get(input.id);
  const remedy = deps.remedies.find((one) => one.id === action?.remedy);
  if (!action || !remedy) return { reason: EXPIRED };
  const presser = await deps.presser(input.actor);
  const decision = decide(deps.policy, { action, presser, now: deps.clock.now(), moment: input.moment });
  if (decision.kind === 'refuse') {
    // Confirmed, but its job may have been lost between the claim and the queue; a known id is added once only.
    if (action.state === 'claimed') await enqueue(deps, action.id);
    await audit(deps, input.actor, action, { what: 'refused', reason: decision.reason });
    return { reason: decision.reason };
  }
  if (input.moment === 'press') await audit(deps, input.actor, action, { what: 'press' });
  return { action, remedy, decision };
}

async function dryRun(
  deps: RemediateDeps,
  remedy: Remedy,
  action: RemedyAction,
): Promise<Extract<RemedyOutcome, { kind: 'planned' | 'refused' }>> {
  const params = remedy.Params.safeParse(action.params);
  if (!params.success) return { kind: 'refused', reason: EXPIRED };
  try {
    const ports = portsFor(deps, action);
    const outcome = await remedy.run(params.data, ports, 'dry-run', AbortSignal.timeout(PREVIEW_MS));
    if (outcome.kind === 'handed-over') return { kind: 'refused', reason: outcome.note };
    return outcome.kind === 'applied' ? { kind: 'planned', plan: outcome.plan } : outcome;
  } catch (error) {
    return { kind: 'refused', reason: `What would change could not be found out (${errorLine(error)}). Try again.` };
  }
}

/** Of the action's cluster, with the page of the thread in which it was offered. */
export function portsFor(deps: Pick<RemediateDeps, 'ports' | 'threadLink'>, action: RemedyAction): RemedyPorts {
  const thread = deps.threadLink(action.thread);
  return { ...deps.ports(action.target.cluster), ...(thread === undefined ? {} : { thread }) };
}

/** One line in the audit log: what `actor` did about `action`. */
export async function audit(
  deps: Pick<RemediateDeps, 'audit' | 'clock'>,
  actor: Pick<Actor, 'user'>,
  action: RemedyAction,
  entry: Pick<AuditEvent, 'what' | 'reason'>,
): Promise<void> {
  const subject = `${action.remedy} ${action.target.namespace}/${action.target.name}`;
  await deps.audit.append({ at: deps.clock.now(), actor: actor.user, subject, ...entry });
}
