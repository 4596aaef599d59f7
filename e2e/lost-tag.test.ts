/**
 * The image exists as …-17-52, the cluster asks for …-17-54: from the stuck pod of a real kubelet through a real registry to the job
 * that lost the tag, in every shape in which a pipeline can lose one; and the incidents that only look like it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Diagnosis } from '../src/diagnosis/diagnosis.ts';
import { accountKubeconfig, installBase } from './support/account.ts';
import { runtime } from './support/box.ts';
import { OWNER, WHEN } from './support/builds.ts';
import { diagnose } from './support/cli.ts';
import { type Account, beginningsOf, expectInOrder, lineAt } from './support/expected-chain.ts';
import { ALL, BUILDKIT, KANIKO, type LostTags, startBuildJobs, startLostTags } from './support/lost-tag-world.ts';
import { LOGGED_PASSWORD, type Told } from './support/lost-tags.ts';
import { ACTION, DEPLOY, foreign, IMAGE, makefile, masked, reusable, SCRIPT, unneeded } from './support/pipelines.ts';

/** ms, of one diagnosis with the start of the program. */
const BOUND = 30_000;
/** ms, of the diagnosis alone where GitHub does not answer: docs/operations.md gives it 10 seconds, the rest is for the other questions. */
const SLOW_BOUND = 15_000;
const CI = /^(?:ci-|build-)/;
let world: LostTags;
let kubeconfig: string;

beforeAll(async () => {
  await installBase();
  world = await startLostTags({ namespace: 'pipelines', stories: ALL });
  await startBuildJobs(world.registry);
  kubeconfig = await accountKubeconfig();
});
beforeEach(() => {
  world.builds.github.become(undefined);
});
afterAll(async () => {
  await world?.close();
});

async function look({ name }: Pick<Told, 'name'>, namespace = 'pipelines'): Promise<Diagnosis> {
  const began = performance.now();
  const { value } = await diagnose(kubeconfig, `deployment/${name}`, namespace, world.env);
  expect(performance.now() - began).toBeLessThan(BOUND);
  return value;
}

/** `ci-output-lost certain`, in order. */
function causes({ findings }: Diagnosis): readonly string[] {
  return findings.map(({ cause, confidence }) => `${cause} ${confidence}`);
}

function remedies({ remedies: offered }: Diagnosis): readonly string[] {
  return offered.map(({ id }) => id);
}

function stepsOf({ findings }: Diagnosis): readonly string[] {
  const chain = findings[0]?.detail['chain'];
  return Array.isArray(chain) ? chain.map(String) : [];
}

function chainOf(diagnosis: Diagnosis): string {
  return stepsOf(diagnosis).join('\n');
}

const BOTH = ['ci-output-lost certain', 'ci-silent-fallback certain'];

/** Both findings with the tags; the chain in its order, with the minute and job of each tag, and permalinks to the very lines. */
function expectLost(diagnosis: Diagnosis, told: Told, account: Account): void {
  const { name, pushed, asked, sha, run } = told;
  const facts = { pushedTag: pushed, askedTag: asked, repository: `${OWNER}/${name}`, commit: sha, run };
  expect(causes(diagnosis)).toEqual(BOTH);
  expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain', alternatives: [] });
  expect(diagnosis.findings[0]?.detail).toMatchObject({ ...facts, ...account.lost });
  expect(diagnosis.findings[1]?.detail).toMatchObject({ ...facts, rule: 'silent-fallback', ...account.hidden });
  expect(diagnosis.ruledOut.map(({ cause }) => cause)).toEqual(
    expect.arrayContaining(['build-failed', 'build-never-ran', 'build-running']),
  );
  expectInOrder(stepsOf(diagnosis), beginningsOf(told, account, world.builds.minute));
  for (const place of [account.read, account.fallback])
    expect(chainOf(diagnosis)).toContain(`/${OWNER}/${name}/blob/${sha}/${lineAt(account, place).replace(':', '#L')}`);
}

/** The account of source 000 as it happened. */
function asItHappened({ image }: Told): Account {
  return {
    files: unneeded(image),
    read: [DEPLOY, '      IMAGE_TAG: ${{ needs.build.outputs.image-tag }}'],
    fallback: [DEPLOY, '[ -z "${IMAGE_TAG:-}" ]'],
    jobs: ['push', 'build', 'deploy'],
    at: 150,
    lost: { file: DEPLOY, rule: 'needs-not-declared', ref: 'needs.build.outputs.image-tag' },
    hidden: { file: DEPLOY, ref: 'IMAGE_TAG' },
  };
}

