/** Slack's limits as buckets: per method and workspace (tiers), per channel, per message. All replicas share them. */
import type { Clock } from '../../clock.ts';
import type { Priority, RateLimiter } from '../../outbox/outbox.ts';
import { slackError } from './errors.ts';

/** Calls a minute: T2 20, T3 50, T4 100, each minus 20 %; chat.postMessage is special ("several hundred" for the workspace). */
const PER_MINUTE: Readonly<Record<string, number>> = {
  'chat.postMessage': 240,
  'chat.update': 40,
  'chat.delete': 40,
  'chat.postEphemeral': 80,
  'conversations.replies': 40,
  'conversations.history': 40,
  'usergroups.users.list': 16,
  'users.info': 80,
};

export interface Throttle {
  /** Resolves when the call may be made. Throws a retryable SlackError after `patienceMs`. */
  call(method: string, priority: Priority): Promise<void>;
  /** One post a second in a channel. */
  channel(channel: string, priority: Priority): Promise<void>;
  /** One edit of a message in 3 s. */
  message(channel: string, ts: string, priority: Priority): Promise<void>;
  /** Slack said 429: nobody may call this method for `ms`; other methods go on. */
  block(method: string, ms: number): Promise<void>;
}

/** `patienceMs`: how long a caller may be kept waiting; escalations wait three times as long. */
export function createThrottle(limiter: RateLimiter, clock: Clock, team: string, patienceMs = 60_000): Throttle {
  async function wait(bucket: string, limit: { tokens: number; perMs: number }, priority: Priority): Promise<void> {
    const until = clock.now() + (priority === 'escalation' ? 3 * patienceMs : patienceMs);
    for (;;) {
      const ms = await limiter.take(bucket, limit, priority);
      if (ms <= 0) return;
      if (clock.now() + ms > until)
        throw slackError('slack-rate-limited', ['Slack asks for fewer messages.', 'It is tried again later.'], true);
      await clock.sleep(ms);
    }
  }
  return {
    call: (method, priority) =>
      wait(methodBucket(team, method), { tokens: PER_MINUTE[method] ?? 40, perMs: 60_000 }, priority),
    channel: (channel, priority) => wait(`slack:${team}:channel:${channel}`, { tokens: 1, perMs: 1000 }, priority),
    message: (channel, ts, priority) =>
      wait(`slack:${team}:message:${channel}:${ts}`, { tokens: 1, perMs: 3000 }, priority),
    block: (method, ms) => limiter.block(methodBucket(team, method), ms),
  };
}

function methodBucket(team: string, method: string): string {
  return `slack:${team}:method:${method}`;
}
