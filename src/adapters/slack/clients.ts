/** Three web clients, because one client's retries and pauses hit every call that goes through it. */
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Sealed } from '../../sealed.ts';
import { boltLogger, type SlackLog } from './log.ts';

/** Where Slack is and how it is reached. `fetch` is for tests and proxies. */
export interface SlackConnection {
  readonly botToken: Sealed;
  /** Base address; the default is Slack's own. */
  readonly apiUrl?: string;
  readonly fetch?: NonNullable<WebClientOptions['fetch']>;
  /** Where messages have their pages; default: the workspace's own address. null: nowhere. */
  readonly pages?: string | null;
  readonly log: SlackLog;
}

export interface SlackClients {
  /** views.*, ephemerals: 2 s, no retry; the person is waiting and the trigger is gone after 3 s. */
  readonly interactive: WebClient;
  /** chat.*: 10 s, no retry (the SDK's own would post twice), 429 comes back at once; driven by the outbox. */
  readonly post: WebClient;
  /** Idempotent reads: 10 s, two quick retries, 429 comes back at once. */
  readonly read: WebClient;
}

export function createClients(connection: SlackConnection): SlackClients {
  const token = connection.botToken.reveal();
  function client(timeout: number, retries: number): WebClient {
    return new WebClient(token, {
      ...baseOptions(connection),
      timeout,
      rejectRateLimitedCalls: true,
      retryConfig: { retries, minTimeout: 200, maxTimeout: 1000 },
    });
  }
  return { interactive: client(2000, 0), post: client(10_000, 0), read: client(10_000, 2) };
}

/** A fresh object each time: the socket client writes into the one it is given. */
export function baseOptions(connection: SlackConnection): WebClientOptions {
  return {
    ...(connection.apiUrl === undefined ? {} : { slackApiUrl: connection.apiUrl }),
    ...(connection.fetch === undefined ? {} : { fetch: connection.fetch }),
    logger: boltLogger(connection.log),
    // A method name that is an absolute address would send the token there.
    allowAbsoluteUrls: false,
  };
}
