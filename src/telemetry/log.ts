/** The program's log: one JSON object a line, a fixed sentence and fields. Every text passes the redactor. */
import { type DestinationStream, pino } from 'pino';
import { PullcheckError } from '../errors.ts';
import { Sealed } from '../sealed.ts';
import type { Redactor } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  /** `message` is fixed text; what changes from line to line goes into `fields`. */
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with fields on every line. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly redactor: Redactor;
  /** stdout for servers, stderr where stdout carries results; or a stream. */
  readonly to: 'stdout' | 'stderr' | DestinationStream;
}

const LONGEST_TEXT = 8192;
const DEEPEST = 6;
const MOST_ITEMS = 100;
const SECRET_KEY = /pass(word|wd)|secret|token|authorization|cookie|^auth$|credential|private.?key|routing.?key/i;

export function createLog({ level, redactor, to }: LogOptions): Log {
  // Synchronous, so that the last line before a crash is not lost.
  const destination = typeof to === 'string' ? pino.destination({ dest: to === 'stdout' ? 1 : 2, sync: true }) : to;
  const logger = pino({ level, base: null, formatters: { level: (label) => ({ level: label }) } }, destination);

  function make(common: LogFields): Log {
    const write =
      (at: 'debug' | 'info' | 'warn' | 'error') =>
      (message: string, fields: LogFields = {}) => {
        if (logger.isLevelEnabled(at))
          logger[at](cleanFields({ ...common, ...fields }, redactor), redactor.mask(message));
      };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      with: (fields) => make({ ...common, ...fields }),
    };
  }
  return make({});
}

/** A log that says nothing, for tests and for commands that print results only. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLog,
};

function cleanFields(fields: LogFields, redactor: Redactor): Record<string, unknown> {
  return clean(fields, redactor, 0) as Record<string, unknown>;
}

/** Plain, bounded and masked, whatever comes in: errors without stacks of SDKs, cycles cut by depth, no getter's failure. */
function clean(value: unknown, redactor: Redactor, depth: number): unknown {
  if (typeof value === 'string') return cutMasked(value, redactor);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Sealed) return value.toJSON();
  if (value instanceof Error) return describe(value, redactor, depth);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[bytes]';
  if (depth >= DEEPEST) return '[deeper]';
  if (value instanceof Map || value instanceof Set) return clean([...value], redactor, depth);
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => clean(item, redactor, depth + 1));
  return Object.fromEntries(
    entriesOf(value).map(([key, item]) => [
      redactor.mask(key),
      SECRET_KEY.test(key) && hidesSecret(item) ? '[masked]' : clean(item, redactor, depth + 1),
    ]),
  );
}

function entriesOf(value: object): [string, unknown][] {
  try {
    return Object.entries(value).slice(0, MOST_ITEMS);
  } catch {
    return [['[unreadable]', true]];
  }
}

/** Counts and flags named after secrets (`tokens: 3`) are no secrets. */
function hidesSecret(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

/** Name, code, message; the stack only of what is a fault of the program. */
function describe(error: Error, redactor: Redactor, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const stack = error instanceof PullcheckError || !error.stack ? {} : { stack: cutMasked(error.stack, redactor) };
  const cause = error.cause === undefined || depth >= DEEPEST ? {} : { cause: clean(error.cause, redactor, depth + 1) };
  return {
    name: error.name,
    ...code,
    message: cutMasked(error.message, redactor),
    ...stack,
    ...cause,
  };
}

/** Masked before it is cut: of a secret that lies across the cut no part would be known. */
function cutMasked(text: string, redactor: Redactor): string {
  const masked = redactor.mask(text.slice(0, 2 * LONGEST_TEXT));
  return masked.length > LONGEST_TEXT ? `${masked.slice(0, LONGEST_TEXT)}…` : masked;
}
