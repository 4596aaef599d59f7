/** Token buckets with lanes. Pure; the Redis script does the same sums. */
import type { Priority } from './outbox.ts';

/** Highest first. */
const LANES: readonly Priority[] = ['escalation', 'button', 'verdict', 'progress'];
/** Share of a bucket that a lane leaves to those above it. */
const HEAD_ROOM: Readonly<Record<Priority, number>> = { escalation: 0, button: 0.1, verdict: 0.2, progress: 0.3 };
/** How long a refused caller is expected back after its wait, in ms. */
const COME_BACK_MS = 1000;

export interface LaneNeed {
  /** Tokens that must stay in the bucket. */
  readonly headRoom: number;
  /** Lanes that go first while one of their callers waits. */
  readonly higher: readonly Priority[];
}

/** What a lane must respect in a bucket of this capacity. A bucket of one token has no head-room: there, waiting callers go first. */
export function lanes(capacity: number, priority: Priority): LaneNeed {
  return {
    headRoom: Math.min(Math.floor(capacity * HEAD_ROOM[priority]), Math.max(0, capacity - 1)),
    higher: LANES.slice(0, LANES.indexOf(priority)),
  };
}

/** Instants and durations in ms. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
  readonly blockedUntil: number;
  /** Until when a refused caller of a lane is expected back. */
  readonly wanted: Readonly<Partial<Record<Priority, number>>>;
}

/** Takes one token, or says how long to wait. */
export function takeToken(
  bucket: Bucket | undefined,
  limit: { readonly tokens: number; readonly perMs: number },
  priority: Priority,
  now: number,
): { readonly waitMs: number; readonly bucket: Bucket } {
  const before: Bucket = bucket ?? { tokens: limit.tokens, at: now, blockedUntil: 0, wanted: {} };
  if (before.blockedUntil > now) return { waitMs: before.blockedUntil - now, bucket: before };
  const at = Math.max(before.at, before.blockedUntil);
  const perToken = limit.perMs / limit.tokens;
  const tokens = Math.min(limit.tokens, before.tokens + Math.max(0, now - at) / perToken);
  const { headRoom, higher } = lanes(limit.tokens, priority);
  const promised = higher
    .map((lane) => (before.wanted[lane] ?? 0) - now)
    .filter((left) => left > 0 && tokens < 2 + headRoom)
    .map((left) => Math.min(left, Math.ceil(perToken)));
  const missing = tokens + 0.000001 < 1 + headRoom ? Math.ceil((1 + headRoom - tokens) * perToken) : 0;
  const waitMs = Math.max(0, missing, ...promised);
  return {
    waitMs,
    bucket: {
      tokens: Math.max(0, waitMs === 0 ? tokens - 1 : tokens),
      at: Math.max(now, at),
      blockedUntil: before.blockedUntil,
      wanted: { ...before.wanted, [priority]: waitMs === 0 ? 0 : now + waitMs + COME_BACK_MS },
    },
  };
}

/** Nobody may take for `ms`; afterwards it starts with one token. */
export function blockBucket(bucket: Bucket | undefined, ms: number, now: number): Bucket {
  const blockedUntil = Math.max(bucket?.blockedUntil ?? 0, now + ms);
  return { tokens: 1, at: blockedUntil, blockedUntil, wanted: bucket?.wanted ?? {} };
}
