/** Is this person one of ours? Guests, other organisations (Slack Connect), bots and deleted accounts may not press. */
import type { WebClient } from '@slack/web-api';
import type { Clock } from '../../clock.ts';
import { failureOf } from './errors.ts';
import type { Throttle } from './limits.ts';
import type { SlackLog } from './log.ts';
import { StandingReply } from './schema.ts';

export interface Standing {
  /** Who they are, in words, when they may not press; undefined: an ordinary member. Who cannot be found out about may not. */
  outsider(user: string, team: string | undefined): Promise<string | undefined>;
}

const KEEP_MS = 60_000;

/** `home`: the bot's own workspace, once known. */
export function createStanding(
  client: WebClient,
  parts: {
    readonly throttle: Throttle;
    readonly clock: Clock;
    readonly log: SlackLog;
    readonly home: () => string | undefined;
  },
): Standing {
  const cache = new Map<string, { readonly until: number; readonly answer: string | undefined }>();

  async function ask(user: string): Promise<string | undefined> {
    const { user: account } = StandingReply.parse(await client.users.info({ user }));
    if (account.deleted) return 'deleted accounts';
    if (account.is_bot) return 'bots';
    if (account.is_stranger) return 'people of another organisation';
    return account.is_restricted || account.is_ultra_restricted ? 'guests' : undefined;
  }

  return {
    async outsider(user, team) {
      const home = parts.home();
      if (team !== undefined && home !== undefined && team !== home) return 'people of another organisation';
      const cached = cache.get(user);
      if (cached && cached.until > parts.clock.now()) return cached.answer;
      try {
        await parts.throttle.call('users.info', 'button');
        const answer = await ask(user);
        cache.set(user, { until: parts.clock.now() + KEEP_MS, answer });
        return answer;
      } catch (error) {
        const failure = failureOf(error, 'users.info');
        if (failure.kind === 'rate-limited') await parts.throttle.block('users.info', failure.ms);
        parts.log.warn('slack user not read', { kind: failure.kind });
        return 'people whom Slack cannot tell us about just now (try again in a minute)';
      }
    },
  };
}