describe(`a lost tag on ${runtime}`, () => {
  it('is traced to the job that reads what it does not need, with the minute and job of both tags', async () => {
    const told = world.told.unneeded;
    const diagnosis = await look(told);
    expectLost(diagnosis, told, asItHappened(told));
    const { minute } = world.builds;
    const { pushed, asked } = told;
    const { summary } = diagnosis.verdict;
    expect(summary).toContain(
      `under ${pushed} (built ${minute(WHEN.named)} in job build, pushed ${minute(150)} in job push)`,
    );
    expect(summary).toContain(`asks for ${asked} (made up ${minute(WHEN.madeUp)} in job deploy)`);
    expect(chainOf(diagnosis)).toContain('the log of job deploy shows IMAGE_TAG empty');
    expect(remedies(diagnosis)).toEqual(['set-image', 'open-fix-pull-request']);
  });

  it('is proven by the clock alone when the logs have expired, and nothing of them is claimed', async () => {
    const told = world.told.unneeded;
    world.builds.github.become('logs-gone');
    const diagnosis = await look(told);
    expectLost(diagnosis, told, { ...asItHappened(told), logs: false });
    expect(chainOf(diagnosis)).not.toMatch(/the log of|job \S+ pushed/);
    expect(remedies(diagnosis)).toEqual(['set-image', 'open-fix-pull-request']);
  });

  it('is found where the owner is a secret and every image of the logs is ***/api-service', async () => {
    const told = world.told.unneeded;
    told.hide?.();
    const diagnosis = await look(told);
    expectLost(diagnosis, told, asItHappened(told));
    expect(remedies(diagnosis)).toEqual(['set-image', 'open-fix-pull-request']);
  });

  it('is an output that the runner drops because it holds a secret', async () => {
    const told = world.told.masked;
    const diagnosis = await look(told);
    expectLost(diagnosis, told, {
      files: masked(told.image),
      read: [DEPLOY, '      IMAGE: ${{ needs.build.outputs.image }}'],
      fallback: [DEPLOY, 'IMAGE="${IMAGE:-'],
      jobs: ['build', 'build', 'deploy'],
      at: 200,
      lost: { file: DEPLOY, rule: 'output-may-be-masked', ref: 'outputs.image' },
      hidden: { file: DEPLOY, ref: 'IMAGE' },
    });
    expect(JSON.stringify(diagnosis)).not.toContain(LOGGED_PASSWORD);
    expect(chainOf(diagnosis)).toContain('output image was dropped because it may contain a secret');
  });

  it('is lost in the called workflow of the same repository, which its labels name', async () => {
    const told = world.told.reusable;
    const diagnosis = await look(told);
    const account: Account = {
      files: reusable(told.image),
      read: [DEPLOY, '      TAG: ${{ needs.image.outputs.tag }}'],
      fallback: [SCRIPT, 'TAG="${TAG:-'],
      jobs: ['image / docker', 'image / docker', 'deploy'],
      at: 200,
      lost: { file: IMAGE, ref: 'jobs.docker.outputs.tag', linkedBy: 'source-label' },
      hidden: { file: SCRIPT, ref: 'TAG' },
    };
    expectLost(diagnosis, told, account);
    expect(chainOf(diagnosis)).toContain(`\n${lineAt(account, [IMAGE, '{{ jobs.docker.outputs.tag }}'])} `);
    expect(remedies(diagnosis)).toContain('open-fix-pull-request');
  });

  it('is lost by the caller of another repository’s workflow, which the image’s provenance leads to', async () => {
    const told = world.told.foreign;
    const diagnosis = await look(told);
    expectLost(diagnosis, told, {
      files: foreign(told.image),
      read: [DEPLOY, '          IMAGE_TAG: ${{ needs.image.outputs.tag }}'],
      fallback: [DEPLOY, 'IMAGE_TAG="${IMAGE_TAG:-'],
      jobs: ['image / docker', 'image / docker', 'deploy'],
      at: 200,
      lost: { file: DEPLOY, rule: 'needs-not-declared', ref: 'needs.image.outputs.tag', linkedBy: 'provenance' },
      hidden: { file: DEPLOY, ref: 'IMAGE_TAG' },
    });
    expect(remedies(diagnosis)).toContain('open-fix-pull-request');
  });

  it('is `main`, which a Makefile behind an action makes of nothing', async () => {
    const told = world.told.makefile;
    const diagnosis = await look(told);
    expectLost(diagnosis, told, {
      files: makefile(told.image),
      read: [DEPLOY, '          sha: ${{ needs.build.outputs.image_tag }}'],
      fallback: ['Makefile', '$(if $(IMAGE_TAG)'],
      jobs: ['Build', 'Build', 'Deploy to staging'],
      at: 200,
      lost: { file: DEPLOY, rule: 'needs-not-declared', ref: 'needs.build.outputs.image_tag' },
      hidden: { file: 'Makefile', ref: 'IMAGE_TAG' },
    });
    expect(JSON.stringify(diagnosis.findings)).not.toContain(ACTION);
    expect(remedies(diagnosis)).toContain('open-fix-pull-request');
  });
});

