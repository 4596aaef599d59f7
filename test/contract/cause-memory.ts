/** What every memory of causes must do. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RememberedCause } from '../../src/evidence/cause-memory.ts';
import { classify } from '../../src/image/classify.ts';
import type { MakeBed, StoreBed } from './store-bed.ts';

const DAY = 24 * 3600 * 1000;
const KEY = { podUid: 'uid-1', container: 'api', image: 'registry.example/team/api:v2' };

function cause(message: string, at = 1): RememberedCause {
  return { message, classification: classify(message, 'ErrImagePull'), at };
}

export function causeMemoryContract(name: string, makeBed: MakeBed): void {
  describe(`causes seen, in ${name}`, () => {
    let bed: StoreBed;
    beforeEach(async () => {
      bed = await makeBed();
    });

    it('recalls the newest cause of a container to every process', async () => {
      await bed.stores.causes.remember(KEY, cause('x509: certificate signed by unknown authority'));
      const newest = cause('dial tcp: lookup registry.example: no such host | "as said"', 2);
      await bed.stores.causes.remember(KEY, newest);
      expect(await bed.others.causes.recall(KEY)).toEqual(newest);
    });

    it('mixes up neither pods nor containers, and says nothing about another image', async () => {
      await bed.stores.causes.remember(KEY, cause('no such host'));
      expect(await bed.others.causes.recall({ ...KEY, podUid: 'uid-2' })).toBeUndefined();
      expect(await bed.others.causes.recall({ ...KEY, container: 'side' })).toBeUndefined();
      expect(await bed.others.causes.recall({ ...KEY, image: 'registry.example/team/api:v3' })).toBeUndefined();
    });

    it('forgets after seven days in which the cause was not seen', async () => {
      await bed.stores.causes.remember(KEY, cause('no such host'));
      await bed.advance(6 * DAY);
      expect(await bed.others.causes.recall(KEY)).toMatchObject({ message: 'no such host' });
      await bed.stores.causes.remember(KEY, cause('no such host', 6 * DAY));
      await bed.advance(6 * DAY);
      expect(await bed.others.causes.recall(KEY)).toMatchObject({ at: 6 * DAY });
      await bed.advance(2 * DAY);
      expect(await bed.others.causes.recall(KEY)).toBeUndefined();
    });
  });
}
