/** What every claim store must do. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { atOnce, type MakeBed, type StoreBed } from './store-bed.ts';

export function claimStoreContract(name: string, makeBed: MakeBed): void {
  describe(`claims in ${name}`, () => {
    let bed: StoreBed;
    beforeEach(async () => {
      bed = await makeBed();
    });

    it('has one winner when fifty ask at once', async () => {
      const won = await atOnce(50, (n) => (n % 2 === 0 ? bed.stores : bed.others).claims.claim('press:1', 60_000));
      expect(won.filter(Boolean)).toHaveLength(1);
    });

    it('keeps claims apart, frees a released one, and forgets one that expired', async () => {
      expect(await bed.stores.claims.claim('a', 60_000)).toBe(true);
      expect(await bed.stores.claims.claim('b', 60_000)).toBe(true);
      await bed.others.claims.release('a');
      expect(await bed.stores.claims.claim('a', 60_000)).toBe(true);
      await bed.advance(59_000);
      expect(await bed.stores.claims.claim('b', 60_000)).toBe(false);
      await bed.advance(2000);
      expect(await bed.stores.claims.claim('b', 60_000)).toBe(true);
    });
  });
}