describe(`a build that never pushed, on ${runtime}`, () => {
  it('failed: job, step and its own words, and nothing of a lost output', async () => {
    const { failed } = world.told;
    const diagnosis = await look(failed);
    expect(causes(diagnosis)).toEqual(['build-failed certain']);
    const detail = {
      job: 'build',
      step: 'Build and push',
      commit: failed.sha,
      run: failed.run,
      askedTag: failed.asked,
    };
    expect(diagnosis.findings[0]?.detail).toMatchObject(detail);
    expect(diagnosis.verdict.summary).toContain('"/bin/sh -c npm ci" did not complete successfully');
    expect(remedies(diagnosis)).toEqual(['rerun-build']);
  });

  it('failed three times for the same commit: the fix is not on the remote, and another try is not offered', async () => {
    const { rebuilt } = world.told;
    const diagnosis = await look(rebuilt);
    expect(causes(diagnosis)).toEqual(['build-failed certain']);
    const short = rebuilt.sha.slice(0, 7);
    expect(diagnosis.verdict.summary).toContain(
      `Attempt 3 built ${short} again: a fix made since is not on the remote (main is still at ${short}).`,
    );
    expect(remedies(diagnosis)).toEqual([]);
  });

  it('never ran for this commit, as the provenance of its sibling shows', async () => {
    const diagnosis = await look(world.told.none);
    expect(causes(diagnosis)).toEqual(['build-never-ran certain']);
    expect(diagnosis.findings[0]?.detail).toMatchObject({ commit: world.told.none.sha, builder: DEPLOY });
    expect(remedies(diagnosis)).toEqual([]);
  });

  it('is under way; a label alone makes it likely', async () => {
    const diagnosis = await look(world.told.running);
    expect(causes(diagnosis)).toEqual(['tag-not-found certain', 'build-running likely']);
    expect(remedies(diagnosis)).toEqual([]);
  });

  it('was a kaniko Job of this cluster: its last words are told', async () => {
    const diagnosis = await look({ name: 'front' }, KANIKO.namespace);
    expect(causes(diagnosis)).toEqual(['build-failed certain']);
    const detail = { job: `${KANIKO.namespace}/build-front`, builder: 'kaniko', log: KANIKO.words };
    expect(diagnosis.findings[0]?.detail).toMatchObject(detail);
    expect(diagnosis.verdict.summary).toContain(KANIKO.words.at(-1));
  });

  it('was a BuildKit Job of this cluster', async () => {
    const diagnosis = await look({ name: 'side' }, KANIKO.namespace);
    expect(causes(diagnosis)).toEqual(['build-failed certain']);
    const detail = { job: `${KANIKO.namespace}/build-side`, builder: 'buildkit', log: BUILDKIT };
    expect(diagnosis.findings[0]?.detail).toMatchObject(detail);
    expect(diagnosis.verdict.summary).toContain(BUILDKIT.at(-1));
  });

  it('has no Job in this cluster: said, and nobody is blamed', async () => {
    const diagnosis = await look({ name: 'back' }, KANIKO.namespace);
    expect(diagnosis.verdict.cause).toBe('repository-not-found');
    expect(causes(diagnosis).filter((one) => CI.test(one))).toEqual([]);
    expect(diagnosis.steps.find(({ id }) => id === 'build-job')?.summary).toMatch(
      /no build Job exists in this cluster/,
    );
  });
});

describe(`what only looks like it, on ${runtime}`, () => {
  it('is a tag that was pushed and deleted', async () => {
    const { deleted } = world.told;
    const diagnosis = await look(deleted);
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(diagnosis.verdict.summary).toContain(`pushed ${deleted.asked} at ${world.builds.minute(150)}`);
    expect(diagnosis.verdict.summary).toContain('it was there and is gone');
    expect(remedies(diagnosis)).toEqual([]);
  });

  it('is the same, with no log left to show that it was pushed', async () => {
    world.builds.github.become('logs-gone');
    const diagnosis = await look(world.told.deleted);
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(causes(diagnosis).filter((one) => CI.test(one) && !one.endsWith('possible'))).toEqual([]);
  });

  it('is a tag of an earlier attempt, whose minute lies in no job that can be read', async () => {
    const diagnosis = await look(world.told.earlier);
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(causes(diagnosis).filter((one) => CI.test(one) && !one.endsWith('possible'))).toEqual([]);
  });
});

describe(`GitHub on a bad day, on ${runtime}`, () => {
  it.each([
    ['down', /GitHub answered 503/],
    ['rate-limited', /GitHub: the rate limit is used up until \d{4}-/],
    ['forbidden', /give the GitHub App or token the permission actions:read/],
    ['slow', /the code host: no answer within \d+s/],
  ] as const)('%s: the missing tag stays certain, in time, and what was not seen is said', async (trouble, words) => {
    world.builds.github.become(trouble);
    const diagnosis = await look(world.told.unneeded);
    if (trouble === 'slow') expect(diagnosis.durationMs).toBeLessThan(SLOW_BOUND);
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    const step = diagnosis.steps.find(({ id }) => id === 'build');
    expect(step).toMatchObject({ status: 'inconclusive', summary: expect.stringMatching(words) });
  });
});
