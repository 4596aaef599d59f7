/** Slack's limits: calls a minute per method, one post a second per channel. */
import type { FakeClock } from './types.ts';

/** Published tiers: T2 20, T3 50, T4 100 a minute. */
const TIERS: Readonly<Record<string, number>> = {
  'chat.update': 50,
  'chat.delete': 50,
  'chat.postEphemeral': 100,
  'views.open': 100,
  'views.update': 100,
  'conversations.history': 50,
  'conversations.replies': 50,
  'usergroups.users.list': 20,
  'users.info': 100,
  'chat.postMessage': 300,
  'auth.test': 300,
};

export interface Meter {
  /** Seconds to wait; undefined: the call is within the limits. Counts it. */
  over(method: string, channel: string | undefined): number | undefined;
}

export function createMeter(clock: FakeClock): Meter {
  const calls = new Map<string, number[]>();
  const lastPost = new Map<string, number>();
  return {
    over(method, channel) {
      const now = clock.now();
      const recent = (calls.get(method) ?? []).filter((at) => now - at < 60_000);
      calls.set(method, recent);
      if (recent.length >= (TIERS[method] ?? 50))
        return Math.max(1, Math.ceil((60_000 - (now - (recent[0] ?? now))) / 1000));
      if (method === 'chat.postMessage' && channel !== undefined) {
        if (now - (lastPost.get(channel) ?? -1000) < 1000) return 1;
        lastPost.set(channel, now);
      }
      recent.push(now);
      return undefined;
    },
  };
}
