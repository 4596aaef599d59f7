/** Display names, so that a message can say who did something without mentioning them. */
import type { WebClient } from '@slack/web-api';
import type { Clock } from '../../clock.ts';
import { failureOf } from './errors.ts';
import type { Throttle } from './limits.ts';
import type { SlackLog } from './log.ts';
import { UserReply } from './schema.ts';

export interface NameBook {
  /** Names of those that are Slack user ids; the others are left out. Never throws: an unknown name is no reason to stay silent. */
  of(ids: readonly (string | undefined)[]): Promise<ReadonlyMap<string, string>>;
}

const KEEP_MS = 10 * 60_000;
const MAX_NAMES = 2000;

export function createNameBook(client: WebClient, throttle: Throttle, clock: Clock, log: SlackLog): NameBook {
  const known = new Map<string, { readonly name: string; readonly until: number }>();

  async function one(id: string): Promise<string | undefined> {
    const cached = known.get(id);
    if (cached && cached.until > clock.now()) return cached.name;
    try {
      await throttle.call('users.info', 'progress');
      const { user } = UserReply.parse(await client.users.info({ user: id }));
      const name = user.profile?.display_name || user.real_name || user.name;
      if (!name) return undefined;
      if (known.size >= MAX_NAMES) known.clear();
      known.set(id, { name: `@${name}`, until: clock.now() + KEEP_MS });
      return `@${name}`;
    } catch (error) {
      const failure = failureOf(error, 'users.info');
      if (failure.kind === 'rate-limited') await throttle.block('users.info', failure.ms);
      log.warn('slack user name not read', { user: id, kind: failure.kind });
      return cached?.name;
    }
  }

  return {
    async of(ids) {
      const wanted = [...new Set(ids)].filter((id) => id !== undefined && /^[UW][A-Z0-9]{2,}$/.test(id)).slice(0, 10);
      const pairs = await Promise.all(wanted.map(async (id) => [id ?? '', await one(id ?? '')] as const));
      return new Map(pairs.flatMap(([id, name]) => (name === undefined ? [] : [[id, name] as const])));
    },
  };
}
