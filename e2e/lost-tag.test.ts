/**
 * The image exists as …-17-52, the cluster asks for …-17-54: from the stuck pod of a real kubelet through the registry to the job that
 * lost the tag, at a GitHub that answers, has no logs any more, is away, or does not answer at all.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, installBase } from './support/account.ts';
import { apply, deployment, dir, namespace, runtime, stuckPod } from './support/box.ts';
import { diagnose } from './support/cli.ts';
import { BUILD_LOG, FILE, JOBS, type LostTag, REPOSITORY, RUN, startLostTag } from './support/github.ts';
import { type Registry, startRegistry } from './support/registry.ts';

let registry: Registry;
let kubeconfig: string;
let story: LostTag;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  registry = await startRegistry({ name: 'ci.box', address: '198.51.100.31', accounts: [] });
  story = await startLostTag(registry.host);
  await registry.push(REPOSITORY, story.pushed);
  await installBase();
  kubeconfig = await accountKubeconfig();
  const config = join(dir, 'lost-tag.yaml');
  const sources = [{ image: story.image, repository: REPOSITORY }];
  writeFileSync(config, JSON.stringify({ registries: [{ host: registry.host, plainHttp: true }], sources }));
  env = { PULLCHECK_CONFIG: config, ...story.env };
  await namespace('staging');
  await apply(deployment({ namespace: 'staging', name: 'api', image: `${story.image}:${story.asked}` }));
  await stuckPod('staging', 'api');
});
beforeEach(() => {
  story.play();
  story.github.become(undefined);
});
afterAll(async () => {
  await story?.github.close();
  await registry?.remove();
});

async function look() {
  return (await diagnose(kubeconfig, 'deployment/api', 'staging', env)).value;
}

describe(`the lost tag on ${runtime}`, () => {
  it('is traced to the job that reads what it does not need, with a pull request to offer', async () => {
    const diagnosis = await look();
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
    expect(diagnosis.findings[0]?.detail).toMatchObject({
      pushedTag: story.pushed,
      askedTag: story.asked,
      repository: REPOSITORY,
      commit: story.sha,
      file: FILE,
      rule: 'needs-not-declared',
    });
    expect(diagnosis.findings.map(({ cause }) => cause)).toContain('ci-silent-fallback');
    expect(diagnosis.calls.github).toBeGreaterThan(0);
    expect(diagnosis.remedies.map(({ id }) => id)).toContain('open-fix-pull-request');
  });

  it('is proven by the clock when the logs have expired', async () => {
    story.github.become('logs-gone');
    expect((await look()).verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
  });

  it('is found where the owner is a secret and every image is ***/api-service', async () => {
    story.play({ logs: { 1: story.told(BUILD_LOG).replaceAll(story.image, '***/api-service') } });
    expect((await look()).verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
  });

  it.each([
    ['down', /GitHub answered 503/],
    ['rate-limited', /GitHub: the rate limit is used up until \d{4}-/],
    ['forbidden', /give the GitHub App or token the permission actions:read/],
    ['slow', /builds|runs|GitHub/],
  ] as const)(
    'is a missing tag and nothing more while GitHub is %s, in time, and what was not seen is said',
    async (trouble, sentence) => {
      story.github.become(trouble);
      const began = performance.now();
      const diagnosis = await look();
      expect(performance.now() - began).toBeLessThan(60_000);
      expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
      expect(diagnosis.steps.find(({ id }) => id === 'build')).toMatchObject({
        status: 'inconclusive',
        summary: expect.stringMatching(sentence),
      });
    },
  );

  it('is a build that failed where it did', async () => {
    const [build, push, deploy] = JOBS.map((job) => ({ ...job, conclusion: 'skipped' as const }));
    if (!build || !push || !deploy) throw new Error('the story has three jobs');
    const failed = { ...build, conclusion: 'failure' as const };
    story.play({
      runs: [{ ...RUN, headSha: story.sha, conclusion: 'failure' }],
      jobs: { 17: [failed, push, deploy] },
      logs: { 1: '2026-05-24T17:52:20.1234567Z ##[error]Process completed with exit code 1.\n' },
    });
    expect((await look()).findings.map(({ cause }) => cause)).toContain('build-failed');
  });
});
