/**
 * An alert from a real Alertmanager about a pod that a real kubelet cannot pull: one thread; nobody resolves it: on-call is mentioned
 * and paged exactly once after 20 minutes of test time; the alert ends: so do incident and page. And one that ends in time: no page.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { type Alertmanager, startAlertmanager } from './support/alertmanager.ts';
import { type Bot, startBot } from './support/bot.ts';
import { apply, deployment, eventually, kubectl, namespace, pullSecret, runtime, stuckPod } from './support/box.ts';
import { type Registry, startRegistry } from './support/registry.ts';
import type { Message } from './support/slack.ts';

const account = { user: 'bot', password: 'right-canary' };
let registry: Registry;
let bot: Bot;
let alertmanager: Alertmanager;

beforeAll(async () => {
  registry = await startRegistry({ name: 'alerts.box', address: '198.51.100.22', accounts: [account] });
  await registry.push('mycompany/web', 'v1');
  await installBase();
  bot = await startBot({
    kubeconfig: await accountKubeconfig(),
    config: { oncall: { users: ['U01BOB'] }, registries: [{ host: registry.host, plainHttp: true }] },
  });
  alertmanager = await startAlertmanager(bot);
});
afterAll(async () => {
  await alertmanager?.stop();
  await bot?.stop();
  await registry?.remove();
});

async function deploy(where: string, tag: string): Promise<string> {
  await namespace(where);
  await grant('read-pull-secrets', where);
  await apply(
    pullSecret({ namespace: where, name: 'regcred' }, registry.host, account),
    deployment({
      namespace: where,
      name: 'web',
      image: `${registry.host}/mycompany/web:${tag}`,
      pullSecret: 'regcred',
    }),
  );
  return stuckPod(where, 'web');
}
const alertAbout = (where: string, pod: string) => ({
  alertname: 'KubePodImagePullBackOff',
  namespace: where,
  pod,
  container: 'app',
  severity: 'critical',
});
async function rootAbout(where: string): Promise<Message> {
  return eventually(`a thread about ${where}`, async () =>
    (await bot.slack.roots()).find(
      (message) => JSON.stringify(message).includes(where) && JSON.stringify(message).includes('tag-not-found'),
    ),
  );
}

describe(`alerts on ${runtime}`, () => {
  it('opens one thread with the verdict, the steps and the findings, and pages nobody yet', async () => {
    const pod = await deploy('alpha', 'never-pushed');
    await alertmanager.fire(alertAbout('alpha', pod));
    const root = await rootAbout('alpha');
    await eventually('the findings in the thread', async () =>
      (await bot.slack.thread(root.ts)).some((message) => JSON.stringify(message).includes('never-pushed'))
        ? true
        : undefined,
    );
    expect(await bot.slack.roots()).toHaveLength(1);
    expect(bot.pager.pages()).toEqual([]);
  });

  it('pages exactly once after 20 minutes, and mentions on-call in a new message', async () => {
    await bot.fastForward(21);
    const page = await eventually('the page', async () => bot.pager.pages()[0]);
    expect(page).toMatchObject({ severity: 'critical', state: 'triggered' });
    expect(page.summary).toContain('alpha');
    const root = await rootAbout('alpha');
    await eventually('the mention', async () =>
      (await bot.slack.messages()).some((message) => JSON.stringify(message).includes('<@U01BOB>')) ? true : undefined,
    );
    await bot.fastForward(60);
    await eventually('the root still says that it is open', async () =>
      JSON.stringify(await rootAbout('alpha')).includes('paged') ? true : undefined,
    );
    expect(bot.pager.pages()).toHaveLength(1);
    expect(bot.pager.requests().filter((request) => request.event_action === 'trigger')).toHaveLength(1);
    expect(root.ts).toBe((await rootAbout('alpha')).ts);
  });

  it('ends incident and page when the image is pushed, the pod runs and the alert ends', async () => {
    await registry.push('mycompany/web', 'never-pushed');
    const pod = (await kubectl('get', 'pods', '-n', 'alpha', '-o', 'jsonpath={.items[0].metadata.name}')).trim();
    await kubectl('delete', 'pod', pod, '-n', 'alpha', '--wait=false');
    await eventually(
      'web runs',
      async () =>
        (await kubectl('get', 'deployment', 'web', '-n', 'alpha', '-o', 'jsonpath={.status.readyReplicas}')) === '1'
          ? true
          : undefined,
      90,
    );
    await alertmanager.end(alertAbout('alpha', pod));
    await eventually('the page ends', async () => (bot.pager.pages()[0]?.state === 'resolved' ? true : undefined));
  });

  it('an alert that ends before the 20 minutes pages nobody', async () => {
    const pod = await deploy('beta', 'also-missing');
    await alertmanager.fire(alertAbout('beta', pod));
    const root = await rootAbout('beta');
    await alertmanager.end(alertAbout('beta', pod));
    await eventually('the end in the root message', async () =>
      (await bot.slack.roots()).some(({ ts, ...rest }) => ts === root.ts && JSON.stringify(rest).includes('resolved'))
        ? true
        : undefined,
    );
    await bot.fastForward(30);
    await eventually('the sweeper has passed', async () =>
      (await (await fetch(`${bot.url}/metrics`)).text()).includes('pullcheck_') ? true : undefined,
    );
    expect(bot.pager.pages()).toHaveLength(1);
  });
});

describe(`a registry outage on ${runtime}`, () => {
  it('ten alerts of it give one thread and one page', async () => {
    await registry.stop();
    const roots = (await bot.slack.roots()).length;
    const pages = bot.pager.pages().length;
    const namespaces = Array.from({ length: 5 }, (_, index) => `storm-${index}`);
    const pods = await Promise.all(namespaces.map(async (where) => [where, await deploy(where, 'v1')] as const));
    await Promise.all(
      pods.flatMap(([where, pod]) => [
        alertmanager.fire(alertAbout(where, pod)),
        alertmanager.fire({ ...alertAbout(where, pod), alertname: 'PullcheckImagePullFailing' }),
      ]),
    );
    await eventually(
      'the thread of the outage',
      async () => (JSON.stringify(await bot.slack.roots()).includes('connection-refused') ? true : undefined),
      90,
    );
    await eventually('all five in its root message', async () => {
      const [root] = (await bot.slack.roots()).filter((message) =>
        JSON.stringify(message).includes('connection-refused'),
      );
      return namespaces.every((where) => JSON.stringify(root).includes(where)) ? true : undefined;
    });
    await bot.fastForward(21);
    await eventually('the page', async () => (bot.pager.pages().length > pages ? true : undefined));
    await bot.fastForward(21);
    await eventually('on-call is mentioned', async () =>
      JSON.stringify(await bot.slack.messages()).includes('<@U01BOB>') ? true : undefined,
    );
    expect((await bot.slack.roots()).length - roots).toBe(1);
    expect(bot.pager.pages().length - pages).toBe(1);
    await registry.start();
  });
});

describe('what arrives broken', () => {
  const post = async (body: string, token: string) =>
    fetch(`${bot.url}/webhooks/alertmanager`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    });

  it('is refused with a sentence', async () => {
    expect((await post('{}', 'wrong')).status).toBe(401);
    const malformed = await post('{"version":', bot.webhookToken);
    expect(malformed.status).toBe(400);
    const fields = await post('{"version":"4","alerts":"no list"}', bot.webhookToken);
    expect(fields.status).toBe(400);
    expect(await fields.json()).toMatchObject({ field: expect.stringContaining('alerts') });
  });
});
