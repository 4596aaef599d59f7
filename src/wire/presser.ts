/** Facts about whoever presses, from Slack; what cannot be found out counts against. */
import type { SlackVoice } from '../adapters/slack/voice.ts';
import type { Actor } from '../flow/use-cases.ts';
import type { Presser } from '../remediation/guard.ts';

/** `groups`: the user groups that may press; only those are asked about. */
export function makePresser(
  voice: Pick<SlackVoice, 'membership' | 'standing'>,
  groups: readonly string[],
): (actor: Actor) => Promise<Presser> {
  return async ({ user, team, channel }) => {
    const outsider = await voice.standing.outsider(user, team);
    const member = await Promise.all(
      groups.map(async (group) => ((await voice.membership.isMember(group, user)) ? [group] : [])),
    );
    const found = member.flat();
    const blind = found.length === 0 && groups.some((group) => voice.membership.problem(group) !== undefined);
    return { user, channel, groups: blind ? 'unknown' : found, ...(outsider === undefined ? {} : { outsider }) };
  };
}
