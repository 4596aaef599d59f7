/** Buttons' meaning: `{pullcheck}:action:<id>`, a hash: state, record (JSON), requestedBy. */
import type { ActionStore } from '../../remediation/action.ts';
import type { RedisLink } from './connection.ts';
import { ActionSchema, parseJson, read, TextSchema } from './schema.ts';
import type { Script } from './script.ts';

const KEEP_MS = 30 * 24 * 3600 * 1000;

/** Writes the record if the state is the expected one ('' : whatever it is). KEYS: action. ARGV: from, to, record, first person, keep. */
const MOVE: Script = {
  name: 'pullcheckActionMove',
  lua: `
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'state') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'record', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'requestedBy', ARGV[4]) end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
`,
};

/** The first person stays the first. KEYS: action. ARGV: person. -> whoever it is; nil when there is no such action */
const REQUEST: Script = {
  name: 'pullcheckActionRequest',
  lua: `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('HSETNX', KEYS[1], 'requestedBy', ARGV[1])
return redis.call('HGET', KEYS[1], 'requestedBy')
`,
};

export function createActionStore(link: RedisLink): ActionStore {
  const keyOf = (id: string) => link.key('action', id);
  return {
    put: async (action) => {
      const args = ['', action.state, JSON.stringify(action), action.requestedBy ?? '', KEEP_MS];
      await link.run(MOVE, [keyOf(action.id)], args);
    },
    get: async (id) => {
      const [record, requestedBy] = await link.ask((client) => client.hmget(keyOf(id), 'record', 'requestedBy'));
      if (!record) return undefined;
      return { ...read(ActionSchema, parseJson(record)), ...(requestedBy ? { requestedBy } : {}) };
    },
    move: async (id, from, to) => {
      const args = [from, to.state, JSON.stringify(to), to.requestedBy ?? '', KEEP_MS];
      return (await link.run(MOVE, [keyOf(id)], args)) === 1;
    },
    request: async (id, by) => {
      const owner = await link.run(REQUEST, [keyOf(id)], [by]);
      return owner === null ? undefined : read(TextSchema, owner);
    },
  };
}
