/** What a start and an outage look like to whoever operates the bot: it takes alerts without Slack and without a cluster, and says so. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createMemoryStores } from '../../src/adapters/memory/stores.ts';
import { randomId, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config/config.ts';
import { StoreError } from '../../src/errors.ts';
import type { Stores } from '../../src/flow/stores.ts';
import { Sealed } from '../../src/sealed.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { openOutside } from '../../src/wire/outside.ts';
import { type Service, startService } from '../../src/wire/service.ts';
import { wireTelemetry } from '../../src/wire/telemetry.ts';
import { createFakeSlack } from '../support/fake-slack/index.ts';

const TOKEN = 'a-token-for-webhooks';
const NOBODY = `
apiVersion: v1
kind: Config
current-context: prod
contexts: [{ name: prod, context: { cluster: prod, user: me } }]
clusters: [{ name: prod, cluster: { server: "http://127.0.0.1:1" } }]
users: [{ name: me, user: {} }]
`;
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Bot {
  readonly service: Service;
  readonly logged: string[];
  get(route: string): Promise<{ status: number; text: string }>;
}

async function start(
  slackAnswers: () => string | undefined,
  change = (stores: Stores): Stores => stores,
): Promise<Bot> {
  const config = loadConfig({
    variables: {
      SLACK_BOT_TOKEN: 'xoxb-fake',
      SLACK_APP_TOKEN: 'xapp-fake',
      PULLCHECK_WEBHOOK_TOKEN: TOKEN,
      REDIS_URL: 'redis://127.0.0.1:1',
      PULLCHECK_HOST: '127.0.0.1',
      PULLCHECK_PORT: '0',
    },
    readFile: () => '{}',
    need: 'serve',
  });
  const silent = wireTelemetry(config, 'silent');
  const logged: string[] = [];
  const log = createLog({ level: 'info', redactor: silent.redactor, to: { write: (line) => void logged.push(line) } });
  const slack = createFakeSlack({ clock: systemClock });
  const outside = openOutside(config, { kubeconfigText: NOBODY }, { clock: systemClock, register: () => undefined });
  closing.push(() => outside.close());
  const fetch: typeof slack.fetch = async (input, init) => {
    const said = slackAnswers();
    if (said === 'away') throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
    return said === undefined ? slack.fetch(input, init) : Response.json({ ok: false, error: said });
  };
  const service = await startService({
    config,
    stores: change(createMemoryStores(systemClock)),
    outside,
    telemetry: { ...silent, log },
    clock: systemClock,
    newId: randomId,
    connection: { botToken: new Sealed('xoxb-fake'), fetch, log },
    slackMode: { kind: 'custom', receiver: slack.receiver },
    webhooks: true,
    work: false,
  });
  closing.push(() => service.stop());
  return {
    service,
    logged,
    async get(route) {
      const answer = await globalThis.fetch(`${service.url}${route}`);
      return { status: answer.status, text: await answer.text() };
    },
  };
}

async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  const limit = AbortSignal.timeout(10_000);
  while (!(await look())) {
    limit.throwIfAborted();
    await systemClock.sleep(20);
  }
}

describe('the start', () => {
  it('does not wait for Slack: alerts are taken, what is missing is said, and the login follows', async () => {
    let away = true;
    const bot = await start(() => (away ? 'away' : undefined));
    expect(await bot.get('/readyz')).toEqual({ status: 200, text: '{"status":"ready","degraded":["slack login"]}' });
    expect((await bot.get('/metrics')).text).toMatch(/^pullcheck_slack_up 0$/m);
    expect(bot.logged.join('')).toContain('slack does not answer: started without it');
    const stored = await fetch(`${bot.service.url}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        version: '4',
        status: 'firing',
        receiver: 'pullcheck',
        groupKey: '{}',
        alerts: [
          {
            status: 'firing',
            labels: { alertname: 'PullcheckImagePullFailing', namespace: 'shop', deployment: 'api' },
            annotations: {},
            startsAt: '2026-03-19T09:00:00Z',
            endsAt: '0001-01-01T00:00:00Z',
            fingerprint: 'a1',
          },
        ],
      }),
    });
    expect([stored.status, await stored.json()]).toMatchObject([202, { accepted: 1 }]);
    away = false;
    await until(async () => (await bot.get('/readyz')).text === '{"status":"ready"}');
    expect(bot.logged.join('')).toContain('slack answers now');
  });

  it('ends with a sentence when Slack refuses the token: waiting would not mend it', async () => {
    await expect(start(() => 'invalid_auth')).rejects.toThrow('Slack does not accept the bot token.');
  });

  it('warns where an alert or an escalation would reach nobody', async () => {
    const bot = await start(() => undefined);
    for (const missing of ['slack.channel', 'oncall', 'PAGERDUTY_ROUTING_KEY']) {
      expect(bot.logged.some((line) => line.includes('"level":"warn"') && line.includes(missing))).toBe(true);
    }
  });

  it('says which cluster cannot be reached', async () => {
    const bot = await start(() => undefined);
    await until(() => bot.logged.some((line) => line.includes('cluster not reachable now')));
    expect(bot.logged.find((line) => line.includes('not reachable'))).toContain('127.0.0.1:1');
  });
});

describe('while the store does not answer', () => {
  it('the metrics are shown all the same, and say so', async () => {
    const gone = async (): Promise<never> => {
      throw new StoreError({ code: 'store-unreachable', message: 'Redis did not answer.', retryable: true });
    };
    const bot = await start(
      () => undefined,
      (stores) => ({ ...stores, incidents: { ...stores.incidents, time: gone, open: gone } }),
    );
    const { status, text } = await bot.get('/metrics');
    expect(status).toBe(200);
    expect(text).toMatch(/^pullcheck_store_up 0$/m);
    expect(text).toMatch(/^pullcheck_pages_total\{outcome="sent"\} 0$/m);
    expect(await bot.get('/readyz')).toEqual({ status: 503, text: '{"missing":["store"]}' });
  });
});
