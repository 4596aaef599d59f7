/** What the fake workspace is made of. */

/** A block or element, as loose JSON. */
export type Json = Readonly<Record<string, unknown>>;

export interface FakeMessage {
  ts: string;
  channel: string;
  thread_ts?: string;
  broadcast: boolean;
  text: string;
  blocks: readonly Json[];
  metadata?: Json;
  user: string;
  edits: number;
  deleted: boolean;
}

export interface Ephemeral {
  readonly channel: string;
  readonly user: string;
  readonly thread_ts?: string;
  readonly text: string;
}

export interface FakeView {
  id: string;
  hash: string;
  user: string;
  view: Json;
  open: boolean;
}

export interface Call {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** What goes wrong with the next calls of a method. */
export type Fault =
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number }
  /** `accepted`: the call was carried out before the connection broke. */
  | { readonly kind: 'reset'; readonly accepted: boolean }
  | { readonly kind: 'timeout'; readonly accepted: boolean }
  | { readonly kind: 'http'; readonly status: number; readonly accepted: boolean }
  | { readonly kind: 'never-connected' }
  | { readonly kind: 'error'; readonly error: string };

/** Slack's clock and time, as the fake needs them. */
export interface FakeClock {
  now(): number;
}

/** A field as text; anything that is no text or number is empty. */
export function str(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
