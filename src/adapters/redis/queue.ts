/**
 * The queue `pullcheck` (BullMQ, prefix `{pullcheck}`). A job's id is the documented one with `.` for `:`, because BullMQ keeps the
 * colon for itself: `due:<incident>:7` is `due.<incident>.7` there. Adding an id that is known does nothing: it is known while it
 * waits or runs, and an hour after it ended; a `due` job is forgotten as soon as it ends, so that the sweeper can always ask again.
 */
import { type DefaultJobOptions, Queue, type Job as QueueJob, UnrecoverableError, Worker } from 'bullmq';
import { errorLine, PullcheckError } from '../../errors.ts';
import type { Job, JobHandlers, JobQueue, JobWorker, WorkOptions } from '../../incident/job.ts';
import type { RedisLink } from './connection.ts';
import { JobSchema, NumberSchema, read } from './schema.ts';
import { TIME } from './script.ts';

/** Name of the queue in BullMQ's tools. */
const QUEUE_NAME = 'pullcheck';

/** A dead worker's job is taken over after at most lock + check (escalation tests: 4.5 to 6.5 s), any number of times. */
const TAKEOVER = { lockDuration: 5000, stalledInterval: 2500, maxStalledCount: 1000 };
/** 0.5 s, 1 s, 2 s … about 4 minutes in all. */
const RETRY = { attempts: 10, backoff: { type: 'exponential', delay: 500, jitter: 0.3 } } satisfies DefaultJobOptions;
const KEEP = {
  removeOnComplete: { age: 3600, count: 10_000 },
  removeOnFail: { age: 24 * 3600, count: 10_000 },
} satisfies DefaultJobOptions;
const FORGET = { removeOnComplete: true, removeOnFail: true } satisfies DefaultJobOptions;

export interface RedisQueue extends JobQueue {
  /** Jobs by state, for the gauge. */
  depth(): Promise<Readonly<Record<string, number>>>;
  readonly work: (handlers: JobHandlers, options: WorkOptions) => JobWorker;
  close(): Promise<void>;
}

/** Injective: a dot or percent sign of the id itself is percent-encoded. */
function toQueueId(id: string): string {
  return id.replaceAll('%', '%25').replaceAll('.', '%2E').replaceAll(':', '.');
}

export function createQueue(link: RedisLink): RedisQueue {
  const queue = new Queue(QUEUE_NAME, { connection: link.client, prefix: link.tag, skipWaitingForReady: true });
  // Failures reach the caller of each method; the connection's own are reported by the link.
  queue.on('error', () => undefined);
  return {
    add: async (job, { id, delayMs = 0, priority }) => {
      // A delay counts from Redis TIME: the producer's clock may be wrong.
      const now = delayMs > 0 ? read(NumberSchema, await link.run(TIME, [link.key('no-offset')], [])) : undefined;
      await link.ask(() =>
        queue.add(job.kind, job, {
          jobId: toQueueId(id),
          ...(now === undefined ? {} : { delay: Math.ceil(delayMs), timestamp: now }),
          ...(priority === undefined ? {} : { priority }),
          ...RETRY,
          ...(job.kind === 'due' ? FORGET : KEEP),
        }),
      );
    },
    depth: () => link.ask(() => queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'failed')),
    work: (handlers, options) => startWorker(link, handlers, options),
    close: async () => {
      await queue.close();
    },
  };
}

function startWorker(link: RedisLink, handlers: JobHandlers, options: WorkOptions): JobWorker {
  const client = link.openWorkerClient();
  const ending = new AbortController();
  const worker = new Worker(
    QUEUE_NAME,
    async (item: QueueJob, _token?: string, lost?: AbortSignal) => {
      const signal = lost ? AbortSignal.any([lost, ending.signal]) : ending.signal;
      await runJob(item, handlers, signal);
    },
    { connection: client, prefix: link.tag, concurrency: options.concurrency, ...TAKEOVER },
  );
  worker.on('error', () => undefined);
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id, 'another worker has it');
  });
  worker.on('failed', (item, error) => {
    const job = JobSchema.safeParse(item?.data);
    if (!item || !job.success) return;
    const final = error instanceof UnrecoverableError || item.attemptsMade >= (item.opts.attempts ?? 1);
    options.onFailure?.(job.data, error.cause ?? error, final);
  });
  return {
    close: async (graceMs) => {
      const timer = setTimeout(() => ending.abort(new Error('the program ends')), graceMs);
      // `close` waits for running jobs; once told to stop they get a moment, then their locks run out.
      await Promise.race([worker.close(), aborted(ending.signal, 1000)]);
      clearTimeout(timer);
      await worker.close(true).catch(() => undefined);
      client.disconnect();
    },
  };
}

async function runJob(item: QueueJob, handlers: JobHandlers, signal: AbortSignal): Promise<void> {
  const parsed = JobSchema.safeParse(item.data);
  if (!parsed.success) throw new UnrecoverableError('The job is none of ours.');
  const job = parsed.data;
  try {
    const handler = handlers[job.kind] as (job: Job, run: { attempt: number; signal: AbortSignal }) => Promise<void>;
    await handler(job, { attempt: item.attemptsMade + 1, signal });
  } catch (error) {
    if (signal.aborted || (error instanceof PullcheckError && error.retryable)) throw error;
    const final = new UnrecoverableError(errorLine(error));
    final.cause = error;
    throw final;
  }
}

/** Resolves `afterMs` after the signal aborts. */
function aborted(signal: AbortSignal, afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => setTimeout(resolve, afterMs).unref(), { once: true });
  });
}
