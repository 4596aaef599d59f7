/** The ledger's transitions. Keys that depend on what a script finds are built inside it: all share one hash tag (connection.ts). */
import { type Script, timedScript } from './script.ts';

/**
 * Opens an incident, joins the open one of this key, or finds that the alert is known.
 * KEYS: offset, alert, keys, open, due. ARGV: prefix of incidents, key, new id, alert id, opening, joining, dueAt or '', opened at.
 * -> { kind, id }
 */
export const OPEN_OR_JOIN: Script = timedScript(
  'pullcheckOpenOrJoin',
  `
local prefix, key, id, alert = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local known = redis.call('GET', KEYS[2])
if known and redis.call('EXISTS', prefix .. known .. ':events') == 1 then return { 'known', known } end
local current = redis.call('HGET', KEYS[3], key)
if current then
  redis.call('RPUSH', prefix .. current .. ':events', ARGV[6])
  redis.call('SET', KEYS[2], current)
  return { 'joined', current }
end
redis.call('RPUSH', prefix .. id .. ':events', ARGV[5])
redis.call('HSET', prefix .. id, 'key', key)
redis.call('HSET', KEYS[3], key, id)
redis.call('ZADD', KEYS[4], ARGV[8], id)
redis.call('ZADD', KEYS[5], ARGV[7] == '' and now or ARGV[7], id)
redis.call('SET', KEYS[2], id)
return { 'opened', id }
`,
);

/**
 * Compare and append: nothing happens unless the log still has `expected` entries.
 * KEYS: events, meta, due, open, keys, families, families of this incident, then one per alert.
 * ARGV: expected, id, key, dueAt or '', '1' when ended, seconds to keep it then, then the events. -> 1 or 0
 */
export const APPEND: Script = {
  name: 'pullcheckAppend',
  lua: `
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
local id = ARGV[2]
for i = 7, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
for i = 8, #KEYS do redis.call('SET', KEYS[i], id) end
if ARGV[4] == '' then redis.call('ZREM', KEYS[3], id) else redis.call('ZADD', KEYS[3], ARGV[4], id) end
if ARGV[5] == '1' then
  redis.call('ZREM', KEYS[4], id)
  if redis.call('HGET', KEYS[5], ARGV[3]) == id then redis.call('HDEL', KEYS[5], ARGV[3]) end
  for _, family in ipairs(redis.call('SMEMBERS', KEYS[7])) do
    if redis.call('HGET', KEYS[6], family) == id then redis.call('HDEL', KEYS[6], family) end
  end
  redis.call('DEL', KEYS[7])
  redis.call('EXPIRE', KEYS[1], ARGV[6])
  redis.call('EXPIRE', KEYS[2], ARGV[6])
  for i = 8, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[6]) end
end
return 1
`,
};

/** The first open incident to ask keeps the family. KEYS: families, open, families of this one. ARGV: family, id. -> owner */
export const CLAIM_FAMILY: Script = {
  name: 'pullcheckClaimFamily',
  lua: `
local owner = redis.call('HGET', KEYS[1], ARGV[1])
if owner and redis.call('ZSCORE', KEYS[2], owner) then return owner end
if redis.call('ZSCORE', KEYS[2], ARGV[2]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('SADD', KEYS[3], ARGV[1])
end
return ARGV[2]
`,
};

/** Earliest first; an id whose log has expired is dropped. KEYS: offset, due. ARGV: prefix of incidents, limit. -> ids */
export const DUE: Script = timedScript(
  'pullcheckDue',
  `
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[2])) do
  if redis.call('EXISTS', ARGV[1] .. id .. ':events') == 1 then
    found[#found + 1] = id
  else
    redis.call('ZREM', KEYS[2], id)
  end
end
return found
`,
);
