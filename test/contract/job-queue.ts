/** What every queue and its workers must do. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreError, UsageError } from '../../src/errors.ts';
import type { Job, JobHandlers, JobWorker } from '../../src/incident/job.ts';
import type { MakeBed, StoreBed } from './store-bed.ts';

/** All kinds to one function. */
export function allTo(handle: (job: Job, attempt: number, signal: AbortSignal) => Promise<void>): JobHandlers {
  const to = (job: Job, run: { attempt: number; signal: AbortSignal }) => handle(job, run.attempt, run.signal);
  return { 'first-look': to, diagnose: to, due: to, inquire: to, remediate: to, verify: to };
}

/** A promise and its ends. */
function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

export function jobQueueContract(
  name: string,
  makeBed: MakeBed,
  pass: (bed: StoreBed, ms: number) => Promise<void>,
): void {
  describe(`the queue in ${name}`, () => {
    let bed: StoreBed;
    let workers: JobWorker[];
    beforeEach(async () => {
      bed = await makeBed();
      workers = [];
    });
    afterEach(async () => {
      for (const worker of workers) await worker.close(0);
    });
    function work(
      handlers: JobHandlers,
      concurrency = 1,
      onFailure = (_job: Job, _error: unknown, _final: boolean) => {},
    ): JobWorker {
      const worker = bed.stores.work(handlers, { concurrency, onFailure });
      workers.push(worker);
      return worker;
    }
    /** Waits for the `count`-th call, moving the bed's time. */
    async function until(condition: () => boolean): Promise<void> {
      for (let turn = 0; turn < 400 && !condition(); turn += 1) await pass(bed, 50);
      expect(condition()).toBe(true);
    }

    it('carries each kind of job to its handler, whole', async () => {
      const jobs: [string, Job][] = [
        ['look:i1:1', { kind: 'first-look', incident: 'i1' }],
        ['diagnose:i1:r1', { kind: 'diagnose', incident: 'i1', run: 'r1' }],
        ['due:i1:3', { kind: 'due', incident: 'i1' }],
        ['inquire:q1', { kind: 'inquire', inquiry: 'q1' }],
        ['remediate:a1', { kind: 'remediate', action: 'a1' }],
        ['verify:a1:2', { kind: 'verify', action: 'a1', attempt: 2 }],
      ];
      for (const [id, job] of jobs) await bed.others.queue.add(job, { id });
      const seen: Job[] = [];
      work(allTo(async (job) => void seen.push(job)));
      await until(() => seen.length === jobs.length);
      expect(seen).toEqual(jobs.map(([, job]) => job));
    });

    it('runs an id once, however often it is added: waiting, running, done', async () => {
      const add = () => bed.stores.queue.add({ kind: 'inquire', inquiry: 'q1' }, { id: 'inquire:q1' });
      const seen: Job[] = [];
      const { passed, open } = gate();
      await add();
      await add();
      work(
        allTo(async (job) => {
          seen.push(job);
          if (job.kind === 'inquire') await passed;
        }),
        2,
      );
      await until(() => seen.length === 1);
      await add();
      open();
      await bed.stores.queue.add({ kind: 'remediate', action: 'mark' }, { id: 'remediate:mark' });
      await until(() => seen.some((job) => job.kind === 'remediate'));
      await until(() => seen.length === 2);
      await add();
      await bed.stores.queue.add({ kind: 'remediate', action: 'mark-2' }, { id: 'remediate:mark-2' });
      await until(() => seen.length >= 3);
      expect(seen.filter((job) => job.kind === 'inquire')).toHaveLength(1);
    });

    it('takes a due job again once it has ended, so that the sweeper is never shut out', async () => {
      const runs: Job[] = [];
      work(allTo(async (job) => void runs.push(job)));
      for (const wanted of [1, 2, 3]) {
        for (let turn = 0; turn < 100 && runs.length < wanted; turn += 1) {
          await bed.stores.queue.add({ kind: 'due', incident: 'i1' }, { id: 'due:i1:7' });
          await pass(bed, 50);
        }
        expect(runs.length).toBeGreaterThanOrEqual(wanted);
      }
    });

    it('holds a delayed job back', async () => {
      const seen: string[] = [];
      await bed.stores.queue.add({ kind: 'inquire', inquiry: 'later' }, { id: 'inquire:later', delayMs: 1500 });
      await bed.stores.queue.add({ kind: 'inquire', inquiry: 'now' }, { id: 'inquire:now' });
      work(allTo(async (job) => void seen.push(job.kind === 'inquire' ? job.inquiry : '')));
      await until(() => seen.length > 0);
      expect(seen).toEqual(['now']);
      expect(await bed.stores.queue.depth()).toMatchObject({ delayed: 1 });
      await until(() => seen.length > 1);
      expect(seen).toEqual(['now', 'later']);
    });

    it('takes the more urgent job first', async () => {
      await bed.stores.queue.add({ kind: 'inquire', inquiry: 'slow' }, { id: 'inquire:slow', priority: 10 });
      await bed.stores.queue.add({ kind: 'inquire', inquiry: 'fast' }, { id: 'inquire:fast', priority: 1 });
      await bed.stores.queue.add({ kind: 'inquire', inquiry: 'first' }, { id: 'inquire:first' });
      const seen: string[] = [];
      work(allTo(async (job) => void seen.push(job.kind === 'inquire' ? job.inquiry : '')));
      await until(() => seen.length === 3);
      expect(seen).toEqual(['first', 'fast', 'slow']);
    });

    it('tries again what may work later, and gives up on what will not', async () => {
      const attempts: number[] = [];
      const failures: [string, boolean][] = [];
      work(
        allTo(async (job, attempt) => {
          if (job.kind === 'remediate') throw new UsageError({ code: 'gone', message: 'No such action.' });
          attempts.push(attempt);
          if (attempt < 3) throw new StoreError({ code: 'store-unreachable', message: 'Not now.', retryable: true });
        }),
        1,
        (job, _error, final) => failures.push([job.kind, final]),
      );
      await bed.stores.queue.add({ kind: 'inquire', inquiry: 'q1' }, { id: 'inquire:q1' });
      await bed.stores.queue.add({ kind: 'remediate', action: 'a1' }, { id: 'remediate:a1' });
      await until(() => attempts.length === 3 && failures.length === 3);
      expect(attempts).toEqual([1, 2, 3]);
      expect(failures.toSorted(([a], [b]) => a.localeCompare(b))).toEqual([
        ['inquire', false],
        ['inquire', false],
        ['remediate', true],
      ]);
    });

    it('runs as many at a time as it was told', async () => {
      let running = 0;
      let most = 0;
      let done = 0;
      const { passed, open } = gate();
      work(
        allTo(async () => {
          running += 1;
          most = Math.max(most, running);
          await passed;
          running -= 1;
          done += 1;
        }),
        3,
      );
      for (let n = 0; n < 7; n += 1)
        await bed.stores.queue.add({ kind: 'inquire', inquiry: `q${n}` }, { id: `inquire:q${n}` });
      await until(() => running === 3);
      open();
      await until(() => done === 7);
      expect(most).toBe(3);
    });

    it('ends after its running job, and takes no new one', async () => {
      const { passed, open } = gate();
      const seen: string[] = [];
      const worker = work(
        allTo(async (job) => {
          await passed;
          seen.push(job.kind === 'inquire' ? job.inquiry : '');
        }),
      );
      await bed.stores.queue.add({ kind: 'inquire', inquiry: 'running' }, { id: 'inquire:running' });
      await until(() => true);
      for (let turn = 0; turn < 100 && (await bed.stores.queue.depth())['active'] !== 1; turn += 1) await pass(bed, 20);
      await bed.stores.queue.add({ kind: 'inquire', inquiry: 'waiting' }, { id: 'inquire:waiting' });
      const closed = worker.close(10_000);
      workers = [];
      open();
      await closed;
      expect(seen).toEqual(['running']);
      expect(await bed.stores.queue.depth()).toMatchObject({ waiting: 1, active: 0 });
    });

    it('tells a job that does not end in time to stop', async () => {
      let reason: unknown;
      const worker = work(
        allTo(async (_job, _attempt, signal) => {
          await new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
          reason = signal.reason;
        }),
      );
      await bed.stores.queue.add({ kind: 'inquire', inquiry: 'endless' }, { id: 'inquire:endless' });
      for (let turn = 0; turn < 100 && (await bed.stores.queue.depth())['active'] !== 1; turn += 1) await pass(bed, 20);
      const closed = worker.close(100);
      workers = [];
      await until(() => reason !== undefined);
      await closed;
      expect(String(reason)).toContain('the program ends');
    });
  });
}
