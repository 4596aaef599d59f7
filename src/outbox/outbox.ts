/**
 * The outbox: every message to people has a key, is written down before it is sent, and is never sent twice for the same key.
 * chat.postMessage has no idempotency key of its own (slack-api-specs issue 10), so the record is ours.
 */

/** `planned` -> `sending` (fenced, leased) -> `sent`; `unknown`: the post may or may not have arrived. */
export interface OutboxRecord {
  readonly key: string;
  readonly state: 'planned' | 'sending' | 'sent' | 'unknown';
  readonly fence: string;
  /** Where it landed. */
  readonly channel?: string;
  readonly ts?: string;
  /** Lease of a sender, by the store's time. */
  readonly leaseUntil?: number;
}

export type OutboxClaim =
  /** It is yours to send; say `sent` with this fence. */
  | { readonly kind: 'send'; readonly fence: string; readonly mayHaveBeenSent: boolean }
  | { readonly kind: 'sent'; readonly channel: string; readonly ts: string }
  /** Another sender holds the lease; come back. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number };

/** Atomic; Redis and memory behave alike (one contract suite). */
export interface OutboxStore {
  claim(key: string, fence: string, leaseMs: number): Promise<OutboxClaim>;
  /** false: the fence is stale (someone else took over). */
  sent(key: string, fence: string, at: { readonly channel: string; readonly ts: string }): Promise<boolean>;
  /** The request failed before anything could have been posted: free it. */
  release(key: string, fence: string): Promise<void>;
  /** The request may have been accepted (timeout, reset, 5xx). */
  unknown(key: string, fence: string): Promise<void>;
  find(key: string): Promise<OutboxRecord | undefined>;
}

/** Shared by all replicas: tokens per (method) and per (channel). */
export interface RateLimiter {
  /** 0: go now. Otherwise ms to wait before asking again. Taking is atomic. */
  take(bucket: string, limit: { readonly tokens: number; readonly perMs: number }, priority: Priority): Promise<number>;
  /** The other side said 429: nobody may use this bucket for `ms`. */
  block(bucket: string, ms: number): Promise<void>;
}

/** Highest first. A lower lane leaves head-room for the higher ones. */
export type Priority = 'escalation' | 'button' | 'verdict' | 'progress';
