/** Lua scripts: short, one transition each. Redis runs a script alone, so what it checks still holds when it writes. */
export interface Script {
  readonly name: string;
  readonly lua: string;
}

/**
 * `now`: ms by Redis TIME, never by a worker's clock. KEYS[1] is always `clock-offset`: ms that a test adds in order to look
 * 20 minutes ahead; nobody writes it in production.
 */
const NOW = `
local tick = redis.call('TIME')
local now = tick[1] * 1000 + math.floor(tick[2] / 1000) + tonumber(redis.call('GET', KEYS[1]) or 0)
`;

/** A script that knows `now`; KEYS[1] is the clock offset. */
export function timedScript(name: string, body: string): Script {
  return { name, lua: NOW + body };
}

/** KEYS: offset. -> now. */
export const TIME = timedScript('pullcheckTime', 'return now');
