/** A clock for the demo: it can run faster than the world, and jump. */
import type { Clock } from '../../clock.ts';

export interface SpeedClock extends Clock {
  /** How many seconds pass in one real second; 1 is the world's pace. At least 0 (stands still). */
  setSpeed(factor: number): void;
  speed(): number;
  /** Jumps ahead; whoever sleeps until then wakes. */
  advance(ms: number): void;
}

/** Starts at `base`'s time and pace. Sleepers are re-armed when the pace changes. */
export function createSpeedClock(base: Clock): SpeedClock {
  let factor = 1;
  let anchor = { real: base.now(), shown: base.now() };
  /** Ends the current real sleep of each sleeper, so that it looks again. */
  let changed = new AbortController();

  function now(): number {
    return anchor.shown + (base.now() - anchor.real) * factor;
  }

  function change(next: { factor?: number; jump?: number }): void {
    anchor = { real: base.now(), shown: now() + (next.jump ?? 0) };
    factor = next.factor ?? factor;
    const before = changed;
    changed = new AbortController();
    before.abort();
  }

  return {
    now,
    sleep: async (ms, signal) => {
      const until = now() + ms;
      while (now() < until) {
        signal?.throwIfAborted();
        const { signal: wake } = changed;
        // Standing still: only a change of pace, or the caller's signal, ends the sleep.
        const real = factor === 0 ? 2 ** 30 : Math.min(2 ** 30, Math.ceil((until - now()) / factor));
        await base.sleep(real, signal ? AbortSignal.any([signal, wake]) : wake).catch((error: unknown) => {
          if (!wake.aborted) throw error;
        });
      }
      signal?.throwIfAborted();
    },
    setSpeed: (next) => change({ factor: Math.max(0, next) }),
    speed: () => factor,
    advance: (ms) => change({ jump: ms }),
  };
}
