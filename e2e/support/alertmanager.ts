/** A real Alertmanager that sends to the bot as deploy/alerting says; alerts are fired with amtool. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/redis.ts';
import { eventually, run } from './box.ts';

export interface Alertmanager {
  fire(labels: Readonly<Record<string, string>>): Promise<void>;
  /** The same alert, ended. */
  end(labels: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export async function startAlertmanager(bot: { url: string; webhookToken: string }): Promise<Alertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-e2e-alertmanager-'));
  const port = await freePort();
  const config = {
    route: {
      receiver: 'pullcheck',
      group_by: ['alertname', 'namespace'],
      group_wait: '1s',
      group_interval: '2s',
      repeat_interval: '1h',
    },
    receivers: [
      {
        name: 'pullcheck',
        webhook_configs: [
          {
            url: `${bot.url}/webhooks/alertmanager`,
            send_resolved: true,
            http_config: { authorization: { type: 'Bearer', credentials: bot.webhookToken } },
          },
        ],
      },
    ],
  };
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, JSON.stringify(config));
  const child: ChildProcess = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await eventually(
    'alertmanager',
    async () => ((await fetch(`${url}/-/ready`).catch(() => undefined))?.ok ? true : undefined),
    20,
  );
  const add = async (labels: Readonly<Record<string, string>>, ...more: string[]): Promise<void> => {
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const added = await run('amtool', ['alert', 'add', `--alertmanager.url=${url}`, ...more, ...pairs]);
    if (added.code !== 0) throw new Error(`amtool: ${added.err}`);
  };
  return {
    fire: async (labels) => add(labels),
    end: async (labels) => add(labels, `--end=${new Date(Date.now() - 1000).toISOString()}`),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
