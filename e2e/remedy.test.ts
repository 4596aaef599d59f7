/**
 * A wrong password, from the slash command to the running pod: one thread, a verdict, a button, a dry run, a confirmed rotation,
 * the real kubelet pulling, and the thread saying that it was seen to help.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { type Bot, startBot } from './support/bot.ts';
import { apply, deployment, eventually, kubectl, namespace, pullSecret, runtime, stuckPod } from './support/box.ts';
import { type Registry, startRegistry } from './support/registry.ts';
import type { Message } from './support/slack.ts';

const right = { user: 'bot', password: 'right-canary' };
let registry: Registry;
let bot: Bot;

beforeAll(async () => {
  registry = await startRegistry({ name: 'private.box', address: '198.51.100.21', accounts: [right] });
  await registry.push('mycompany/web', 'v1');
  await installBase();
  await namespace('shop');
  for (const overlay of ['read-pull-secrets', 'remedies'] as const) await grant(overlay, 'shop');
  bot = await startBot({
    kubeconfig: await accountKubeconfig(),
    env: { SHOP_REGISTRY: `${right.user}:${right.password}` },
    config: {
      access: { press: { users: ['U01ALICE'] } },
      registries: [{ host: registry.host, plainHttp: true }],
      credentialSources: [{ registry: registry.host, from: { env: 'SHOP_REGISTRY' } }],
    },
  });
});
afterAll(async () => {
  await bot?.stop();
  await registry?.remove();
});

/** The message that holds a button, once it is there. */
async function messageWith(label: string): Promise<Message> {
  return eventually(`a message with the button ${label}`, async () =>
    (await bot.slack.messages()).find((message) => JSON.stringify(message.blocks ?? []).includes(`"text":"${label}`)),
  );
}
async function saying(words: string, seconds = 60): Promise<Message> {
  return eventually(
    `a message saying "${words}"`,
    async () => (await bot.slack.messages()).find((message) => JSON.stringify(message).includes(words)),
    seconds,
  );
}

describe(`a wrong password, rotated by a button, on ${runtime}`, () => {
  it('answers the slash command in one thread with verdict and button', async () => {
    await apply(
      pullSecret({ namespace: 'shop', name: 'regcred' }, registry.host, { user: 'bot', password: 'wrong-canary' }),
      deployment({ namespace: 'shop', name: 'web', image: `${registry.host}/mycompany/web:v1`, pullSecret: 'regcred' }),
    );
    await stuckPod('shop', 'web');
    await bot.slack.command(bot.slack.users.carol, 'pod web -n shop');
    const findings = await messageWith('Rotate the pull secret');
    const roots = await bot.slack.roots();
    expect(roots).toHaveLength(1);
    expect(findings.thread_ts).toBe(roots[0]?.ts);
    expect(JSON.stringify(roots[0])).toContain('credentials-rejected');
    expect(bot.pager.pages()).toEqual([]); // a question pages nobody
  });

  it('answers a mention inside the thread, where Slack has no slash commands', async () => {
    const [root] = await bot.slack.roots();
    if (!root) throw new Error('no thread');
    const before = (await bot.slack.thread(root.ts)).length;
    await bot.slack.mention(bot.slack.users.carol, 'scope -n shop', root.ts);
    await eventually('the answer in the same thread', async () =>
      (await bot.slack.thread(root.ts))
        .slice(before)
        .some((message) => message.user === 'U0BOT' && JSON.stringify(message).includes('web'))
        ? true
        : undefined,
    );
    expect(await bot.slack.roots()).toHaveLength(1);
  });

  it('refuses whoever may not press, and changes nothing', async () => {
    const before = await kubectl(
      'get',
      'secret',
      'regcred',
      '-n',
      'shop',
      '-o',
      'jsonpath={.metadata.resourceVersion}',
    );
    await bot.slack.press(bot.slack.users.carol, await messageWith('Rotate the pull secret'), 'Rotate the pull secret');
    await eventually('the refusal', async () => {
      const view = await bot.slack.view(bot.slack.users.carol).catch(() => undefined);
      const said = `${view?.text ?? ''}${JSON.stringify(await bot.slack.messages())}`;
      return said.includes('not among the people') ? true : undefined;
    });
    expect(await kubectl('get', 'secret', 'regcred', '-n', 'shop', '-o', 'jsonpath={.metadata.resourceVersion}')).toBe(
      before,
    );
  });

  it('shows the dry run, rotates on confirmation, and the real kubelet pulls', async () => {
    await bot.slack.press(bot.slack.users.alice, await messageWith('Rotate the pull secret'), 'Rotate the pull secret');
    const view = await eventually('the dry run in the view', async () => {
      const open = await bot.slack.view(bot.slack.users.alice);
      return open.text.includes('retry by itself within 5 minutes') ? open : undefined;
    });
    expect(view.text).not.toContain('canary');
    await view.submit();
    await eventually(
      'web runs',
      async () =>
        (await kubectl('get', 'deployment', 'web', '-n', 'shop', '-o', 'jsonpath={.status.readyReplicas}')) === '1'
          ? true
          : undefined,
      90,
    );
    await saying('helped', 90);
  });

  it('leaves no copy of the old credential, and no secret anywhere', async () => {
    await eventually('the copy is gone', async () =>
      (await kubectl('get', 'secrets', '-n', 'shop', '-o', 'name')).includes('pullcheck-previous') ? undefined : true,
    );
    const said = JSON.stringify(await bot.slack.messages()) + readFileSync(bot.logFile, 'utf8');
    for (const secret of ['right-canary', 'wrong-canary', 'e2e-webhook-token-canary', 'e2e-routing-key-canary'])
      expect(said).not.toContain(secret);
  });
});
