/** The outbox: `{pullcheck}:outbox:<key>`, a hash: state, fence, leaseUntil, maybe ('1': an earlier try may have arrived), channel, ts. */
import type { OutboxStore } from '../../outbox/outbox.ts';
import type { RedisLink } from './connection.ts';
import { OutboxClaimSchema, OutboxHashSchema, read } from './schema.ts';
import { timedScript } from './script.ts';

/** A message is remembered for this long after its last change. */
const KEEP_MS = 30 * 24 * 3600 * 1000;

/** KEYS: offset, record. ARGV: fence, lease in ms, keep in ms. -> { kind, … } */
const CLAIM = timedScript(
  'pullcheckOutboxClaim',
  `
local was = redis.call('HMGET', KEYS[2], 'state', 'leaseUntil', 'maybe', 'channel', 'ts')
if was[1] == 'sent' then return { 'sent', was[4], was[5] } end
local left = tonumber(was[2] or 0) - now
if was[1] == 'sending' and left > 0 then return { 'busy', tostring(left) } end
local maybe = (was[1] == 'sending' or was[1] == 'unknown' or was[3] == '1') and '1' or '0'
redis.call('HSET', KEYS[2], 'state', 'sending', 'fence', ARGV[1], 'leaseUntil', now + ARGV[2], 'maybe', maybe)
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return { 'send', maybe }
`,
);

/** Only the holder of the fence may settle; once sent it stays sent. KEYS: record. ARGV: fence, state, channel, ts. -> 1 or 0 */
const SETTLE = {
  name: 'pullcheckOutboxSettle',
  lua: `
local was = redis.call('HMGET', KEYS[1], 'state', 'fence', 'maybe')
if was[2] ~= ARGV[1] then return 0 end
if was[1] == 'sent' then return ARGV[2] == 'sent' and 1 or 0 end
local state = ARGV[2]
-- Freed, but an earlier try may have arrived: that is not forgotten.
if state == 'planned' and was[3] == '1' then state = 'unknown' end
redis.call('HSET', KEYS[1], 'state', state)
redis.call('HDEL', KEYS[1], 'leaseUntil')
if state == 'unknown' then redis.call('HSET', KEYS[1], 'maybe', '1') end
if state == 'sent' then redis.call('HSET', KEYS[1], 'channel', ARGV[3], 'ts', ARGV[4]) end
return 1
`,
};

export function createOutboxStore(link: RedisLink): OutboxStore {
  const keyOf = (key: string) => link.key('outbox', key);
  return {
    claim: async (key, fence, leaseMs) =>
      read(OutboxClaimSchema, [
        fence,
        await link.run(CLAIM, [link.key('clock-offset'), keyOf(key)], [fence, Math.ceil(leaseMs), KEEP_MS]),
      ]),
    sent: async (key, fence, at) => (await link.run(SETTLE, [keyOf(key)], [fence, 'sent', at.channel, at.ts])) === 1,
    release: async (key, fence) => {
      await link.run(SETTLE, [keyOf(key)], [fence, 'planned']);
    },
    unknown: async (key, fence) => {
      await link.run(SETTLE, [keyOf(key)], [fence, 'unknown']);
    },
    find: async (key) => {
      const hash = await link.ask((client) => client.hgetall(keyOf(key)));
      if (Object.keys(hash).length === 0) return undefined;
      return { key, ...read(OutboxHashSchema, hash) };
    },
  };
}
