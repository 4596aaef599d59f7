/**
 * A tag that was never pushed, in workloads that Argo CD and Flux write: nothing is offered for the live object, the button changes the
 * file in Git, and what that file then says, applied as the controller would, makes the real kubelet start the pod.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { type Bot, startBot } from './support/bot.ts';
import { eventually, kubectl, namespace, run, runtime, stuckPod } from './support/box.ts';
import { endPull, filesAt, laidOut, pulls } from './support/branches.ts';
import { type Builds, OWNER, startBuilds } from './support/builds.ts';
import { diagnose } from './support/cli.ts';
import { ASKED, controllers, FLEET, type Fleet, PUSHED, REPOSITORY, SPACE } from './support/fleet.ts';
import { type Registry, startRegistry } from './support/registry.ts';
import { buttonsOf, has, type Threads, threadsOf } from './support/thread.ts';

const OPEN = 'Open a pull request with the pushed tag';
let registry: Registry;
let builds: Builds;
let bot: Bot;
let threads: Threads;
let kubeconfig: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  registry = await startRegistry({ name: 'ci.box', address: '198.51.100.31', accounts: [] });
  builds = await startBuilds([REPOSITORY]);
  await installBase();
  await namespace(SPACE);
  await namespace('argocd');
  await namespace('flux-system');
  for (const overlay of ['read-pull-secrets', 'remedies'] as const) await grant(overlay, SPACE);
  await kubectl('apply', '-k', 'deploy/overlays/read-gitops');
  const kinds = await run('kubectl', ['apply', '-f', '-'], {
    input: readFileSync('test/contract/gitops-crds.yaml', 'utf8'),
  });
  if (kinds.code !== 0) throw new Error(kinds.err);
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  const files: Record<string, string> = {};
  for (const one of FLEET) {
    await registry.push(`${OWNER}/${one.name}`, PUSHED);
    Object.assign(files, one.files(`${registry.host}/${OWNER}/${one.name}`));
  }
  await builds.github.push({ repository: `${OWNER}/${REPOSITORY}`, files });
  await applied(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: controllers(builds.github.url) }));
  await Promise.all(FLEET.map(async (one) => deploy(one)));
  await Promise.all(FLEET.map(async ({ name }) => stuckPod(SPACE, name)));
  kubeconfig = await accountKubeconfig();
  const config = { registries: [{ host: registry.host, plainHttp: true }], access: { press: { users: ['U01ALICE'] } } };
  bot = await startBot({ kubeconfig, env: builds.env, config });
  env = { ...builds.env, PULLCHECK_CONFIG: bot.configFile };
  threads = threadsOf(bot, SPACE);
});
afterAll(async () => {
  await bot?.stop();
  await builds?.github.close();
  await registry?.remove();
});

async function applied(text: string): Promise<void> {
  const result = await run('kubectl', ['apply', '-f', '-'], { input: text });
  if (result.code !== 0) throw new Error(result.err);
}

/** What the controller does: the end of main, applied. */
async function deploy(one: Fleet): Promise<void> {
  const files = await filesAt(builds, REPOSITORY, 'main');
  await laidOut(files, async (folder) => {
    if (one.folder === undefined) return applied(one.render?.(files) ?? files.get(one.path) ?? '');
    await kubectl('apply', '-k', join(folder, one.folder));
    return undefined;
  });
}

describe(`a missing tag that is written in Git, on ${runtime}`, () => {
  it.each(FLEET)('$name, of $owner: owner, file and line are named, and only Git is changed', async (one) => {
    const { value } = await diagnose(kubeconfig, `deployment/${one.name}`, SPACE, env);
    expect(value.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(value.verdict.summary).toContain(`owned by ${one.owner}`);
    const text = (await filesAt(builds, REPOSITORY, 'main')).get(one.path) ?? '';
    const line = text.split('\n').findIndex((row) => row.includes(ASKED)) + 1;
    expect(value.verdict.summary).toContain(
      `change it in ${OWNER}/${REPOSITORY} ${one.path}:${line}, not in the cluster`,
    );
    expect(value.findings[0]?.detail['manifestUrls']).toEqual([
      expect.stringMatching(new RegExp(`/${OWNER}/${REPOSITORY}/blob/[0-9a-f]{40}/${one.path}#L${line}$`)),
    ]);
    expect(value.remedies.map(({ id }) => id)).toEqual(['open-gitops-pull-request']);
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
  });

  it.each(FLEET)('$name, of $owner: the pull request, merged and applied, starts the pod', async (one) => {
    const before = await filesAt(builds, REPOSITORY, 'main');
    const live = await imageOf(one);
    const thread = await threads.ask(one.name, OPEN);
    expect(buttonsOf(thread).filter((label) => /tag that was pushed|Restart/.test(label))).toEqual([]);

    const shown = await threads.press(thread, OPEN);
    await threads.replies(thread, 'is open');

    expect(shown).toContain('The live object is left alone');
    expect(await imageOf(one)).toBe(live);
    const [pull, ...others] = await pulls(builds, REPOSITORY);
    expect(others).toEqual([]);
    expect(pull?.title).toContain(PUSHED);
    expect(pull?.body).toContain(ASKED);
    const after = await filesAt(builds, REPOSITORY, pull?.head.ref ?? '');
    const changed = [...after].filter(([path, text]) => before.get(path) !== text);
    expect(changed).toEqual([[one.path, before.get(one.path)?.replace(ASKED, PUSHED)]]);

    const later = await threads.ask(
      one.name,
      `Pull request #${pull?.number} of ${OWNER}/${REPOSITORY} is open already`,
    );
    expect(has(later, OPEN)).toBe(false);

    await endPull(builds, REPOSITORY, pull?.number ?? 0, 'merge');
    await deploy(one);
    await eventually(
      `${one.name} runs`,
      async () => {
        const seen = await kubectl('get', 'deployment', one.name, '-n', SPACE, '-ojsonpath={.status.readyReplicas}');
        if (seen === '1' && (await imageOf(one)).endsWith(`:${PUSHED}`)) return true;
        throw new Error(`${seen || 0} ready, image ${await imageOf(one)}`);
      },
      90,
    );
    const { value } = await diagnose(kubeconfig, `deployment/${one.name}`, SPACE, env);
    expect(value.verdict.cause).toBe('healthy');
  });
});

async function imageOf({ name }: Fleet): Promise<string> {
  const path = '-ojsonpath={.spec.template.spec.containers[0].image}';
  return kubectl('get', 'deployment', name, '-n', SPACE, path);
}
