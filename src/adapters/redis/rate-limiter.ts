/** Token buckets shared by all replicas: `{pullcheck}:bucket:<name>`, a hash. The arithmetic is that of `outbox/bucket.ts`. */
import { type LaneNeed, lanes } from '../../outbox/bucket.ts';
import type { RateLimiter } from '../../outbox/outbox.ts';
import type { RedisLink } from './connection.ts';
import { NumberSchema, read } from './schema.ts';
import { timedScript } from './script.ts';

/**
 * KEYS: offset, bucket. ARGV: capacity, ms to fill it, head-room, lane, higher lanes… -> 0, or ms to wait.
 * Fields: tokens, at, blockedUntil, want:<lane> (until when a refused caller of that lane is expected back).
 */
const TAKE = timedScript(
  'pullcheckTake',
  `
local capacity, fill, room, lane = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local was = redis.call('HMGET', KEYS[2], 'tokens', 'at', 'blockedUntil')
local blocked = tonumber(was[3] or 0)
if blocked > now then return blocked - now end
local at = math.max(tonumber(was[2] or now), blocked)
local tokens = math.min(capacity, tonumber(was[1] or capacity) + math.max(0, now - at) * capacity / fill)
local wait = 0
for i = 5, #ARGV do
  local wanted = tonumber(redis.call('HGET', KEYS[2], 'want:' .. ARGV[i]) or 0) - now
  if wanted > 0 and tokens < 2 + room then wait = math.max(wait, math.min(wanted, math.ceil(fill / capacity))) end
end
if tokens + 0.000001 < 1 + room then wait = math.max(wait, math.ceil((1 + room - tokens) * fill / capacity)) end
if wait == 0 then
  redis.call('HDEL', KEYS[2], 'want:' .. lane)
  tokens = tokens - 1
else
  redis.call('HSET', KEYS[2], 'want:' .. lane, now + wait + 1000)
end
redis.call('HSET', KEYS[2], 'tokens', tostring(math.max(0, tokens)), 'at', math.max(now, at))
redis.call('PEXPIRE', KEYS[2], math.ceil(fill) * 2 + 60000)
return wait
`,
);

/** KEYS: offset, bucket. ARGV: ms. */
const BLOCK = timedScript(
  'pullcheckBlock',
  `
local blocked = math.max(tonumber(redis.call('HGET', KEYS[2], 'blockedUntil') or 0), now + ARGV[1])
redis.call('HSET', KEYS[2], 'blockedUntil', blocked, 'tokens', '1', 'at', blocked)
redis.call('PEXPIRE', KEYS[2], blocked - now + 60000)
return 1
`,
);

export function createRateLimiter(link: RedisLink): RateLimiter {
  const keys = (bucket: string) => [link.key('clock-offset'), link.key('bucket', bucket)];
  return {
    take: async (bucket, limit, priority) => {
      const need: LaneNeed = lanes(limit.tokens, priority);
      const args = [limit.tokens, limit.perMs, need.headRoom, priority, ...need.higher];
      return read(NumberSchema, await link.run(TAKE, keys(bucket), args));
    },
    block: async (bucket, ms) => {
      await link.run(BLOCK, keys(bucket), [Math.max(1, Math.ceil(ms))]);
    },
  };
}
