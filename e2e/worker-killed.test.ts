/**
 * What dies in the middle: kill -9 of the worker during a diagnosis and while a page is on its way, and Redis gone for ten seconds.
 * Another worker continues, nothing is posted twice, nobody is paged twice. The registry hangs until it is told to answer, and the
 * pager takes the page and never answers, so that the kill hits the middle for sure.
 */
import type { ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { type Bot, endOf, startBot } from './support/bot.ts';
import {
  addressFor,
  allowPlainHttp,
  apply,
  deployment,
  eventually,
  namespace,
  runtime,
  stuckPod,
} from './support/box.ts';

const host = 'slow.box:5000';
let bot: Bot;
let gate: Server;
/** The one that works now. */
let worker: ChildProcess;
/** Requests of the bot that wait for an answer; `open` lets them through. */
const hanging = { count: 0, open: false };

/** A registry that answers 404 to the kubelet at once and lets the bot wait. */
async function startGate(address: string): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (): void =>
      void response
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
    const isKubelet = request.headers['user-agent']?.startsWith('containerd') ?? false;
    if (isKubelet || hanging.open) return answer();
    hanging.count += 1;
    const timer = setInterval(() => {
      if (!hanging.open) return;
      clearInterval(timer);
      answer();
    }, 50);
    request.once('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(5000, address, resolve));
  return server;
}

beforeAll(async () => {
  await addressFor('slow.box', '198.51.100.23');
  allowPlainHttp(host);
  gate = await startGate('198.51.100.23');
  await installBase();
  await namespace('kill');
  await grant('read-pull-secrets', 'kill');
  bot = await startBot({
    kubeconfig: await accountKubeconfig(),
    work: false,
    config: { oncall: { users: ['U01BOB'] }, registries: [{ host, plainHttp: true }] },
  });
});
afterAll(async () => {
  await bot?.stop();
  gate?.closeAllConnections();
  gate?.close();
});

describe(`a worker dies in the middle of a diagnosis, on ${runtime}`, () => {
  it('is continued by another worker; every message is there once', async () => {
    await apply(deployment({ namespace: 'kill', name: 'web', image: `${host}/mycompany/web:v1` }));
    await stuckPod('kill', 'web');
    worker = await bot.worker();
    await bot.slack.command(bot.slack.users.alice, 'pod web -n kill');
    await eventually('the diagnosis asks the registry', async () =>
      hanging.count > 0 && (await bot.slack.roots()).length > 0 ? true : undefined,
    );

    await endOf(worker); // SIGKILL
    worker = await bot.worker();
    hanging.open = true;

    const root = await eventually(
      'the verdict',
      async () => (await bot.slack.roots()).find((message) => JSON.stringify(message).includes('not-found')),
      90,
    );
    await eventually(
      'the findings',
      async () => ((await bot.slack.thread(root.ts)).length >= 2 ? true : undefined),
      30,
    );
    expect(await bot.slack.roots()).toHaveLength(1);
    const replies = (await bot.slack.thread(root.ts)).map((message) => message.text);
    expect(new Set(replies).size).toBe(replies.length);
    expect(replies).toHaveLength(2); // the run and its findings
  });
});

describe(`a worker dies while it pages, on ${runtime}`, () => {
  const where = 'paged';

  /** Resolves when that many requests have reached the pager. */
  async function requested(count: number): Promise<void> {
    const there = async () => (bot.pager.requests().length >= count ? true : undefined);
    await eventually(`request ${count} at the pager`, there, 120);
  }
  async function killAndReplace(): Promise<void> {
    await endOf(worker); // SIGKILL
    worker = await bot.worker();
    await bot.fastForward(2);
  }

  it('before its answer came, and again when it was refused for now: people are paged once, and told once', async () => {
    await namespace(where);
    await grant('read-pull-secrets', where);
    await apply(deployment({ namespace: where, name: 'web', image: `${host}/mycompany/web:v1` }));
    const pod = await stuckPod(where, 'web');
    const labels = {
      alertname: 'KubePodImagePullBackOff',
      namespace: where,
      pod,
      container: 'app',
      severity: 'critical',
    };
    const alert = { status: 'firing', labels, annotations: {}, startsAt: new Date().toISOString(), fingerprint: where };
    const posted = await fetch(`${bot.url}/webhooks/alertmanager`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bot.webhookToken}` },
      body: JSON.stringify({ version: '4', status: 'firing', groupKey: where, receiver: 'pullcheck', alerts: [alert] }),
    });
    expect(posted.status).toBe(202);
    await eventually('the findings', async () => {
      const root = (await bot.slack.roots()).find((message) => JSON.stringify(message).includes(where));
      return root && (await bot.slack.thread(root.ts)).length > 0 ? true : undefined;
    });
    bot.pager.fail('accept-then-hang', 503);
    await bot.fastForward(21);
    await requested(1); // It counts already, and the worker waits for an answer.
    await killAndReplace();
    await requested(2); // Refused.
    await killAndReplace();
    await requested(3);

    // The acknowledge clock rang as well and mentions on-call with words of its own.
    const mentions = async () =>
      (await bot.slack.messages()).filter(({ text }) => /<@U01BOB>.*Not resolved in time/.test(text));
    await eventually('on-call is mentioned', async () => ((await mentions()).length > 0 ? true : undefined));
    await eventually('the root says that on-call was paged', async () => {
      const root = (await bot.slack.roots()).find((message) => JSON.stringify(message).includes(where));
      return JSON.stringify(root).includes('paged') ? true : undefined;
    });
    await bot.fastForward(60);
    expect(bot.pager.pages()).toHaveLength(1);
    expect(bot.pager.pages()[0]).toMatchObject({ state: 'triggered', summary: expect.stringContaining(where) });
    expect(new Set(bot.pager.requests().map(({ dedup_key: key }) => key)).size).toBe(1);
    expect(await mentions()).toHaveLength(1);
  });
});

describe(`Redis is gone for ten seconds during a diagnosis, on ${runtime}`, () => {
  it('the diagnosis ends with its verdict, every message once', async () => {
    hanging.open = false;
    hanging.count = 0;
    const roots = new Set((await bot.slack.roots()).map(({ ts }) => ts));
    await bot.slack.command(bot.slack.users.alice, 'pod web -n kill');
    const root = await eventually('a thread, and the registry is asked', async () => {
      const added = (await bot.slack.roots()).find(({ ts }) => !roots.has(ts));
      return hanging.count > 0 ? added : undefined;
    });

    await bot.redis.kill();
    await delay(10_000);
    await bot.redis.start();
    hanging.open = true;

    await eventually(
      'the verdict',
      async () => {
        const now = (await bot.slack.roots()).find(({ ts }) => ts === root.ts);
        return JSON.stringify(now).includes('not-found') ? true : undefined;
      },
      90,
    );
    await eventually(
      'the findings',
      async () => ((await bot.slack.thread(root.ts)).length >= 2 ? true : undefined),
      30,
    );
    const replies = (await bot.slack.thread(root.ts)).map((message) => message.text);
    expect(replies).toHaveLength(2);
    expect(new Set(replies).size).toBe(2);
    expect((await bot.slack.roots()).filter(({ ts }) => !roots.has(ts))).toHaveLength(1);
  });
});
