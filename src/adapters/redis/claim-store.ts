/** Claims: `{pullcheck}:claim:<key>` holds the instant until which it is taken. */
import type { ClaimStore } from '../../incident/ports.ts';
import type { RedisLink } from './connection.ts';
import { timedScript } from './script.ts';

/** KEYS: offset, claim. ARGV: ttl in ms. -> 1 for the winner */
const CLAIM = timedScript(
  'pullcheckClaim',
  `
local untilThen = tonumber(redis.call('GET', KEYS[2]) or 0)
if untilThen > now then return 0 end
redis.call('SET', KEYS[2], now + ARGV[1], 'PX', ARGV[1])
return 1
`,
);

export function createClaimStore(link: RedisLink): ClaimStore {
  const keyOf = (key: string) => link.key('claim', key);
  return {
    claim: async (key, ttlMs) =>
      (await link.run(CLAIM, [link.key('clock-offset'), keyOf(key)], [Math.max(1, Math.ceil(ttlMs))])) === 1,
    release: async (key) => {
      await link.ask((client) => client.del(keyOf(key)));
    },
  };
}
