/** The Lua scripts and the pure functions decide alike, for any course of events. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';
import { createMemoryStores } from '../../../src/adapters/memory/stores.ts';
import { connectRedis, type RedisStores } from '../../../src/adapters/redis/connect.ts';
import { createManualClock } from '../../support/clock.ts';
import { type RedisServer, redisIsHere, startRedis } from '../../support/redis.ts';

const suite = redisIsHere('equal outbox in memory and Redis') ? describe : describe.skip;

type Step =
  | { readonly do: 'claim' | 'sent' | 'release' | 'unknown'; readonly who: string }
  | { readonly do: 'wait'; readonly ms: number };

const who = fc.constantFrom('a', 'b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('claim' as const, 'sent' as const, 'release' as const, 'unknown' as const), who }),
  // Far from the lease's 60 s, so that the real time that passes between two calls decides nothing.
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(20_000, 100_000) }),
);

suite('the outbox', () => {
  let server: RedisServer;
  let raw: Redis;
  let redis: RedisStores;
  let runs = 0;
  beforeAll(async () => {
    server = await startRedis(['--appendfsync', 'no']);
    raw = new Redis(server.port, '127.0.0.1');
    redis = await connectRedis(server.url);
  });
  afterAll(async () => {
    await redis.close();
    raw.disconnect();
    await server.stop();
  });

  it('ends in the same state in Redis and in memory, whoever claims, sends, fails or dies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        runs += 1;
        const key = `message-${runs}`;
        const clock = createManualClock();
        const memory = createMemoryStores(clock);
        for (const next of steps) {
          if (next.do === 'wait') {
            await clock.advance(next.ms);
            await raw.incrby('{pullcheck}:clock-offset', next.ms);
            continue;
          }
          const answers = [];
          for (const { outbox } of [memory, redis]) {
            if (next.do === 'claim') answers.push(await outbox.claim(key, next.who, 60_000));
            else if (next.do === 'sent') answers.push(await outbox.sent(key, next.who, { channel: 'C1', ts: '1' }));
            else answers.push(await outbox[next.do](key, next.who));
          }
          const [inMemory, inRedis] = answers.map((answer) =>
            JSON.stringify(answer)?.replace(/("retryAfterMs":)\d+/, '$1…'),
          );
          expect(inRedis).toBe(inMemory);
        }
        const { leaseUntil: _m, ...inMemory } = (await memory.outbox.find(key)) ?? { leaseUntil: 0 };
        const { leaseUntil: _r, ...inRedis } = (await redis.outbox.find(key)) ?? { leaseUntil: 0 };
        expect(inRedis).toEqual(inMemory);
      }),
      { numRuns: 150 },
    );
  });
});
