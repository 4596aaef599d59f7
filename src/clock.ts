/** Time, ids and randomness are parameters everywhere; this file is the only one that reads the machine's. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** Instants are milliseconds since the epoch, UTC. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Makes identifiers that nobody can guess: 128 bits, lower-case hex. */
export type IdSource = () => string;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? { signal } : {});
  },
};

export const randomId: IdSource = () => randomBytes(16).toString('hex');

/** RFC 3339 text -> instant; undefined for null, empty or unreadable text (the API server writes null timestamps). */
export function parseTime(text: string | null | undefined): number | undefined {
  if (!text) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Instant -> RFC 3339 UTC text. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** `42s`, `12m`, `3h 5m`, `2d 4h`: how long something is, for people. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days}d` : `${days}d ${hours % 24}h`;
}
