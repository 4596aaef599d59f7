/** Slack over HTTP instead of Socket Mode: signed requests on the one port; a wrong signature is refused. */

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, installBase } from './support/account.ts';
import { type Bot, startBot } from './support/bot.ts';
import { eventually, runtime } from './support/box.ts';
import { SIGNING_SECRET } from './support/slack.ts';

let bot: Bot;
beforeAll(async () => {
  await installBase();
  bot = await startBot({ kubeconfig: await accountKubeconfig(), http: true, config: {} });
});
afterAll(async () => bot?.stop());

/** A slash command as Slack posts it, `help` so that it needs nothing else. */
async function post(secret: string, sentAt: number): Promise<number> {
  const body = new URLSearchParams({
    command: '/pullcheck',
    text: 'help',
    user_id: bot.slack.users.alice,
    channel_id: bot.slack.channel,
    team_id: 'T01BOX',
    trigger_id: `${sentAt}.1`,
    response_url: `${bot.slack.url}/none`,
  }).toString();
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${sentAt}:${body}`).digest('hex')}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    'x-slack-request-timestamp': String(sentAt),
    'x-slack-signature': signature,
  };
  return (await fetch(`${bot.url}/slack/events`, { method: 'POST', headers, body })).status;
}

describe(`Slack over HTTP, on ${runtime}`, () => {
  it('answers a slash command', async () => {
    await bot.slack.command(bot.slack.users.alice, 'scope -A');
    const root = await eventually('the answer', async () =>
      (await bot.slack.roots()).find((message) => JSON.stringify(message).includes('Asked by')),
    );
    await eventually('the table in its thread', async () =>
      (await bot.slack.thread(root.ts)).length > 0 ? true : undefined,
    );
    expect(bot.pager.pages()).toEqual([]);
  });

  it('refuses a wrong signature, an old request and one from the future', async () => {
    const now = Math.floor(Date.now() / 1000);
    expect(await post(SIGNING_SECRET, now)).toBe(200);
    expect(await post('another secret', now)).toBe(401);
    expect(await post(SIGNING_SECRET, now - 400)).toBe(401);
    expect(await post(SIGNING_SECRET, now + 3600)).toBe(401);
  });
});
