/** Causes seen: `{pullcheck}:cause:<pod uid>:<container>` holds `<instant it ends>|<JSON>`. */
import { CAUSE_KEPT_MS, type CauseMemory } from '../../evidence/cause-memory.ts';
import type { RedisLink } from './connection.ts';
import { parseJson, RememberedSchema, read } from './schema.ts';
import { timedScript } from './script.ts';

/** KEYS: offset, cause. ARGV: ttl in ms, JSON. */
const REMEMBER = timedScript(
  'pullcheckRemember',
  `
redis.call('SET', KEYS[2], string.format('%.0f', now + ARGV[1]) .. '|' .. ARGV[2], 'PX', ARGV[1])
return 1
`,
);

/** KEYS: offset, cause. -> JSON, or empty */
const RECALL = timedScript(
  'pullcheckRecall',
  `
local kept = redis.call('GET', KEYS[2])
if not kept then return '' end
local bar = string.find(kept, '|', 1, true)
if not bar or (tonumber(string.sub(kept, 1, bar - 1)) or 0) <= now then return '' end
return string.sub(kept, bar + 1)
`,
);

export function createCauseMemory(link: RedisLink): CauseMemory {
  const keysOf = ({ podUid, container }: { readonly podUid: string; readonly container: string }) => [
    link.key('clock-offset'),
    link.key('cause', podUid, container),
  ];
  return {
    remember: async (key, cause) => {
      await link.run(REMEMBER, keysOf(key), [CAUSE_KEPT_MS, JSON.stringify({ image: key.image, cause })]);
    },
    recall: async (key) => {
      const text = String(await link.run(RECALL, keysOf(key), []));
      if (text === '') return undefined;
      const { image, cause } = read(RememberedSchema, parseJson(text));
      return image === key.image ? cause : undefined;
    },
  };
}
