import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { connectRedis } from '../../../src/adapters/redis/connect.ts';
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
import { type RedisServer, redisIsHere, startRedis } from '../../support/redis.ts';

const NAME = 'Redis';
const suite = redisIsHere('stores in Redis') ? describe : describe.skip;

suite('a real redis-server', () => {
  let server: RedisServer;
  let raw: Redis;
  let open: Stores[] = [];
  let beds = 0;

  beforeAll(async () => {
    server = await startRedis();
    raw = new Redis(server.port, '127.0.0.1');
  });
  afterAll(async () => {
    await closeAll();
    raw.disconnect();
    await server.stop();
  });

  async function closeAll(): Promise<void> {
    for (const stores of open) await stores.close();
    open = [];
  }

  async function makeBed(): Promise<StoreBed> {
    await closeAll();
    beds += 1;
    const namespace = `test-${beds}`;
    const stores: Stores = await connectRedis(server.url, { namespace });
    const others: Stores = await connectRedis(server.url, { namespace });
    open = [stores, others];
    return {
      stores,
      others,
      advance: async (ms) => {
        await raw.incrby(`{${namespace}}:clock-offset`, Math.ceil(ms));
      },
    };
  }

  incidentStoreContract(NAME, makeBed);
  claimStoreContract(NAME, makeBed);
  causeMemoryContract(NAME, makeBed);
  outboxStoreContract(NAME, makeBed);
  rateLimiterContract(NAME, makeBed);
  actionStoreContract(NAME, makeBed);
  inquiryStoreContract(NAME, makeBed);
  auditLogContract(NAME, makeBed);
  // BullMQ's time is the world's.
  jobQueueContract(NAME, makeBed, async (_bed, ms) => {
    await new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  });

  it('keeps every key in one slot of a Cluster', async () => {
    const { stores } = await makeBed();
    await stores.claims.claim('x', 1000);
    await stores.queue.add({ kind: 'inquire', inquiry: 'q' }, { id: 'inquire:q' });
    const keys = await raw.keys(`*test-${beds}*`);
    expect(keys.length).toBeGreaterThan(2);
    expect(keys.filter((key) => !key.startsWith(`{test-${beds}}:`))).toEqual([]);
  });

  it('forgets an inquiry after 24 hours', async () => {
    const { stores } = await makeBed();
    await stores.inquiries.put({ id: 'q1', request: { verb: 'scope' }, by: 'U1', channel: 'C1', askedAt: 1 });
    const left = await raw.pttl(`{test-${beds}}:inquiry:q1`);
    expect(left).toBeGreaterThan(24 * 3600 * 1000 - 60_000);
    expect(left).toBeLessThanOrEqual(24 * 3600 * 1000);
  });

  it('says so when somebody else wrote to a key of ours', async () => {
    const { stores } = await makeBed();
    await raw.set(`{test-${beds}}:inquiry:q1`, '{"id":1}');
    await expect(stores.inquiries.get('q1')).rejects.toMatchObject({ code: 'store-corrupt', retryable: false });
    await raw.lpush(`{test-${beds}}:outbox:k`, 'x');
    await expect(stores.outbox.claim('k', 'f', 1000)).rejects.toMatchObject({ code: 'store-corrupt' });
  });
});
