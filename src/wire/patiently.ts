/** Starts again and again while what it needs may still come: a bot that gave up would come back late, and its pages with it. */
import type { Clock } from '../clock.ts';
import { errorLine, PullcheckError } from '../errors.ts';

/** How long a start waits for its store before it ends with the reason; a wrong address must not hide for ever. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 3_000;

/** Throws what `connect` throws last, at once when trying again cannot help. `onRetry` is told each time. */
export async function patiently<T>(
  connect: () => Promise<T>,
  clock: Clock,
  onRetry: (reason: string) => void,
): Promise<T> {
  const until = clock.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      const mayHelp = error instanceof PullcheckError && error.retryable && clock.now() < until;
      if (!mayHelp) throw error;
      onRetry(errorLine(error));
      await clock.sleep(PAUSE_MS);
    }
  }
}
