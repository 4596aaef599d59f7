/** The queue in this process: same ids, delays, retries as the one in Redis, by the given clock, so that time can be sped up. */
import type { Clock } from '../../clock.ts';
import { PullcheckError } from '../../errors.ts';
import type { Job, JobHandlers, JobQueue, JobRun, JobWorker, WorkOptions } from '../../incident/job.ts';

const ATTEMPTS = 10;
const FIRST_RETRY_MS = 500;
const KNOWN_AFTER_END_MS = 3600 * 1000;

export interface MemoryQueue extends JobQueue {
  depth(): Promise<Readonly<Record<string, number>>>;
  readonly work: (handlers: JobHandlers, options: WorkOptions) => JobWorker;
  /** Resolves when no job is ready or running (delayed ones may remain). */
  idle(): Promise<void>;
  close(): void;
}

interface Entry {
  readonly id: string;
  readonly job: Job;
  readonly priority: number;
  readonly order: number;
  attempt: number;
}

interface Consumer {
  readonly handlers: JobHandlers;
  readonly options: WorkOptions;
  readonly signal: AbortSignal;
  running: number;
  closing: boolean;
}

export function createQueue(clock: Clock): MemoryQueue {
  /** Until when an id is known; Infinity while it waits or runs. */
  const known = new Map<string, number>();
  const ready: Entry[] = [];
  const consumers: Consumer[] = [];
  const ending = new AbortController();
  let order = 0;
  let delayed = 0;
  let running = 0;
  let watchers: (() => void)[] = [];

  function enqueue(entry: Entry): void {
    ready.push(entry);
    // 0 first, then rising; equals in the order they came.
    ready.sort((a, b) => a.priority - b.priority || a.order - b.order);
    pump();
  }

  function later(entry: Entry, ms: number): void {
    delayed += 1;
    clock.sleep(ms, ending.signal).then(
      () => {
        delayed -= 1;
        enqueue(entry);
      },
      () => undefined,
    );
  }

  function pump(): void {
    for (const consumer of consumers) {
      while (!consumer.closing && consumer.running < consumer.options.concurrency) {
        const entry = ready.shift();
        if (!entry) return;
        start(consumer, entry);
      }
    }
  }

  function start(consumer: Consumer, entry: Entry): void {
    consumer.running += 1;
    running += 1;
    entry.attempt += 1;
    runEntry(consumer, entry)
      .catch((error: unknown) => fail(consumer, entry, error))
      .then((end) => {
        if (end !== 'again') finish(entry);
        consumer.running -= 1;
        running -= 1;
        pump();
        notify();
      })
      .catch(() => undefined);
  }

  function fail(consumer: Consumer, entry: Entry, error: unknown): 'again' | undefined {
    const retry = error instanceof PullcheckError && error.retryable && entry.attempt < ATTEMPTS;
    consumer.options.onFailure?.(entry.job, error, !retry);
    if (!retry) return undefined;
    later(entry, FIRST_RETRY_MS * 2 ** (entry.attempt - 1));
    return 'again';
  }

  function finish(entry: Entry): void {
    if (entry.job.kind === 'due') known.delete(entry.id);
    else known.set(entry.id, clock.now() + KNOWN_AFTER_END_MS);
  }

  function notify(): void {
    const calls = watchers;
    watchers = [];
    for (const call of calls) call();
  }

  async function until(done: () => boolean): Promise<void> {
    while (!done()) {
      await new Promise<void>((resolve) => {
        watchers.push(resolve);
      });
    }
  }

  return {
    add: async (job, { id, delayMs = 0, priority = 0 }) => {
      if ((known.get(id) ?? 0) > clock.now()) return;
      known.set(id, Number.POSITIVE_INFINITY);
      order += 1;
      const entry: Entry = { id, job: structuredClone(job), priority, order, attempt: 0 };
      if (delayMs > 0) later(entry, delayMs);
      else enqueue(entry);
    },
    depth: async () => ({ waiting: ready.length, active: running, delayed }),
    work: (handlers, options) => {
      const stop = new AbortController();
      const consumer: Consumer = { handlers, options, signal: stop.signal, running: 0, closing: false };
      consumers.push(consumer);
      pump();
      return {
        close: async (graceMs) => {
          consumer.closing = true;
          const graceOver = new AbortController();
          clock.sleep(graceMs, graceOver.signal).then(
            () => {
              stop.abort(new Error('the program ends'));
              notify();
            },
            () => undefined,
          );
          await until(() => consumer.running === 0 || stop.signal.aborted);
          graceOver.abort();
          consumers.splice(consumers.indexOf(consumer), 1);
        },
      };
    },
    idle: () => until(() => running === 0 && ready.length === 0),
    close: () => ending.abort(new Error('the queue is closed')),
  };
}

async function runEntry(consumer: Consumer, entry: Entry): Promise<undefined> {
  const handler = consumer.handlers[entry.job.kind] as (job: Job, run: JobRun) => Promise<void>;
  await handler(entry.job, { attempt: entry.attempt, signal: consumer.signal });
  return undefined;
}
