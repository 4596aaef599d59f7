/** Slack over HTTP: Bolt checks the signature and answers; the program's own server owns the port and hands requests over. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type App, HTTPReceiver, type Receiver } from '@slack/bolt';
import type { Clock } from '../../clock.ts';
import { errorLine } from '../../errors.ts';
import type { Sealed } from '../../sealed.ts';
import { boltLogger, type SlackLog } from './log.ts';

const SLACK_EVENTS_PATH = '/slack/events';

/** Node's plain request listener; the body must not have been read. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpParts {
  readonly signingSecret: Sealed;
  readonly clock: Clock;
  readonly log: SlackLog;
}

const TOLERANCE_S = 300;

export function createHttpReceiver(parts: HttpParts): { readonly receiver: Receiver; readonly listener: NodeListener } {
  const bolt = new HTTPReceiver({
    signingSecret: parts.signingSecret.reveal(),
    endpoints: SLACK_EVENTS_PATH,
    bodyLimit: 1024 * 1024,
    logger: boltLogger(parts.log),
  });
  const listener: NodeListener = (request, response) => {
    // Bolt only refuses old requests; one dated into the future would stay valid for as long as its sender likes.
    const sentAt = Number(request.headers['x-slack-request-timestamp']);
    if (sentAt * 1000 - parts.clock.now() > TOLERANCE_S * 1000) return end(response, 401);
    // Bolt compares the type as a whole; proxies append a charset.
    const type = request.headers['content-type'];
    if (type !== undefined) request.headers['content-type'] = type.split(';', 1)[0]?.trim() ?? type;
    try {
      bolt.requestListener(request, response);
    } catch (error) {
      parts.log.warn('slack request not handled', { detail: errorLine(error) });
      end(response, 404);
    }
  };
  const receiver: Receiver = {
    init: (app: App) => bolt.init(app),
    start: async () => undefined,
    stop: async () => undefined,
  };
  return { receiver, listener };
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}
