/** The audit log: the stream `{pullcheck}:audit`, cut at about 100 000 entries. */
import type { AuditEvent, AuditLog } from '../../remediation/action.ts';
import type { RedisLink } from './connection.ts';
import { AuditEventSchema, parseJson, read } from './schema.ts';

const KEEP_ENTRIES = 100_000;

/** The log, and its newest entries first. */
export interface ReadableAuditLog extends AuditLog {
  recent(limit: number): Promise<readonly AuditEvent[]>;
}

export function createAuditLog(link: RedisLink): ReadableAuditLog {
  const key = link.key('audit');
  return {
    append: async (event) => {
      await link.ask((client) => client.xadd(key, 'MAXLEN', '~', KEEP_ENTRIES, '*', 'event', JSON.stringify(event)));
    },
    recent: async (limit) => {
      const entries = await link.ask((client) => client.xrevrange(key, '+', '-', 'COUNT', limit));
      return entries.map(([, fields]) => read(AuditEventSchema, parseJson(fields[1] ?? '')));
    },
  };
}
