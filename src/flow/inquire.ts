/** A person asks (slash command, mention): answered in Slack, opens no incident, pages nobody. */
import { errorLine, PullcheckError, SlackError, StoreError } from '../errors.ts';
import type { ImageRequest, Inquiry } from '../incident/inquiry.ts';
import type { ThreadRef } from '../remediation/action.ts';
import { withDeadline } from './deadline.ts';
import { FULL_RUN_MS, type IncidentDeps, PRIORITY } from './incident-deps.ts';
import { startShow } from './show-run.ts';
import type { CredentialsUseCase, InquireUseCase, PreflightUseCase } from './use-cases.ts';

/** Slack delivers a gesture again for minutes; an hour is on the safe side. */
const GESTURE_MS = 3_600_000;

type AskDeps = Pick<IncidentDeps, 'claims' | 'inquiries' | 'queue' | 'ids' | 'store'>;

/** Stores the question and queues its answer. Throws StoreError when it could not; the same gesture may then come again. */
export function createInquire(deps: AskDeps): InquireUseCase {
  return async ({ request, actor, thread, gesture }) => {
    const { channel } = actor;
    await oncePerGesture(deps, gesture, async () =>
      ask(deps, {
        id: deps.ids(),
        request,
        by: actor.user,
        channel,
        ...(thread === undefined ? {} : { thread: { channel, ts: thread } }),
        askedAt: await deps.store.time(),
      }),
    );
  };
}

/** Stores an inquiry and queues the job that answers it. */
export async function ask(deps: Pick<AskDeps, 'inquiries' | 'queue'>, inquiry: Inquiry): Promise<void> {
  await deps.inquiries.put(inquiry);
  await deps.queue.add(
    { kind: 'inquire', inquiry: inquiry.id },
    { id: `inquire:${inquiry.id}`, priority: PRIORITY.inquire },
  );
}

/** Does `work` for the first delivery of a gesture; undefined for the others. A failure frees it for the next delivery. */
export async function oncePerGesture<T>(
  deps: Pick<AskDeps, 'claims'>,
  gesture: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const key = `gesture:${gesture}`;
  if (!(await deps.claims.claim(key, GESTURE_MS))) return undefined;
  try {
    return await work();
  } catch (error) {
    await deps.claims.release(key);
    throw error;
  }
}

type RunDeps = Pick<
  IncidentDeps,
  'inquiries' | 'announcer' | 'diagnose' | 'scope' | 'offerActions' | 'clock' | 'defaultCluster' | 'report'
> & { readonly preflight: PreflightUseCase; readonly credentials: CredentialsUseCase };

/** Job `inquire`. The same again, after a crash, edits the same messages. Throws SlackError when the root could not be posted. */
export function createRunInquiry(deps: RunDeps): (id: string, signal?: AbortSignal) => Promise<void> {
  return async (id, signal) => {
    const stored = await deps.inquiries.get(id);
    if (!stored) return;
    const { unanswered: _before, ...asked } = stored;
    const thread = asked.thread ?? (await deps.announcer.openInquiry(asked));
    const inquiry: Inquiry = { ...asked, thread };
    await deps.inquiries.put(inquiry);
    try {
      const answered = await answer(deps, inquiry, thread, signal);
      await deps.inquiries.put(answered);
      await deps.announcer.refreshInquiry(answered, thread);
    } catch (error) {
      if (signal?.aborted || !isAnswer(error)) throw error;
      deps.report('inquiry not answered', { inquiry: id, reason: errorLine(error) });
      const ended: Inquiry = { ...inquiry, unanswered: error.message };
      await deps.inquiries.put(ended);
      await deps.announcer.refreshInquiry(ended, thread);
      const sentence = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
      const hint = error.hint === undefined ? '' : ` ${error.hint}`;
      await deps.announcer.reply(thread, `${id}:failed`, `${sentence}${hint}`);
    }
  };
}

async function answer(
  deps: RunDeps,
  inquiry: Inquiry,
  thread: ThreadRef,
  signal: AbortSignal | undefined,
): Promise<Inquiry> {
  const { id, request } = inquiry;
  if (request.verb === 'scope') {
    const { namespace } = request;
    const scope = await withDeadline(deps.clock, FULL_RUN_MS, async (late) =>
      deps.scope({ ...(namespace === undefined ? {} : { namespace }), signal: either(late, signal) }),
    );
    await deps.announcer.showScope(thread, `${id}:scope`, scope);
    return { ...inquiry, scope };
  }
  if (request.verb === 'image' || request.verb === 'credentials') {
    return answerImage(deps, { ...inquiry, request }, thread, signal);
  }
  const title = `Diagnosis of ${request.target.name} in ${request.target.namespace}`;
  const show = startShow(deps, thread, { run: `${id}:1`, title });
  const diagnosis = await show.during(async () =>
    withDeadline(deps.clock, FULL_RUN_MS, async (late) =>
      deps.diagnose({ request: request.target, onProgress: show.progress, signal: either(late, signal) }),
    ),
  );
  const actions = await deps.offerActions(diagnosis, thread, { kind: 'inquiry', id });
  await deps.announcer.showFindings(thread, `${id}:findings`, diagnosis, actions);
  return { ...inquiry, diagnosis };
}

/** Nothing runs yet, so nothing is offered to be repaired. */
async function answerImage(
  deps: RunDeps,
  inquiry: Inquiry & { readonly request: ImageRequest },
  thread: ThreadRef,
  signal: AbortSignal | undefined,
): Promise<Inquiry> {
  const { id, request } = inquiry;
  const { verb, ...about } = request;
  if (verb === 'credentials') {
    const view = await withDeadline(deps.clock, FULL_RUN_MS, async (late) =>
      deps.credentials({ ...about, signal: either(late, signal) }),
    );
    await deps.announcer.showCredentials(thread, `${id}:credentials`, view);
    return { ...inquiry, credentials: view };
  }
  const show = startShow(deps, thread, { run: `${id}:1`, title: `Pre-flight of ${about.image} in ${about.namespace}` });
  const diagnosis = await show.during(async () =>
    withDeadline(deps.clock, FULL_RUN_MS, async (late) =>
      deps.preflight({ ...about, onProgress: show.progress, signal: either(late, signal) }),
    ),
  );
  await deps.announcer.showFindings(thread, `${id}:findings`, diagnosis, []);
  return { ...inquiry, diagnosis };
}

/** What a person can be told; Slack's and the store's own failures are reasons to try the job again. */
export function isAnswer(error: unknown): error is PullcheckError {
  return error instanceof PullcheckError && !(error instanceof SlackError) && !(error instanceof StoreError);
}

function either(late: AbortSignal, signal: AbortSignal | undefined): AbortSignal {
  return signal ? AbortSignal.any([late, signal]) : late;
}
