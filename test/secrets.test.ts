/**
 * One secret of each sort is pushed through the running service: an alert, a diagnosis, a rotation by button, errors on the way.
 * Then everything that left it is searched: Slack, the log, the stores, HTTP answers, terminal text, error values.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMemoryStores } from '../src/adapters/memory/stores.ts';
import { createPagerDuty } from '../src/adapters/pager/pagerduty.ts';
import { connectRedis } from '../src/adapters/redis/connect.ts';
import { createSpeedClock } from '../src/adapters/simulator/clock.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../src/adapters/simulator/cluster/simulate.ts';
import { type SimulatedRegistry, startSimulatedRegistry } from '../src/adapters/simulator/registry/server.ts';
import { renderDiagnosis } from '../src/adapters/terminal/render-diagnosis.ts';
import { createStyle } from '../src/adapters/terminal/style.ts';
import { randomId, systemClock } from '../src/clock.ts';
import { loadConfig } from '../src/config/config.ts';
import { Sealed } from '../src/sealed.ts';
import { createLog } from '../src/telemetry/log.ts';
import { wireDiagnosis } from '../src/wire/diagnosis.ts';
import { type Outside, openOutside } from '../src/wire/outside.ts';
import { type Service, startService } from '../src/wire/service.ts';
import { type Telemetry, wireTelemetry } from '../src/wire/telemetry.ts';
import { createFakeSlack, type FakeSlack } from './support/fake-slack/index.ts';
import { leaksOf, printed, recorded } from './support/leaks.ts';

const ROTATE = 'Rotate the pull secret…';
const ALERTS = 'C0ALERTS0';
const ANN = 'U0ANN0000';
const OLD = 'canary-old-pull-password';
const NEW = 'canary-new-pull-password';
const OWN = 'canary-own-registry-password';
const secrets = {
  SLACK_BOT_TOKEN: 'xoxb-fake',
  SLACK_APP_TOKEN: 'xapp-1-canary-app',
  SLACK_SIGNING_SECRET: 'canary-signing-secret',
  PULLCHECK_WEBHOOK_TOKEN: 'canary-webhook-token',
  PAGERDUTY_ROUTING_KEY: 'canary-routing-key',
  GITHUB_TOKEN: 'canary-github-token',
  REDIS_URL: 'redis://:canary-redis-password@127.0.0.1:1',
};
const canaries = [OLD, NEW, OWN, ...Object.values(secrets), 'canary-redis-password'];

const leaks = leaksOf(canaries);

async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it was expected to fail');
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const limit = AbortSignal.timeout(20_000);
  for (;;) {
    const seen = look();
    if (seen) return seen;
    if (limit.aborted) throw new Error(`never came: ${what}`);
    await systemClock.sleep(20);
  }
}

const clock = createSpeedClock(systemClock);
const stored: string[] = [];
const logged: string[] = [];
let registry: SimulatedRegistry;
let cluster: SimulatedCluster;
let slack: FakeSlack;
let telemetry: Telemetry;
let outside: Outside;
let service: Service;
let config: ReturnType<typeof loadConfig>;

beforeAll(async () => {
  clock.setSpeed(20);
  registry = await startSimulatedRegistry({ clock, auth: 'basic' });
  const digest = registry.push('team/api', '1.0');
  registry.allow('robot', new Sealed(NEW));
  cluster = await startSimulatedCluster({
    clock,
    ids: randomId,
    pull: ({ secrets: given, image }) =>
      given.some(({ data }) => data['.dockerconfigjson']?.reveal().includes(NEW))
        ? { ok: true, digest }
        : { ok: false, message: `failed to pull and unpack image "${image}": unexpected status: 401 Unauthorized` },
  });
  cluster.world.node({ name: 'node-1' });
  cluster.world.serviceAccount({ namespace: 'shop', name: 'default' });
  const at = { namespace: 'shop', name: 'regcred' };
  cluster.world.pullSecret({ ...at, registry: registry.host, username: 'robot', password: OLD });
  const image = `${registry.host}/team/api:1.0`;
  await cluster.world.deployment({ namespace: 'shop', name: 'api', image, imagePullSecrets: ['regcred'] });

  slack = createFakeSlack({ clock });
  slack.addChannel(ALERTS, [ANN]);
  const file = [
    `slack: { channel: ${ALERTS}, blocks: sections }`,
    `access: { press: { users: [${ANN}] } }`,
    `registries: [{ host: "${registry.host}", plainHttp: true, credentials: { env: OWN } }]`,
    `credentialSources: [{ registry: "${registry.host}", from: { env: ROTATED } }]`,
  ].join('\n');
  config = loadConfig({
    variables: {
      ...secrets,
      OWN: `bot:${OWN}`,
      ROTATED: `robot:${NEW}`,
      GITHUB_API_URL: 'http://127.0.0.1:1',
      PULLCHECK_HOST: '127.0.0.1',
      PULLCHECK_PORT: '0',
      PULLCHECK_CONFIG: 'pullcheck.yaml',
    },
    readFile: () => file,
    need: 'serve',
  });
  const silent = wireTelemetry(config, 'silent');
  const log = createLog({ level: 'debug', redactor: silent.redactor, to: { write: (line) => void logged.push(line) } });
  telemetry = { ...silent, log, report: (message, fields) => log.info(message, fields) };
  outside = openOutside(
    config,
    { kubeconfigText: cluster.kubeconfig() },
    { clock, register: (secret) => telemetry.redactor.register(secret) },
  );
  const stores = createMemoryStores(clock);
  service = await startService({
    config,
    stores: recorded(stores, stored),
    outside,
    telemetry,
    clock,
    newId: randomId,
    connection: { botToken: new Sealed(secrets.SLACK_BOT_TOKEN), fetch: slack.fetch, log },
    slackMode: { kind: 'custom', receiver: slack.receiver },
    webhooks: true,
    work: true,
  });
});

afterAll(async () => {
  await service?.stop();
  await outside?.close();
  await cluster?.close();
  await registry?.stop();
});

function post(token: string, body: string): Promise<Response> {
  return fetch(`${service.url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
}

const alert = JSON.stringify({
  version: '4',
  groupKey: '{}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'pullcheck',
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: '',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'PullcheckImagePullFailing', namespace: 'shop', deployment: 'api' },
      annotations: {},
      startsAt: '2026-03-19T09:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: 'a1',
    },
  ],
});

function secretData(name: string): string {
  const data = cluster.world.get('Secret', 'shop', name)?.['data'];
  return Buffer.from(JSON.stringify(data) ?? '').toString();
}

describe('no secret leaves the program', () => {
  it('(the search itself finds one in whatever form)', () => {
    const basic = Buffer.from(`robot:${OLD}`).toString('base64');
    for (const text of [`x${OLD}y`, `/auth/${basic}`, encodeURIComponent(` ${OLD}`), JSON.stringify({ a: [OLD] })]) {
      expect(leaks(text)).toEqual([OLD]);
    }
    expect(leaks(printed(new Sealed(OLD)))).toEqual([]);
  });

  it('while an alert comes in, is diagnosed, and a rotation by button repairs it', async () => {
    expect(leaks(secretData('regcred'))).toEqual([OLD]);
    const answer = await post(secrets.PULLCHECK_WEBHOOK_TOKEN, alert);
    expect(answer.status).toBe(202);
    const ann = slack.user(ANN, 'ann');
    await until('the button', () => JSON.stringify(slack.channel(ALERTS).messages).includes(ROTATE));
    await ann.presses({ channel: ALERTS, label: ROTATE });
    expect(JSON.stringify(ann.window())).toContain('regcred');
    await ann.submits();
    await until('the rotated Secret', () => leaks(secretData('regcred')).includes(NEW));
    await until('the recovery', () => stored.some((line) => line.includes('"state":"done"')));

    expect(slack.calls.length).toBeGreaterThan(3);
    expect(leaks(JSON.stringify(slack.calls))).toEqual([]);
    expect(leaks(JSON.stringify([slack.workspace.messages, slack.workspace.ephemerals]))).toEqual([]);
    expect(stored.length).toBeGreaterThan(10);
    expect(leaks(stored.join('\n'))).toEqual([]);
    expect(leaks(await answer.text())).toEqual([]);
  });

  it('in the log, whatever somebody gives it', async () => {
    const { log } = telemetry;
    // Secrets that are read later become known to the log as they are read.
    const { credentials } = outside.remedyPorts('simulated');
    await credentials.credentialFor(registry.host, AbortSignal.timeout(1000));
    outside.ownCredential(registry.host);
    const password = Buffer.from(`robot:${NEW}`).toString('base64');
    log.error(`login with ${NEW} failed`, { header: `Basic ${password}`, error: new Error(`bad ${OWN}`) });
    log.warn('settings', { config, redis: secrets.REDIS_URL, nested: { routingKey: secrets.PAGERDUTY_ROUTING_KEY } });
    log.info('url', { url: `https://x.test/?token=${encodeURIComponent(secrets.PULLCHECK_WEBHOOK_TOKEN)}` });
    expect(logged.length).toBeGreaterThan(3);
    expect(leaks(logged.join(''))).toEqual([]);
  });

  it('in a diagnosis as JSON or as text for the terminal', async () => {
    cluster.world.pullSecret({
      namespace: 'shop',
      name: 'stale',
      registry: registry.host,
      username: 'robot',
      password: OLD,
    });
    // Another tag: the first one lies on the node's disk by now.
    registry.push('team/api', '1.1');
    const image = `${registry.host}/team/api:1.1`;
    await cluster.world.deployment({ namespace: 'shop', name: 'web', image, imagePullSecrets: ['stale'] });
    const { diagnose } = wireDiagnosis(config, outside, clock);
    const diagnosis = await diagnose({
      request: { kind: 'Deployment', name: 'web', namespace: 'shop' },
      signal: AbortSignal.timeout(10_000),
    });
    expect(diagnosis.verdict.cause).toBe('credentials-rejected');
    expect(leaks(printed(diagnosis))).toEqual([]);
    expect(leaks(renderDiagnosis(diagnosis, createStyle(false)))).toEqual([]);
  });

  it('in answers of the HTTP port', async () => {
    const wrong = await post('wrong', alert);
    const malformed = await post(secrets.PULLCHECK_WEBHOOK_TOKEN, `{"alerts": "${NEW}"}`);
    expect([wrong.status, malformed.status]).toEqual([401, 400]);
    const texts = [await wrong.text(), await malformed.text()];
    for (const route of ['readyz', 'healthz', 'metrics'])
      texts.push(await (await fetch(`${service.url}/${route}`)).text());
    expect(texts.join('\n')).toContain('pullcheck_jobs_total{kind="remediate",outcome="done"} 1');
    expect(leaks(texts.join('\n'))).toEqual([]);
  });

  it('in errors of the configuration', async () => {
    const bad = await errorOf(() =>
      loadConfig({
        variables: {
          ...secrets,
          PULLCHECK_PORT: 'eighty',
          PAGERDUTY_URL: 'nowhere',
          PULLCHECK_CONFIG: 'pullcheck.yaml',
        },
        readFile: () => `slack: { token: "${NEW}" }\nregistries: [{ host: "https://robot:${OWN}@x" }]`,
        need: 'serve',
      }),
    );
    expect(printed(bad)).toContain('PULLCHECK_PORT');
    expect(leaks(printed(bad))).toEqual([]);
    expect(leaks(printed(config))).toEqual([]);
  });

  it('in errors of Redis and of the paging service', async () => {
    const redis = await errorOf(() => connectRedis(secrets.REDIS_URL));
    expect(leaks(printed(redis))).toEqual([]);
    // A service that quotes what it was sent.
    const echo = createServer((request, response) => {
      response.statusCode = 400;
      response.setHeader('content-type', 'application/json');
      request.on('data', (part: Buffer) => response.write(part)).on('end', () => response.end());
    });
    await new Promise<void>((resolve) => {
      echo.listen(0, '127.0.0.1', resolve);
    });
    const { port } = echo.address() as AddressInfo;
    const pager = createPagerDuty({
      routingKey: new Sealed(secrets.PAGERDUTY_ROUTING_KEY),
      url: `http://127.0.0.1:${port}`,
    });
    const refused = await errorOf(() => pager.resolve('incident-1'));
    expect(leaks(printed(refused))).toEqual([]);
    await new Promise((resolve) => {
      echo.close(resolve);
    });
  });
});
