/** What becomes of an outbox record when somebody asks or answers. Pure; the Redis scripts decide the same. */
import type { OutboxClaim, OutboxRecord } from './outbox.ts';

/** `maybe`: an earlier try may have arrived; it stays true until the message is sent. */
export interface Lease extends OutboxRecord {
  readonly maybe: boolean;
}

/** Somebody wants to send. A lease that ran out is taken over, with the warning that it may have been sent. */
export function claimLease(
  was: Lease | undefined,
  asked: { readonly key: string; readonly fence: string; readonly leaseMs: number },
  now: number,
): { readonly claim: OutboxClaim; readonly lease: Lease | undefined } {
  if (was?.state === 'sent') {
    return { claim: { kind: 'sent', channel: was.channel ?? '', ts: was.ts ?? '' }, lease: was };
  }
  const left = (was?.leaseUntil ?? 0) - now;
  if (was?.state === 'sending' && left > 0) return { claim: { kind: 'busy', retryAfterMs: left }, lease: was };
  const maybe = was !== undefined && (was.maybe || was.state !== 'planned');
  return {
    claim: { kind: 'send', fence: asked.fence, mayHaveBeenSent: maybe },
    lease: { key: asked.key, state: 'sending', fence: asked.fence, leaseUntil: now + asked.leaseMs, maybe },
  };
}

export type Settlement =
  | { readonly state: 'sent'; readonly channel: string; readonly ts: string }
  | { readonly state: 'planned' }
  | { readonly state: 'unknown' };

/** The sender says how it went. undefined: the fence is stale, or it was sent already; nothing changes. */
export function settleLease(was: Lease | undefined, fence: string, how: Settlement): Lease | undefined {
  if (!was || was.fence !== fence) return undefined;
  if (was.state === 'sent') return how.state === 'sent' ? was : undefined;
  const { leaseUntil: _over, ...rest } = was;
  if (how.state === 'sent') return { ...rest, state: 'sent', channel: how.channel, ts: how.ts };
  // Freed, but an earlier try may have arrived: that is not forgotten.
  if (how.state === 'planned' && !was.maybe) return { ...rest, state: 'planned' };
  return { ...rest, state: 'unknown', maybe: true };
}
