import { describe, expect, it } from '@jest/globals';
import { createSpeedClock } from '../../../src/adapters/simulator/clock.ts';
import { createManualClock, settle } from '../../support/clock.ts';

function setUp() {
  const world = createManualClock(0);
  return { world, clock: createSpeedClock(world) };
}

describe('the demo’s clock', () => {
  it('goes with the world at first', async () => {
    const { world, clock } = setUp();
    let woke = false;
    void clock.sleep(1000).then(() => {
      woke = true;
    });
    await world.advance(999);
    expect(woke).toBe(false);
    await world.advance(1);
    expect(woke).toBe(true);
    expect(clock.now()).toBe(1000);
  });

  it('makes twenty minutes last twenty seconds, also for who already sleeps', async () => {
    const { world, clock } = setUp();
    let woke = 0;
    void clock.sleep(20 * 60_000).then(() => {
      woke = world.now();
    });
    clock.setSpeed(60);
    expect(clock.speed()).toBe(60);
    await world.advance(19_999);
    expect(woke).toBe(0);
    await world.advance(1);
    expect(woke).toBe(20_000);
    expect(clock.now()).toBe(20 * 60_000);
  });

  it('jumps, and wakes whom it passes', async () => {
    const { world, clock } = setUp();
    const woke: string[] = [];
    void clock.sleep(1000).then(() => woke.push('soon'));
    void clock.sleep(5000).then(() => woke.push('later'));
    clock.advance(2000);
    await settle();
    expect(woke).toEqual(['soon']);
    await world.advance(3000);
    expect(woke).toEqual(['soon', 'later']);
  });

  it('stands still at speed 0, and goes on afterwards', async () => {
    const { world, clock } = setUp();
    clock.setSpeed(0);
    let woke = false;
    void clock.sleep(1000).then(() => {
      woke = true;
    });
    await world.advance(60_000);
    expect(woke).toBe(false);
    clock.setSpeed(1);
    await world.advance(1000);
    expect(woke).toBe(true);
    expect(clock.now()).toBe(1000);
  });

  it('ends a sleep when it is told to', async () => {
    const { clock } = setUp();
    const stop = new AbortController();
    const asleep = clock.sleep(1000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(asleep).rejects.toThrow('enough');
    await expect(clock.sleep(1, stop.signal)).rejects.toThrow('enough');
  });
});
