/** Who is in a Slack user group; the guard asks. Whoever cannot be found out about is not a member. */
import type { WebClient } from '@slack/web-api';
import type { Clock } from '../../clock.ts';
import { errorOf, failureOf } from './errors.ts';
import type { Throttle } from './limits.ts';
import type { SlackLog } from './log.ts';
import { MembersReply } from './schema.ts';

export interface Membership {
  /** false also when Slack cannot be asked (fails closed); the reason is logged and told by `problem`. */
  isMember(userGroup: string, user: string): Promise<boolean>;
  /** Why the group's members could not be read last time, for people; undefined when they could. */
  problem(userGroup: string): string | undefined;
}

/** The method is T2 (20 a minute), so one answer serves a minute. */
const KEEP_MS = 60_000;

export function createMembership(client: WebClient, throttle: Throttle, clock: Clock, log: SlackLog): Membership {
  const cache = new Map<string, { readonly until: number; readonly users: Promise<ReadonlySet<string> | undefined> }>();
  const problems = new Map<string, string>();

  async function read(userGroup: string): Promise<ReadonlySet<string> | undefined> {
    try {
      await throttle.call('usergroups.users.list', 'button');
      const answer = MembersReply.parse(await client.usergroups.users.list({ usergroup: userGroup }));
      problems.delete(userGroup);
      return new Set(answer.users);
    } catch (error) {
      const failure = failureOf(error, 'usergroups.users.list');
      if (failure.kind === 'rate-limited') await throttle.block('usergroups.users.list', failure.ms);
      const said = errorOf(failure);
      problems.set(userGroup, `${said.message} ${said.hint ?? ''}`.trim());
      log.error('slack user group not read', { userGroup, code: said.code });
      return undefined;
    }
  }

  return {
    async isMember(userGroup, user) {
      const cached = cache.get(userGroup);
      const entry =
        cached && cached.until > clock.now() ? cached : { until: clock.now() + KEEP_MS, users: read(userGroup) };
      cache.set(userGroup, entry);
      const users = await entry.users;
      // A failure is not kept: the next press asks again.
      if (users === undefined && cache.get(userGroup) === entry) cache.delete(userGroup);
      return users?.has(user) ?? false;
    },
    problem: (userGroup) => problems.get(userGroup),
  };
}
