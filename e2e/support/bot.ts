/** The bot as its own processes, configured as a platform team would: environment, pullcheck.yaml, Redis, the service account. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type SimulatedPager, startSimulatedPager } from '../../src/adapters/simulator/pager/pager.ts';
import type { AuditEvent } from '../../src/remediation/action.ts';
import { freePort, type RedisServer, startRedis } from '../../test/support/redis.ts';
import { eventually } from './box.ts';
import { type LocalSlack, SIGNING_SECRET, startSlack } from './slack.ts';

export interface Bot {
  readonly slack: LocalSlack;
  readonly pager: SimulatedPager;
  readonly redis: RedisServer;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly webhookToken: string;
  /** Its pullcheck.yaml. */
  readonly configFile: string;
  /** Everything that bot and workers wrote, for the canary check. */
  logFile: string;
  /** One more worker process; gives its handle. */
  worker(): Promise<ChildProcess>;
  /** Moves the store's time forward: what is due is decided by it. */
  fastForward(minutes: number): Promise<void>;
  /** The audit log, oldest first. */
  audit(): Promise<readonly AuditEvent[]>;
  stop(): Promise<void>;
}

export interface BotOptions {
  readonly kubeconfig: string;
  /** pullcheck.yaml; JSON is YAML. */
  readonly config: object;
  readonly env?: Readonly<Record<string, string>>;
  /** false: `serve --no-worker`; workers are started by the test. */
  readonly work?: boolean;
  /** true: Slack posts to /slack/events, signed. */
  readonly http?: boolean;
}

export async function startBot(options: BotOptions): Promise<Bot> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-e2e-bot-'));
  const port = await freePort();
  const events = options.http ? `http://127.0.0.1:${port}/slack/events` : undefined;
  const [redis, slack, pager] = [
    await startRedis(),
    await startSlack(await freePort(), events),
    await startSimulatedPager(),
  ];
  const webhookToken = 'e2e-webhook-token-canary';
  const file = join(folder, 'pullcheck.yaml');
  writeFileSync(file, JSON.stringify({ slack: { channel: slack.channel, blocks: 'sections' }, ...options.config }));
  const logFile = join(folder, 'log');
  const log = createWriteStream(logFile);
  const base = {
    ...process.env,
    ...options.env,
    KUBECONFIG: options.kubeconfig,
    PULLCHECK_CONFIG: file,
    PULLCHECK_HOST: '127.0.0.1',
    PULLCHECK_WEBHOOK_TOKEN: webhookToken,
    REDIS_URL: redis.url,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    ...(options.http
      ? { SLACK_MODE: 'http', SLACK_SIGNING_SECRET: SIGNING_SECRET }
      : { SLACK_APP_TOKEN: slack.tokens.app }),
    PAGERDUTY_URL: pager.url,
    PAGERDUTY_ROUTING_KEY: 'e2e-routing-key-canary-000000000',
  };
  const children: ChildProcess[] = [];
  async function start(args: readonly string[], at: number): Promise<ChildProcess> {
    const child = spawn('bin/pullcheck.mjs', [...args], {
      env: { ...base, PULLCHECK_PORT: String(at) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    children.push(child);
    const ready = async (): Promise<true | undefined> => {
      if (child.exitCode !== null) {
        const said = readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join(' / ');
        throw new Error(`it ended with ${child.exitCode}: ${said}`);
      }
      return (await fetch(`http://127.0.0.1:${at}/readyz`).catch(() => undefined))?.ok ? true : undefined;
    };
    await eventually(`pullcheck ${args.join(' ')}, see ${logFile}`, ready, 30);
    return child;
  }
  await start(options.work === false ? ['serve', '--no-worker'] : ['serve'], port);
  return {
    slack,
    pager,
    redis,
    url: `http://127.0.0.1:${port}`,
    webhookToken,
    configFile: file,
    logFile,
    worker: async () => start(['worker'], await freePort()),
    async fastForward(minutes) {
      const client = new Redis(redis.url);
      await client.incrby('{pullcheck}:clock-offset', minutes * 60_000);
      client.disconnect();
    },
    async audit() {
      const client = new Redis(redis.url);
      const entries = await client.xrange('{pullcheck}:audit', '-', '+');
      client.disconnect();
      return entries.map(([, fields]): AuditEvent => JSON.parse(fields[1] ?? '{}'));
    },
    async stop() {
      await Promise.all(children.map(endOf));
      await Promise.all([slack.stop(), pager.close(), redis.stop()]);
      log.end();
      if (process.env['PULLCHECK_E2E_KEEP']) process.stderr.write(`kept ${logFile}\n`);
      else rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The starter may have started another Node: its whole group ends. */
export async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await gone;
}
