/**
 * A lost tag, from the slash command to the running pod: the chain in the thread, a pull request whose files pass the checker, opened
 * once however often it is pressed, and the tag that was pushed, run by the real kubelet.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { type Bot, startBot } from './support/bot.ts';
import { eventually, kubectl, runtime } from './support/box.ts';
import { checked, checkerCode, endPull, filesAt, pulls } from './support/branches.ts';
import { OWNER } from './support/builds.ts';
import { type LostTags, startLostTags } from './support/lost-tag-world.ts';
import { DEPLOY } from './support/pipelines.ts';
import { has, type Threads, threadsOf } from './support/thread.ts';

const FIX = 'Open a pull request with the fix';
const RUN = 'Run the tag that was pushed';
const AGAIN = 'Run the failed build again';
let world: LostTags;
let bot: Bot;
let threads: Threads;

beforeAll(async () => {
  await installBase();
  world = await startLostTags({
    namespace: 'release',
    stories: ['unneeded', 'masked', 'reusable', 'foreign', 'makefile', 'failed'],
  });
  for (const overlay of ['read-pull-secrets', 'remedies'] as const) await grant(overlay, 'release');
  bot = await startBot({
    kubeconfig: await accountKubeconfig(),
    env: world.builds.env,
    config: { ...world.config, access: { press: { users: ['U01ALICE', 'U01BOB'] } } },
  });
  threads = threadsOf(bot, 'release');
});
afterAll(async () => {
  await bot?.stop();
  await world?.close();
});

/** Presses the button in two threads of one story; gives the files of the one pull request that came of it. */
async function openedOnce(
  story: 'unneeded' | 'masked' | 'reusable' | 'foreign' | 'makefile',
): Promise<ReadonlyMap<string, string>> {
  const told = world.told[story];
  const before = await filesAt(world.builds, told.name, 'main');
  expect(await checked(before)).not.toEqual([]);
  const first = await threads.ask(told.name, FIX);
  const second = await threads.ask(told.name, FIX);

  const shown = await threads.press(first, FIX);
  await threads.replies(first, 'is open');

  expect(shown).toContain('nothing is merged');
  const [pull, ...others] = await pulls(world.builds, told.name);
  expect(others).toEqual([]);
  expect(pull?.body).toContain(told.run);
  expect(pull?.body).toContain(told.asked);
  const after = await filesAt(world.builds, told.name, pull?.head.ref ?? '');
  expect([...after.keys()]).toEqual([...before.keys()]);
  expect(await filesAt(world.builds, told.name, 'main')).toEqual(before);

  await threads.refused(bot.slack.users.bob, second, FIX, 'was open already');
  const later = await threads.ask(told.name, `Pull request #${pull?.number} of ${OWNER}/${told.name} is open already`);
  expect(has(later, FIX)).toBe(false);
  expect(await pulls(world.builds, told.name)).toHaveLength(1);
  return after;
}

describe(`the buttons under a lost tag on ${runtime}`, () => {
  it('stand below the chain, with the lines as they were in that run', async () => {
    const { unneeded } = world.told;
    const thread = await threads.ask(unneeded.name, FIX);
    const text = JSON.stringify(thread);
    expect(text).toContain(`/${OWNER}/${unneeded.name}/blob/${unneeded.sha}/${DEPLOY}#L`);
    expect(text).toContain(unneeded.pushed);
    for (const label of [RUN, FIX]) expect(has(thread, label)).toBe(true);
    expect(bot.pager.pages()).toEqual([]);
  });

  it.each(['unneeded', 'masked', 'reusable', 'foreign', 'makefile'] as const)(
    'open one pull request that passes the checker, however often they are pressed: %s',
    async (story) => {
      // The plainest one without a log to read: the same edit, proven by the clock.
      world.builds.github.become(story === 'unneeded' ? 'logs-gone' : undefined);
      const after = await openedOnce(story).finally(() => world.builds.github.become(undefined));
      expect(await checked(after)).toEqual([]);
      expect(await checkerCode(after)).toBe(0);
    },
  );

  it('offer it again to whoever reads that it was closed, and no more once it is merged', async () => {
    const { name } = world.told.unneeded;
    const [pull] = await pulls(world.builds, name);
    await endPull(world.builds, name, pull?.number ?? 0, 'close');
    const thread = await threads.ask(name, FIX);
    expect(JSON.stringify(thread)).toContain('was closed without being merged');
    await threads.press(thread, FIX);
    await threads.replies(thread, 'is open');
    const [again, ...others] = await pulls(world.builds, name);
    expect(others).toEqual([]);
    expect(again?.number).not.toBe(pull?.number);
    const after = await filesAt(world.builds, name, again?.head.ref ?? '');
    expect([await checked(after), await checkerCode(after)]).toEqual([[], 0]);

    await endPull(world.builds, name, again?.number ?? 0, 'merge');
    const merged = await threads.ask(name, 'was merged');
    expect(has(merged, FIX)).toBe(false);
    expect(has(merged, RUN)).toBe(true);
  });

  it('run the tag that was pushed, and the kubelet pulls it', async () => {
    const { unneeded } = world.told;
    const thread = await threads.ask(unneeded.name, RUN);
    const shown = await threads.press(thread, RUN);
    expect(shown).toContain(`${unneeded.image}:${unneeded.pushed}`);
    await eventually(
      `${unneeded.name} runs`,
      async () => {
        const path = '-ojsonpath={.status.readyReplicas} {.spec.template.spec.containers[0].image}';
        const seen = await kubectl('get', 'deployment', unneeded.name, '-n', 'release', path);
        if (seen === `1 ${unneeded.image}:${unneeded.pushed}`) return true;
        throw new Error(`it has ${seen}`);
      },
      90,
    );
    await threads.replies(thread, 'helped', 90);
  });

  it('run the failed build again, once', async () => {
    const { failed } = world.told;
    const thread = await threads.ask(failed.name, AGAIN);
    const second = await threads.ask(failed.name, AGAIN);
    const shown = await threads.press(thread, AGAIN);
    expect(shown).toContain('attempt 2');
    await threads.replies(thread, 'the build runs again');
    await threads.refused(bot.slack.users.bob, second, AGAIN, 'attempt 2');
    const asked = world.builds.github.requests.filter((line) => line.endsWith('/rerun-failed-jobs'));
    expect(asked).toHaveLength(1);
  });

  it('leave a line in the audit log for each press, the refused ones too', async () => {
    const { unneeded } = world.told;
    const lines = await bot.audit();
    const ofFix = lines.filter(({ subject }) => subject === `open-fix-pull-request release/${unneeded.name}`);
    expect(ofFix.map(({ actor, what }) => `${actor} ${what}`)).toEqual(
      expect.arrayContaining([
        'U01ALICE press',
        'U01ALICE confirmed',
        'U01ALICE applied',
        'U01BOB press',
        'U01BOB refused',
      ]),
    );
    const ofRun = lines.filter(({ subject }) => subject === `set-image release/${unneeded.name}`);
    expect(ofRun.map(({ what }) => what)).toEqual(['press', 'confirmed', 'applied', 'verified']);
  });
});
