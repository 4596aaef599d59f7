/** Redis comes up after the bot: the bot waits, says so, and goes on; a wrong password is told at once. */
import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../../src/clock.ts';
import { StoreError } from '../../src/errors.ts';
import { patiently } from '../../src/wire/patiently.ts';

/** Time passes only when somebody sleeps. */
function clockOf(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
}
const away = new StoreError({ code: 'store-unavailable', message: 'Redis does not answer', retryable: true });

describe('a start without its store', () => {
  it('waits for it and says why', async () => {
    const said: string[] = [];
    let tries = 0;
    const answer = await patiently(
      async () => {
        tries += 1;
        if (tries < 4) throw away;
        return 'connected';
      },
      clockOf(),
      (reason) => said.push(reason),
    );
    expect(answer).toBe('connected');
    expect(said).toEqual(Array.from({ length: 3 }, () => 'Redis does not answer'));
  });

  it('ends with the reason after two minutes', async () => {
    const clock = clockOf();
    await expect(
      patiently(
        async () => Promise.reject(away),
        clock,
        () => {},
      ),
    ).rejects.toBe(away);
    expect(clock.now()).toBe(120_000);
  });

  it('does not wait where waiting cannot help', async () => {
    const clock = clockOf();
    const refused = new StoreError({ code: 'store-refused', message: 'wrong password' });
    await expect(
      patiently(
        async () => Promise.reject(refused),
        clock,
        () => {},
      ),
    ).rejects.toBe(refused);
    expect(clock.now()).toBe(0);
  });
});
