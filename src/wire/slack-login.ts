/** The login at start. Slack being away is no reason to take no alerts and to page nobody: it is tried again meanwhile. */
import type { Clock } from '../clock.ts';
import { errorLine, SlackError } from '../errors.ts';
import type { Log } from '../telemetry/log.ts';

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;

/** Resolves after the first try. Throws SlackError when Slack says no: waiting does not mend a token. */
export async function logInToSlack(
  enter: () => Promise<unknown>,
  deps: { readonly clock: Clock; readonly log: Pick<Log, 'info' | 'warn'> },
  signal: AbortSignal,
): Promise<void> {
  try {
    await enter();
  } catch (error) {
    if (!(error instanceof SlackError && error.retryable)) throw error;
    deps.log.warn('slack does not answer: started without it', { detail: errorLine(error) });
    void keepTrying(enter, deps, signal);
  }
}

/** Never rejects. */
async function keepTrying(
  enter: () => Promise<unknown>,
  { clock, log }: Parameters<typeof logInToSlack>[1],
  signal: AbortSignal,
): Promise<void> {
  let said = '';
  for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      await clock.sleep(wait, signal);
      await enter();
      log.info('slack answers now');
      return;
    } catch (error) {
      const detail = errorLine(error);
      if (!signal.aborted && detail !== said) log.warn('slack login failed, it is tried again', { detail });
      said = detail;
    }
  }
}
