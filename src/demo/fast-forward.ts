/** Twenty minutes in two seconds: the demo's clock jumps in steps, and whatever falls due in a step is done before the next. */
import type { SpeedClock } from '../adapters/simulator/clock.ts';
import { type Clock, systemClock } from '../clock.ts';

const STEP_MS = 60_000;
/** Real time in which the sweeper wakes and asks for what is due. */
const PAUSE_MS = 60;
/** Real time that one step may take; a job that hangs must not stop the demo. */
const PATIENCE_MS = 20_000;

export interface FastForwardParts {
  readonly clock: SpeedClock;
  /** Resolves when no job is ready or running. */
  readonly idle: () => Promise<void>;
  /** Real time; for tests. */
  readonly real?: Clock;
}

/** Ages, expiries and clocks all move: there is one clock. A jump in the middle of a job would look like a job that took minutes. */
export async function fastForward({ clock, idle, real = systemClock }: FastForwardParts, ms: number): Promise<void> {
  await rest(idle, real);
  for (let left = ms; left > 0; left -= STEP_MS) {
    clock.advance(Math.min(STEP_MS, left));
    await real.sleep(PAUSE_MS);
    await rest(idle, real);
  }
}

async function rest(idle: () => Promise<void>, real: Clock): Promise<void> {
  const timer = new AbortController();
  await Promise.race([idle(), real.sleep(PATIENCE_MS, timer.signal).catch(() => undefined)]);
  timer.abort();
}
