/** A clock that stands still until the test moves it; sleepers wake in the order of their instants. */
import type { Clock } from '../../src/clock.ts';

export interface ManualClock extends Clock {
  /** Moves ahead, waking sleepers one instant after the other and letting their work run in between. */
  readonly advance: (ms: number) => Promise<void>;
  /** How many sleep. */
  sleepers(): number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Lets everything that is ready run: promise chains and what they start. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** `start`: ms since the epoch; default 2026-01-01T00:00:00Z. */
export function createManualClock(start = 1_767_225_600_000): ManualClock {
  let time = start;
  const sleeping = new Set<Sleeper>();

  function next(until: number): Sleeper | undefined {
    return [...sleeping].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }

  return {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const sleeper: Sleeper = { at: time + Math.max(0, ms), wake: done };
        function done(): void {
          sleeping.delete(sleeper);
          signal?.removeEventListener('abort', stop);
          resolve();
        }
        function stop(): void {
          sleeping.delete(sleeper);
          reject(signal?.reason as Error);
        }
        signal?.addEventListener('abort', stop, { once: true });
        sleeping.add(sleeper);
      }),
    advance: async (ms) => {
      const until = time + ms;
      await settle();
      for (let sleeper = next(until); sleeper; sleeper = next(until)) {
        time = Math.max(time, sleeper.at);
        sleeper.wake();
        await settle();
      }
      time = until;
      await settle();
    },
    sleepers: () => sleeping.size,
  };
}
