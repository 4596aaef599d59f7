import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { type HttpOptions, type HttpServer, startHttpServer } from '../../../src/adapters/http/server.ts';
import { ConfigError, StoreError } from '../../../src/errors.ts';
import { Sealed } from '../../../src/sealed.ts';

const TOKEN = 'canary-webhook-token';
const ALERT = {
  status: 'firing',
  labels: { alertname: 'PullcheckImagePullFailing', namespace: 'staging', deployment: 'api' },
  annotations: {},
  startsAt: '2026-01-01T12:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: '9ab3c5d7e1f20468',
};
const BODY = JSON.stringify({ version: '4', status: 'firing', truncatedAlerts: 0, alerts: [ALERT] });

let server: HttpServer | undefined;
afterEach(async () => server?.close());

const log: string[] = [];
const received: string[] = [];

async function start(change: Partial<HttpOptions> = {}): Promise<string> {
  log.length = 0;
  received.length = 0;
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    webhookToken: new Sealed(TOKEN),
    receive: async ({ alerts }) => {
      received.push(...alerts.map(({ id }) => id));
      return { accepted: alerts.length, unmatched: 0 };
    },
    ready: async () => [],
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'pullcheck_up 1\n' }),
    report: (message, fields) => log.push(`${message} ${JSON.stringify(fields)}`),
    ...change,
  });
  return server.url;
}

async function post(url: string, body: string, headers: Record<string, string> = {}) {
  const answer = await request(`${url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
    body,
  });
  return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
}

describe('POST /webhooks/alertmanager', () => {
  it('answers 202 once the alerts are stored', async () => {
    const answer = await post(await start(), BODY);
    expect(answer).toEqual({ status: 202, body: { accepted: 1, unmatched: 0, dropped: [] } });
    expect(received).toEqual([`9ab3c5d7e1f20468:${Date.parse(ALERT.startsAt)}`]);
  });

  it.each([
    ['a wrong token', `Bearer ${TOKEN}x`],
    ['the beginning of the token', `Bearer ${TOKEN.slice(0, -1)}`],
    ['another scheme', `Basic ${TOKEN}`],
    ['an empty token', 'Bearer '],
    ['nothing', ''],
  ])('answers 401 to %s, before anything is read', async (_what, authorization) => {
    const answer = await post(await start(), BODY, { authorization });
    expect(answer.status).toBe(401);
    expect(received).toEqual([]);
    expect(log.join()).not.toContain('canary');
  });

  it('answers 503, never 429, when the alerts cannot be stored, and says nothing about the inside', async () => {
    const url = await start({
      receive: async () => {
        throw new StoreError({ code: 'store-unavailable', message: 'redis at 10.0.0.7 refused', retryable: true });
      },
    });
    const answer = await post(url, BODY);
    expect(answer.status).toBe(503);
    expect(JSON.stringify(answer.body)).not.toContain('10.0.0.7');
    expect(log.join()).toContain('10.0.0.7');
  });

  it('answers 503 to a fault of our own, so that the sender tries again', async () => {
    const url = await start({
      receive: async () => {
        throw new TypeError('cannot read properties of undefined');
      },
    });
    const answer = await post(url, BODY);
    expect(answer).toEqual({ status: 503, body: { error: 'internal error, send it again' } });
  });

  it.each([
    ['no JSON', '{"version":', 'body'],
    ['nothing', '', 'body'],
    ['null', 'null', 'body'],
    ['a missing version', JSON.stringify({ alerts: [] }), 'version'],
    ['a prototype', '{"__proto__":{"x":1},"version":"4"}', 'body'],
  ])('answers 400 with the field to %s', async (_what, body, field) => {
    const answer = await post(await start(), body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ field });
    expect(typeof answer.body['error']).toBe('string');
  });

  it('answers 413 to a body that is too large', async () => {
    const answer = await post(await start({ bodyLimit: 1_000 }), JSON.stringify({ x: 'y'.repeat(2_000) }));
    expect(answer.status).toBe(413);
  });
});

describe('without a token', () => {
  const open = { receive: async () => ({ accepted: 0, unmatched: 0 }) };

  it('it refuses to start, and says what to set', async () => {
    const options = { host: '127.0.0.1', port: 0, ready: async () => [], report: () => undefined, ...open };
    const metrics = async () => ({ contentType: 'text/plain', text: '' });
    await expect(startHttpServer({ ...options, metrics })).rejects.toThrow(/PULLCHECK_WEBHOOK_TOKEN/);
    await expect(startHttpServer({ ...options, metrics, webhookToken: new Sealed('') })).rejects.toThrow(ConfigError);
    await expect(startHttpServer({ ...options, metrics, insecureWebhooks: true, host: '0.0.0.0' })).rejects.toThrow(
      /only on a loopback address/,
    );
  });

  it('it starts on loopback when that was asked for', async () => {
    const url = await start();
    await server?.close();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const { webhookToken: _none, ...rest } = {
      webhookToken: undefined,
      host: '127.0.0.1',
      port: 0,
      insecureWebhooks: true,
      receive: async () => ({ accepted: 1, unmatched: 0 }),
      ready: async () => [],
      metrics: async () => ({ contentType: 'text/plain', text: '' }),
      report: () => undefined,
    };
    server = await startHttpServer(rest);
    expect((await post(server.url, BODY, { authorization: '' })).status).toBe(202);
  });
});

describe('the other routes', () => {
  it('say alive, ready or what is missing, and the metrics', async () => {
    let missing: string[] = [];
    const url = await start({ ready: async () => missing });
    expect((await request(`${url}/healthz`)).statusCode).toBe(200);
    expect((await request(`${url}/readyz`)).statusCode).toBe(200);
    missing = ['redis'];
    const unready = await request(`${url}/readyz`);
    expect([unready.statusCode, await unready.body.json()]).toEqual([503, { missing: ['redis'] }]);
    const metrics = await request(`${url}/metrics`);
    expect([metrics.headers['content-type'], await metrics.body.text()]).toEqual([
      'text/plain; version=0.0.4',
      'pullcheck_up 1\n',
    ]);
    expect((await request(`${url}/nothing`)).statusCode).toBe(404);
  });

  it('hand Slack its raw bytes, because the signature covers them', async () => {
    const url = await start({
      slackEvents: async (incoming, response) => {
        const mac = createHmac('sha256', 'secret');
        for await (const chunk of incoming) mac.update(chunk as Buffer);
        response.end(mac.digest('hex'));
      },
    });
    const body = 'payload=%7B%22a%22%3A1%7D';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await request(`${url}/slack/events`, { method: 'POST', headers, body });
    expect(await answer.body.text()).toBe(createHmac('sha256', 'secret').update(body).digest('hex'));
  });
});
