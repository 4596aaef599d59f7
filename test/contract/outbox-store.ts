/** What every outbox must do: nothing is sent twice for one key. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { atOnce, type MakeBed, type StoreBed } from './store-bed.ts';

const AT = { channel: 'C1', ts: '1767225600.000100' };

export function outboxStoreContract(name: string, makeBed: MakeBed): void {
  describe(`the outbox in ${name}`, () => {
    let bed: StoreBed;
    beforeEach(async () => {
      bed = await makeBed();
    });
    const outbox = () => bed.stores.outbox;

    it('gives one of fifty senders the message; the others come back later', async () => {
      const claims = await atOnce(50, (n) =>
        (n % 2 === 0 ? bed.stores : bed.others).outbox.claim('root:i1', `fence-${n}`, 10_000),
      );
      expect(claims.filter(({ kind }) => kind === 'send')).toHaveLength(1);
      for (const claim of claims.filter(({ kind }) => kind !== 'send')) {
        expect(claim).toMatchObject({ kind: 'busy' });
        expect(claim.kind === 'busy' && claim.retryAfterMs > 0 && claim.retryAfterMs <= 10_000).toBe(true);
      }
    });

    it('tells everyone where it landed once it was sent', async () => {
      await outbox().claim('root:i1', 'f1', 10_000);
      expect(await outbox().sent('root:i1', 'f1', AT)).toBe(true);
      expect(await outbox().sent('root:i1', 'f1', AT)).toBe(true);
      expect(await bed.others.outbox.claim('root:i1', 'f2', 10_000)).toEqual({ kind: 'sent', ...AT });
      expect(await outbox().find('root:i1')).toEqual({ key: 'root:i1', state: 'sent', fence: 'f1', ...AT });
    });

    it('hands a dead sender its message over, with a warning, and refuses the dead one when it wakes', async () => {
      await outbox().claim('root:i1', 'frozen', 10_000);
      await bed.advance(10_001);
      const taken = await bed.others.outbox.claim('root:i1', 'next', 10_000);
      expect(taken).toEqual({ kind: 'send', fence: 'next', mayHaveBeenSent: true });
      expect(await outbox().sent('root:i1', 'frozen', AT)).toBe(false);
      await outbox().release('root:i1', 'frozen');
      expect(await outbox().find('root:i1')).toMatchObject({ state: 'sending', fence: 'next' });
      expect(await bed.others.outbox.sent('root:i1', 'next', AT)).toBe(true);
    });

    it('frees a message that certainly was not sent', async () => {
      expect(await outbox().claim('a', 'f1', 10_000)).toEqual({ kind: 'send', fence: 'f1', mayHaveBeenSent: false });
      await outbox().release('a', 'f1');
      expect(await outbox().find('a')).toMatchObject({ state: 'planned' });
      expect(await outbox().claim('a', 'f2', 10_000)).toEqual({ kind: 'send', fence: 'f2', mayHaveBeenSent: false });
    });

    it('remembers that a message may have arrived until it is known to be sent', async () => {
      await outbox().claim('a', 'f1', 10_000);
      await outbox().unknown('a', 'f1');
      expect(await outbox().find('a')).toMatchObject({ state: 'unknown' });
      expect(await outbox().claim('a', 'f2', 10_000)).toEqual({ kind: 'send', fence: 'f2', mayHaveBeenSent: true });
      // The second try failed before it left: the first may still have arrived.
      await outbox().release('a', 'f2');
      expect(await outbox().claim('a', 'f3', 10_000)).toEqual({ kind: 'send', fence: 'f3', mayHaveBeenSent: true });
    });

    it('lets a sender that lost the answer say later that it was sent', async () => {
      await outbox().claim('a', 'f1', 10_000);
      await outbox().unknown('a', 'f1');
      expect(await outbox().sent('a', 'f1', AT)).toBe(true);
      await outbox().unknown('a', 'f1');
      expect(await outbox().find('a')).toMatchObject({ state: 'sent' });
    });

    it('knows nothing of a message that nobody claimed', async () => {
      expect(await outbox().find('never')).toBeUndefined();
      expect(await outbox().sent('never', 'f1', AT)).toBe(false);
    });
  });
}
