/**
 * A lost tag, from the slash command to the running pod: the chain in the thread, a pull request whose files pass the checker, and
 * the tag that was pushed, run by the real kubelet.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { type Bot, startBot } from './support/bot.ts';
import { eventually, kubectl, run, runtime } from './support/box.ts';
import { OWNER } from './support/builds.ts';
import { type LostTags, startLostTags } from './support/lost-tag-world.ts';
import type { Told } from './support/lost-tags.ts';
import { DEPLOY } from './support/pipelines.ts';
import type { Message } from './support/slack.ts';

const FIX = 'Open a pull request with the fix';
const RUN = 'Run the tag that was pushed';
let world: LostTags;
let bot: Bot;

beforeAll(async () => {
  await installBase();
  world = await startLostTags({ namespace: 'release', stories: ['unneeded', 'makefile'] });
  for (const overlay of ['read-pull-secrets', 'remedies'] as const) await grant(overlay, 'release');
  bot = await startBot({
    kubeconfig: await accountKubeconfig(),
    env: world.builds.env,
    config: { ...world.config, access: { press: { users: ['U01ALICE'] } } },
  });
});
afterAll(async () => {
  await bot?.stop();
  await world?.close();
});

/** The thread of a question about a workload. */
async function ask(name: string): Promise<readonly Message[]> {
  const before = (await bot.slack.roots()).length;
  await bot.slack.command(bot.slack.users.alice, `pod ${name} -n release`);
  return eventually(`findings about ${name}`, async () => {
    const root = (await bot.slack.roots())[before];
    const thread = root === undefined ? [] : await bot.slack.thread(root.ts);
    return thread.some((message) => has(message, FIX)) ? thread : undefined;
  });
}

function buttonsOf({ blocks = [] }: Message): readonly string[] {
  return blocks
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements = [] }) => elements.map(({ text }) => text?.text ?? ''));
}

/** A button's text may go on behind its title. */
function has(message: Message, label: string): boolean {
  return buttonsOf(message).some((text) => text.startsWith(label));
}

/** Presses, reads what would happen, and confirms it; gives what the dry run showed. */
async function press(thread: readonly Message[], label: string): Promise<string> {
  const message = thread.find((one) => has(one, label));
  if (message === undefined) throw new Error(`no message with the button ${label}`);
  await bot.slack.press(bot.slack.users.alice, message, label);
  const view = await eventually(`the dry run of ${label}`, async () => {
    const open = await bot.slack.view(bot.slack.users.alice);
    return open.text.includes('"submit"') ? open : undefined;
  });
  await view.submit();
  return view.text;
}

async function replies(thread: readonly Message[], words: string, seconds = 60): Promise<Message> {
  const root = thread[0]?.thread_ts ?? '';
  return eventually(
    `a reply saying "${words}"`,
    async () => (await bot.slack.thread(root)).find((message) => JSON.stringify(message).includes(words)),
    seconds,
  );
}

interface Pull {
  readonly number: number;
  readonly body: string;
  readonly head: { readonly ref: string };
}

async function pulls({ name }: Told): Promise<readonly Pull[]> {
  return (await world.builds.github.api('GET', `/repos/${OWNER}/${name}/pulls?state=open`)) as readonly Pull[];
}

/** Every file of a branch. */
async function filesAt({ name }: Told, ref: string): Promise<ReadonlyMap<string, string>> {
  const root = `/repos/${OWNER}/${name}`;
  const { github } = world.builds;
  const branch = (await github.api('GET', `${root}/branches/${encodeURIComponent(ref)}`)) as {
    commit: { sha: string };
  };
  const { sha } = branch.commit;
  const listed = (await github.api('GET', `${root}/git/trees/${sha}?recursive=1`)) as {
    tree: { path: string; type: string }[];
  };
  const files = new Map<string, string>();
  for (const { path } of listed.tree.filter(({ type }) => type === 'blob')) {
    const { content } = (await github.api('GET', `${root}/contents/${path}?ref=${sha}`)) as { content: string };
    files.set(path, Buffer.from(content, 'base64').toString());
  }
  return files;
}

/** What the checker says of the pipeline, from where a person would call it: `rule file`, errors and warnings. */
async function checked(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-e2e-branch-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const paths = [...files.keys()]
    .filter((path) => /\.ya?ml$|\.sh$|Makefile$/.test(path))
    .map((path) => join(folder, path));
  const { out } = await run('bin/pullcheck.mjs', ['workflow', ...paths, '-o', 'json']);
  rmSync(folder, { recursive: true, force: true });
  const { findings }: { findings: readonly { rule: string; severity: string; file: string }[] } = JSON.parse(out);
  return findings.filter(({ severity }) => severity !== 'info').map(({ rule, file }) => `${rule} ${file}`);
}

describe(`the buttons under a lost tag on ${runtime}`, () => {
  it('stand below the chain, with the lines as they were in that run', async () => {
    const { unneeded } = world.told;
    const thread = await ask(unneeded.name);
    const text = JSON.stringify(thread);
    expect(text).toContain(`/${OWNER}/${unneeded.name}/blob/${unneeded.sha}/${DEPLOY}#L`);
    expect(text).toContain(unneeded.pushed);
    for (const label of [RUN, FIX]) expect(thread.some((message) => has(message, label))).toBe(true);
    expect(bot.pager.pages()).toEqual([]);
  });

  it.each(['unneeded', 'makefile'] as const)('open one pull request that passes the checker: %s', async (story) => {
    const told = world.told[story];
    const before = await filesAt(told, 'main');
    expect(await checked(before)).not.toEqual([]);
    const thread = await ask(told.name);

    const shown = await press(thread, FIX);
    await replies(thread, 'is open');

    expect(shown).toContain('nothing is merged');
    const [pull, ...others] = await pulls(told);
    expect(others).toEqual([]);
    expect(pull?.body).toContain(told.run);
    expect(pull?.body).toContain(told.asked);
    const after = await filesAt(told, pull?.head.ref ?? '');
    expect(await checked(after)).toEqual([]);
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect(await filesAt(told, 'main')).toEqual(before);
  });

  it('run the tag that was pushed, and the kubelet pulls it', async () => {
    const { unneeded } = world.told;
    const thread = await ask(unneeded.name);
    const shown = await press(thread, RUN);
    expect(shown).toContain(`${unneeded.image}:${unneeded.pushed}`);
    await eventually(
      `${unneeded.name} runs`,
      async () => {
        const path = '-ojsonpath={.status.readyReplicas} {.spec.template.spec.containers[0].image}';
        const seen = await kubectl('get', 'deployment', unneeded.name, '-n', 'release', path);
        return seen === `1 ${unneeded.image}:${unneeded.pushed}` ? true : undefined;
      },
      90,
    );
    await replies(thread, 'helped', 90);
  });
});
