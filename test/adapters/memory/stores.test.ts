import { describe, expect, it } from '@jest/globals';
import { createMemoryStores } from '../../../src/adapters/memory/stores.ts';
import type { Stores } from '../../../src/flow/stores.ts';
import { actionStoreContract } from '../../contract/action-store.ts';
import { auditLogContract } from '../../contract/audit-log.ts';
import { causeMemoryContract } from '../../contract/cause-memory.ts';
import { claimStoreContract } from '../../contract/claim-store.ts';
import { incidentStoreContract } from '../../contract/incident-store.ts';
import { inquiryStoreContract } from '../../contract/inquiry-store.ts';
import { jobQueueContract } from '../../contract/job-queue.ts';
import { outboxStoreContract } from '../../contract/outbox-store.ts';
import { rateLimiterContract } from '../../contract/rate-limiter.ts';
import type { StoreBed } from '../../contract/store-bed.ts';
import { createManualClock } from '../../support/clock.ts';

async function makeBed(): Promise<StoreBed> {
  const clock = createManualClock();
  const stores: Stores = createMemoryStores(clock);
  return { stores, others: stores, advance: clock.advance };
}

const NAME = 'memory';
incidentStoreContract(NAME, makeBed);
claimStoreContract(NAME, makeBed);
causeMemoryContract(NAME, makeBed);
outboxStoreContract(NAME, makeBed);
rateLimiterContract(NAME, makeBed);
actionStoreContract(NAME, makeBed);
inquiryStoreContract(NAME, makeBed);
auditLogContract(NAME, makeBed);
jobQueueContract(NAME, makeBed, (bed, ms) => bed.advance(ms));

describe('memory', () => {
  it('forgets an inquiry after 24 hours', async () => {
    const { stores, advance } = await makeBed();
    await stores.inquiries.put({ id: 'q1', request: { verb: 'scope' }, by: 'U1', channel: 'C1', askedAt: 1 });
    await advance(24 * 3600 * 1000 - 1);
    expect(await stores.inquiries.get('q1')).toBeDefined();
    await advance(1);
    expect(await stores.inquiries.get('q1')).toBeUndefined();
  });
});
