/** Work that must not take longer than it is worth. */
import type { Clock } from '../clock.ts';
import { UnreachableError } from '../errors.ts';

/** Runs `work` and aborts it after `ms`. Rejects with UnreachableError `timed-out`, even when `work` ignores its signal. */
export async function withDeadline<T>(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const working = new AbortController();
  const waiting = new AbortController();
  const late = new UnreachableError({
    code: 'timed-out',
    message: `not finished after ${ms / 1000} s`,
    retryable: true,
  });
  const alarm = clock.sleep(ms, waiting.signal).then(
    () => {
      working.abort(late);
      throw late;
    },
    // The work was faster; nobody waits for this any more.
    async () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work(working.signal), alarm]);
  } finally {
    waiting.abort();
  }
}
