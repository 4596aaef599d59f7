/**
 * kill -9 of the worker in the middle of a diagnosis: another one continues it, and nothing is posted twice. The registry hangs until it
 * is told to answer, so the kill hits the middle for sure.
 */

import { createServer, type Server } from 'node:http';
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
    config: { registries: [{ host, plainHttp: true }] },
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
    const first = await bot.worker();
    await bot.slack.command(bot.slack.users.alice, 'pod web -n kill');
    await eventually('the diagnosis asks the registry', async () =>
      hanging.count > 0 && (await bot.slack.roots()).length > 0 ? true : undefined,
    );

    await endOf(first); // SIGKILL
    await bot.worker();
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
