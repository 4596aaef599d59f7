/** What this room says to the operator, and the same as Bolt's logger. Bodies are never logged: Bolt's debug lines would print them. */
import { type Logger, LogLevel } from '@slack/bolt';
import { errorLine } from '../../errors.ts';

/** Static message, facts as fields. */
export interface SlackLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Turns Bolt's and web-api's chatter into log lines; debug is dropped because it holds whole payloads. */
export function boltLogger(log: SlackLog): Logger {
  function line(parts: readonly unknown[]): string {
    return parts.map((part) => (typeof part === 'string' ? part : errorLine(part))).join(' ');
  }
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts: unknown[]) => log.warn('slack sdk', { detail: line(parts) }),
    error: (...parts: unknown[]) => log.error('slack sdk', { detail: line(parts) }),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}
