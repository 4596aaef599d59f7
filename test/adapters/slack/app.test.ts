/** How the app reaches Slack: options that nobody writes into, requests that are refused, posts of one level. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { App } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import { createHttpReceiver } from '../../../src/adapters/slack/http.ts';
import type { SlackLog } from '../../../src/adapters/slack/log.ts';
import { createSocketReceiver } from '../../../src/adapters/slack/socket.ts';
import { Sealed } from '../../../src/sealed.ts';
import { createFlowingClock, START } from './bed.ts';

const quiet: SlackLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('Socket Mode', () => {
  it('keeps the options of the app out of reach of the socket client', () => {
    const shared: WebClientOptions = { slackApiUrl: 'http://127.0.0.1:9/api/' };
    createSocketReceiver({
      appToken: new Sealed('xapp-1'),
      clientOptions: () => shared,
      connections: 2,
      clock: createFlowingClock(),
      log: quiet,
    });
    expect(shared).toEqual({ slackApiUrl: 'http://127.0.0.1:9/api/' });
  });

  it('says at the start that a connection is refused, instead of retrying for hours or crashing later', async () => {
    const asked: string[] = [];
    const receiver = createSocketReceiver({
      appToken: new Sealed('xapp-wrong'),
      connections: 1,
      clock: createFlowingClock(),
      log: quiet,
      clientOptions: () => ({
        fetch: async (url) => {
          asked.push(String(url));
          return Response.json({ ok: false, error: 'invalid_auth' });
        },
      }),
    });
    await expect(receiver.start()).rejects.toThrow('invalid_auth');
    expect(asked).toHaveLength(1);
    expect(receiver.connected()).toBe(0);
    expect(receiver.downSince()).toBe(START);
  });
});

describe('HTTP mode', () => {
  async function serve(): Promise<(body: string, headers: Readonly<Record<string, string>>) => Promise<Response>> {
    const clock = createFlowingClock();
    // Bolt compares with the machine's own time.
    clock.pass(Math.floor(performance.timeOrigin + performance.now()) - START);
    const { receiver, listener } = createHttpReceiver({ signingSecret: new Sealed('s3cret'), clock, log: quiet });
    const app = new App({
      receiver,
      authorize: async () => ({ botToken: 'x', botUserId: 'U0', botId: 'B0' }),
      convoStore: false,
    });
    app.command('/pullcheck', async ({ ack }) => ack('hello'));
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    return (body, headers) =>
      fetch(`http://127.0.0.1:${port}/slack/events`, {
        method: 'POST',
        body,
        headers: { connection: 'close', ...headers },
      });
  }

  function signed(body: string, offsetSeconds = 0): Record<string, string> {
    const timestamp = String(Math.floor((performance.timeOrigin + performance.now()) / 1000) + offsetSeconds);
    const signature = `v0=${createHmac('sha256', 's3cret').update(`v0:${timestamp}:${body}`).digest('hex')}`;
    return {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
      'content-type': 'application/x-www-form-urlencoded',
    };
  }

  const body = new URLSearchParams({
    command: '/pullcheck',
    text: 'help',
    team_id: 'T0',
    user_id: 'U1',
    channel_id: 'C0',
    trigger_id: 't',
  }).toString();

  it('takes a signed request, also with a charset that a proxy appended', async () => {
    const post = await serve();
    const type = 'application/x-www-form-urlencoded; charset=utf-8';
    expect((await post(body, signed(body))).status).toBe(200);
    expect((await post(body, { ...signed(body), 'content-type': type })).status).toBe(200);
  });

  it('refuses a wrong signature, an old request and one from the future', async () => {
    const post = await serve();
    expect((await post(body, { ...signed(body), 'x-slack-signature': 'v0=00' })).status).toBe(401);
    expect((await post(body, signed(body, -400))).status).toBe(401);
    expect((await post(body, signed(body, 3600))).status).toBe(401);
  });
});
