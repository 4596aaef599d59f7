/**
 * The code host's limits on how often it may be asked. Facts: docs.github.com, "Rate limits for the REST API": 403 or 429 with
 * `x-ratelimit-remaining: 0` and `x-ratelimit-reset` (seconds since the epoch), secondary limits with `retry-after` (seconds) or only a
 * sentence, then at least a minute.
 */
import { type Clock, formatTime } from '../../clock.ts';
import { NoAnswer } from './failure.ts';

type Headers = Readonly<Record<string, string>>;

export interface RateLimit {
  /** @throws NoAnswer while the limit is used up. */
  check(): void;
  /** Remembers what an answer says. Gives the instant until which nothing may be asked, when the answer was a refusal for that reason. */
  heed(answer: { readonly status: number; readonly headers: Headers; readonly text: string }): number | undefined;
}

const MINUTE = 60_000;
/** A limit is per hour; a reset further away than that is a wrong clock, here or there. */
const LONGEST = 65 * MINUTE;

/** One for each credential: limits are counted for it. */
export function createRateLimit(clock: Clock): RateLimit {
  let until = 0;
  return {
    check() {
      if (until > clock.now()) throw usedUp(until);
    },
    heed({ status, headers, text }) {
      const now = clock.now();
      const isRefused = status === 429 || (status === 403 && saysRate(headers, text));
      const isSpent =
        headers['x-ratelimit-remaining'] === '0' && (headers['x-ratelimit-resource'] ?? 'core') === 'core';
      if (!isRefused && !isSpent) return undefined;
      const asked = resetOf(headers, now) ?? (isRefused ? now + MINUTE : now);
      until = Math.max(until, Math.min(asked, now + LONGEST));
      return isRefused ? until : undefined;
    },
  };
}

/** The sentence for it. */
export function usedUp(until: number): NoAnswer {
  return new NoAnswer(`GitHub: the rate limit is used up until ${formatTime(until)}`);
}

function saysRate(headers: Headers, text: string): boolean {
  return (
    headers['x-ratelimit-remaining'] === '0' ||
    headers['retry-after'] !== undefined ||
    /secondary rate limit|rate limit exceeded|abuse detection/i.test(text.slice(0, 2_000))
  );
}

function resetOf(headers: Headers, now: number): number | undefined {
  const after = wholeNumber(headers['retry-after']);
  if (after !== undefined) return now + after * 1_000;
  const reset = headers['x-ratelimit-remaining'] === '0' ? wholeNumber(headers['x-ratelimit-reset']) : undefined;
  return reset === undefined ? undefined : Math.max(now, reset * 1_000);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
