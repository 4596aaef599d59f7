/** What every inquiry store must do. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Inquiry } from '../../src/incident/inquiry.ts';
import { TAG_NOT_FOUND } from '../support/incidents.ts';
import type { MakeBed, StoreBed } from './store-bed.ts';

const ASKED: Inquiry = {
  id: 'q1',
  request: { verb: 'pod', target: { name: 'api-service', namespace: 'staging' } },
  by: 'U1',
  channel: 'C1',
  askedAt: 1,
};

export function inquiryStoreContract(name: string, makeBed: MakeBed): void {
  describe(`inquiries in ${name}`, () => {
    let bed: StoreBed;
    beforeEach(async () => {
      bed = await makeBed();
    });

    it('keeps a question and then its answer', async () => {
      await bed.stores.inquiries.put(ASKED);
      expect(await bed.others.inquiries.get('q1')).toEqual(ASKED);
      const answered: Inquiry = { ...ASKED, thread: { channel: 'C1', ts: '1.2' }, diagnosis: TAG_NOT_FOUND };
      await bed.stores.inquiries.put(answered);
      expect(await bed.others.inquiries.get('q1')).toEqual(answered);
    });

    it('keeps questions about images, and the credentials that were the answer', async () => {
      const request = { verb: 'credentials', image: 'ghcr.io/a/b:1', namespace: 'shop', serviceAccount: 'ci' } as const;
      const asked: Inquiry = { ...ASKED, id: 'q4', request };
      const credentials = {
        apiVersion: 'pullcheck/v1',
        kind: 'Credentials',
        repository: 'ghcr.io/a/b',
        tried: [{ secret: 'regcred', entry: 'ghcr.io', username: 'robot' }],
        ignored: [{ secret: 'old', entry: null, reason: 'does not exist' }],
        node: 'unknown',
        error: null,
      } as const;
      await bed.stores.inquiries.put({ ...asked, credentials });
      expect(await bed.others.inquiries.get('q4')).toEqual({ ...asked, credentials });
      const preflight: Inquiry = {
        ...ASKED,
        id: 'q5',
        request: { verb: 'image', image: 'nginx', namespace: 'shop' },
        diagnosis: { ...TAG_NOT_FOUND, kind: 'Preflight' },
      };
      await bed.stores.inquiries.put(preflight);
      expect(await bed.others.inquiries.get('q5')).toEqual(preflight);
    });

    it('keeps a scope of everything', async () => {
      const scope: Inquiry = { ...ASKED, id: 'q2', request: { verb: 'scope' } };
      await bed.stores.inquiries.put(scope);
      expect(await bed.stores.inquiries.get('q2')).toEqual(scope);
      expect(await bed.stores.inquiries.get('q3')).toBeUndefined();
    });
  });
}
