/** What every rate limiter must do. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { atOnce, type MakeBed, type StoreBed } from './store-bed.ts';

const POSTS = { tokens: 1, perMs: 60_000 };
const EDITS = { tokens: 40, perMs: 4_000_000 };

export function rateLimiterContract(name: string, makeBed: MakeBed): void {
  describe(`the rate limiter in ${name}`, () => {
    let bed: StoreBed;
    beforeEach(async () => {
      bed = await makeBed();
    });
    const limiter = () => bed.stores.limiter;

    it('is shared: two processes together get no more than the bucket holds', async () => {
      const waits = await atOnce(60, (n) =>
        (n % 2 === 0 ? bed.stores : bed.others).limiter.take('chat.update', EDITS, 'escalation'),
      );
      expect(waits.filter((ms) => ms === 0)).toHaveLength(40);
      for (const ms of waits.filter((ms) => ms > 0)) expect(ms).toBeLessThanOrEqual(100_000);
    });

    it('says how long to wait, and keeps its word', async () => {
      expect(await limiter().take('C1', POSTS, 'verdict')).toBe(0);
      const wait = await limiter().take('C1', POSTS, 'verdict');
      expect(wait).toBeGreaterThan(55_000);
      expect(wait).toBeLessThanOrEqual(60_000);
      await bed.advance(wait);
      expect(await limiter().take('C1', POSTS, 'verdict')).toBe(0);
    });

    it('leaves head-room: progress stops first, an escalation still goes', async () => {
      const takeAll = async (priority: 'progress' | 'verdict' | 'button' | 'escalation') => {
        let taken = 0;
        while (taken < 100 && (await limiter().take('chat.update', EDITS, priority)) === 0) taken += 1;
        return taken;
      };
      expect(await takeAll('progress')).toBe(28);
      expect(await takeAll('verdict')).toBe(4);
      expect(await takeAll('button')).toBe(4);
      expect(await takeAll('escalation')).toBe(4);
    });

    it('lets a waiting escalation go before progress in a bucket of one', async () => {
      await limiter().take('C1', POSTS, 'progress');
      const wait = await limiter().take('C1', POSTS, 'escalation');
      await bed.advance(wait);
      expect(await bed.others.limiter.take('C1', POSTS, 'progress')).toBeGreaterThan(0);
      expect(await limiter().take('C1', POSTS, 'escalation')).toBe(0);
    });

    it('does not keep progress waiting for an escalation that never comes back', async () => {
      await limiter().take('C1', POSTS, 'progress');
      await bed.advance(await limiter().take('C1', POSTS, 'escalation'));
      await bed.advance(await limiter().take('C1', POSTS, 'progress'));
      expect(await limiter().take('C1', POSTS, 'progress')).toBe(0);
    });

    it('stops everyone while the other side is blocking', async () => {
      await limiter().block('chat.update', 30_000);
      await limiter().block('chat.update', 10_000);
      const wait = await bed.others.limiter.take('chat.update', EDITS, 'escalation');
      expect(wait).toBeGreaterThan(25_000);
      expect(wait).toBeLessThanOrEqual(30_000);
      await bed.advance(30_001);
      expect(await limiter().take('chat.update', EDITS, 'escalation')).toBe(0);
    });

    it('keeps buckets apart', async () => {
      await limiter().take('C1', POSTS, 'verdict');
      expect(await limiter().take('C2', POSTS, 'verdict')).toBe(0);
    });
  });
}
