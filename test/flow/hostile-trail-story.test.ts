/** Histories at the code host that look like a cause and are none: whatever is said of them, it is not certain. */
import { describe, expect, it } from '@jest/globals';
import type { RunJob, WorkflowRun } from '../../src/build/run.ts';
import { observed } from '../../src/evidence/observation.ts';
import { BEFORE, BUILD, buildJob, COMMIT, DAY, ended, IMAGE, SIBLING, TAG, told } from '../support/build-trail.ts';
import { createManualClock } from '../support/clock.ts';
import { aSha } from '../support/fake-code-host.ts';
import {
  ASKED,
  at,
  BUILD_LOG,
  codeHost,
  DEPLOY_LOG,
  FILE,
  JOBS,
  job,
  log,
  NAME,
  PUSHED,
  REPOSITORY,
  RUN,
  registry,
  SHA,
  WORKFLOW,
} from '../support/lost-tag-story.ts';
import { causes, look } from '../support/lost-tag-world.ts';

/** Sure causes other than that the tag is missing. */
async function sure(diagnosis: Promise<Parameters<typeof causes>[0]>): Promise<readonly string[]> {
  return causes(await diagnosis).filter((one) => one.endsWith(' certain') && !one.startsWith('tag-not-found'));
}

/** Image and repository are tied by nothing but a label, which a base image may have left. */
const labelled = (names: readonly string[]) => ({
  ...registry(names),
  origin: async () => observed({ source: `https://github.com/${REPOSITORY}` }),
});

const failing: Partial<WorkflowRun> = { conclusion: 'failure' };

describe('a base image’s label', () => {
  it('leads to a repository whose pipeline is broken in just that minute', async () => {
    const text = WORKFLOW.replaceAll('api-service', 'base-image').replaceAll('$(git rev-parse --short HEAD)-', '');
    const quiet = log('17:52:20', 'The push refers to repository [docker.io/mycompany/base-image]');
    const files = { [SHA]: { [FILE]: text } };
    const host = codeHost({ files, logs: { 1: quiet, 3: DEPLOY_LOG } });
    const images = labelled(['2026-05-24-17-52']);
    expect(await sure(look({ host, images, image: `${NAME}:2026-05-24-17-54` }))).toEqual([]);
    expect(causes(await look({ host, images, image: `${NAME}:2026-05-24-17-54` }))).toEqual(['tag-not-found certain']);
  });

  it('leads to a repository that has the commit’s first characters by chance', async () => {
    const host = codeHost({
      runs: [{ ...RUN, ...failing }],
      jobs: { 17: [buildJob('failure')] },
      logs: {},
      files: { [SHA]: { [FILE]: BUILD } },
    });
    expect(await sure(look({ host, images: labelled([SIBLING]), image: IMAGE }))).toEqual([]);
  });

  it('leads to a repository without any run for that commit', async () => {
    const host = codeHost({ runs: [BEFORE], jobs: {} });
    expect(await sure(look({ host, images: labelled([SIBLING]), image: IMAGE }))).toEqual([]);
  });
});

describe('a commit', () => {
  it('that is not in the repository, while a build of another fails', async () => {
    const other = ended('failure', { headSha: aSha('other') });
    const host = codeHost({
      runs: [other],
      jobs: { 41: [buildJob('failure')] },
      logs: { 1: log('17:52:00', `checking out ${aSha('other')}`) },
      files: { [aSha('other')]: { [FILE]: BUILD } },
    });
    expect(causes(await look({ host, images: registry(['d00dfee']), image: `${NAME}:f00dfee` }))).toEqual([
      'tag-not-found certain',
    ]);
  });

  it('whose message claims to be the merge of another one, which failed', async () => {
    const [victim, base] = [aSha('victim'), aSha('base')];
    const asked = async (parents: readonly string[]) =>
      causes(
        await look({
          image: IMAGE,
          images: registry([SIBLING]),
          host: codeHost({
            runs: [ended('failure', { headSha: victim })],
            jobs: { 41: [buildJob('failure')] },
            logs: {},
            commits: [
              { sha: SHA, at: COMMIT.at, title: `Merge ${victim} into ${base}`, parents },
              { sha: victim, at: COMMIT.at, title: 'Victim' },
            ],
            files: { [victim]: { [FILE]: BUILD } },
          }),
        }),
      );
    expect(await asked([base, victim])).toEqual(['build-failed certain']);
    expect(await asked([aSha('plain')])).toEqual(['tag-not-found certain']);
  });

  it('with so many workflows that not all of them were looked at', async () => {
    const many = Array.from({ length: 8 }, (_, n) =>
      ended('success', { id: 50 + n, path: `.github/workflows/w${n}.yml` }),
    );
    const files = Object.fromEntries(
      many.map(({ path }) => [path, 'on: push\njobs: { a: { steps: [{ run: echo }] } }\n']),
    );
    expect(await sure(told({ runs: many, files }))).toEqual([]);
  });

  it('whose other runs cannot be listed', async () => {
    const host = codeHost({
      runs: [BEFORE],
      commits: [COMMIT, { sha: BEFORE.headSha, title: 'Before' }],
    });
    const blind: typeof host = {
      ...host,
      runs: async (repository, query, signal) =>
        query.workflow === undefined ? host.runs(repository, query, signal) : { status: 'unreachable', detail: 'slow' },
    };
    const clock = createManualClock(COMMIT.at);
    expect(await sure(look({ host: blind, image: IMAGE, images: registry([SIBLING]), deps: { clock } }))).toEqual([]);
  });

  it('whose list of runs is cut', async () => {
    const host = codeHost({ runs: [BEFORE], commits: [COMMIT, { sha: BEFORE.headSha, title: 'Before' }] });
    const cut: typeof host = { ...host, runs: async () => observed({ runs: [], truncated: true }) };
    expect(await sure(look({ host: cut, image: IMAGE, images: registry([SIBLING]) }))).toEqual([]);
  });
});

describe('a run that failed', () => {
  const tests = (conclusion: NonNullable<RunJob['conclusion']> = 'failure') =>
    job(2, 'test', ['17:52:50', '17:53:20'], { conclusion });
  const withTest = `${BUILD}  test:\n    needs: build\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n`;

  it('after the build, in its tests', async () => {
    const pushed = log('17:52:20', 'The push refers to repository [docker.io/mycompany/api-service]');
    const diagnosis = told({
      text: withTest,
      runs: [ended('failure')],
      jobs: { 41: [buildJob('success'), tests()] },
      logs: { 1: pushed },
    });
    expect(await sure(diagnosis)).toEqual([]);
  });

  it('again in its last attempt, which ran only the deployment', async () => {
    const text = `${BUILD}  deploy:\n    needs: build\n    runs-on: ubuntu-latest\n    steps:\n      - run: kubectl rollout status deployment/api\n`;
    const deploy = job(3, 'deploy', ['17:53:50', '17:54:40'], { conclusion: 'failure' });
    expect(await sure(told({ text, runs: [ended('failure', { attempt: 2 })], jobs: { 41: [deploy] } }))).toEqual([]);
  });

  it('of another workflow, which only checks the code', async () => {
    const lint = ended('failure', { id: 60, path: '.github/workflows/lint.yml' });
    const text = 'on: push\njobs:\n  docker-lint:\n    runs-on: x\n    steps:\n      - run: hadolint Dockerfile\n';
    const jobs = {
      60: [job(1, 'docker-lint', ['17:51:50', '17:52:40'], { conclusion: 'failure' })],
      41: [buildJob('success')],
    };
    const diagnosis = told({ runs: [ended('success'), lint], files: { '.github/workflows/lint.yml': text }, jobs });
    expect(await sure(diagnosis)).toEqual([]);
  });

  it('and whose file cannot be read: a name is no proof', async () => {
    const lint = ended('failure', { id: 60, path: '.github/workflows/gone.yml' });
    const jobs = { 60: [job(1, 'docker-lint', ['17:51:50', '17:52:40'], { conclusion: 'failure' })] };
    expect(await sure(told({ runs: [lint], jobs }))).toEqual([]);
  });

  it('in the image of a neighbour', async () => {
    const push = (name: string) =>
      `  ${name}:\n    runs-on: x\n    steps:\n      - name: Push\n        run: docker push mycompany/${name}:\${GITHUB_SHA::7}\n`;
    const text = `on: push\njobs:\n${push('web')}${push('api-service')}`;
    const jobs = [
      job(1, 'web', ['17:51:50', '17:52:40'], { conclusion: 'failure' }),
      job(2, 'api-service', ['17:51:50', '17:52:40']),
    ];
    expect(await sure(told({ text, runs: [ended('failure')], jobs: { 41: jobs } }))).toEqual([]);
  });

  it('at night, for a commit that had been built by day', async () => {
    const night = ended('failure', { id: 70, event: 'schedule', createdAt: at('23:00:00') });
    const jobs = { 41: [buildJob('success')], 70: [{ ...buildJob('failure'), id: 7 }] };
    expect(await sure(told({ runs: [night, ended('success')], jobs }))).toEqual([]);
  });

  it('in the roll-out of the very job that pushed, because the image that it asks for is not there', async () => {
    const text = `on: push\njobs:\n  ship:\n    runs-on: x\n    steps:\n      - run: |\n          docker push mycompany/api-service:\${GITHUB_SHA::7}\n          kubectl set image deployment/api api=mycompany/api-service:$TAG\n          kubectl rollout status deployment/api\n`;
    const said = log(
      '17:52:20',
      '##[group]Run docker push mycompany/api-service:${GITHUB_SHA::7}',
      'shell: bash',
      'env:',
      '  TAG: v1.4.0',
      '##[endgroup]',
      'The push refers to repository [docker.io/mycompany/api-service]',
      `${TAG}: digest: sha256:${'1'.repeat(64)} size: 1`,
      'error: deployment "api" exceeded its progress deadline',
      '##[error]Process completed with exit code 1.',
    );
    const host = codeHost({
      runs: [ended('failure')],
      jobs: { 41: [job(1, 'ship', ['17:51:50', '17:52:40'], { conclusion: 'failure' })] },
      logs: { 1: said },
      refs: { main: SHA, 'v1.4.0': SHA },
      files: { [SHA]: { [FILE]: text } },
    });
    expect(await sure(look({ host, image: `${NAME}:v1.4.0`, images: registry([TAG, 'v1.3.0']) }))).toEqual([]);
  });
});

describe('a run that did not end well', () => {
  it('was cancelled in its deployment, after the build was done', async () => {
    const text = `${BUILD}  deploy:\n    needs: build\n    runs-on: x\n    steps:\n      - run: kubectl apply -f .\n`;
    const deploy = job(3, 'deploy', ['17:53:50', '17:54:40'], { conclusion: 'cancelled' });
    const diagnosis = told({ text, runs: [ended('cancelled')], jobs: { 41: [buildJob('success'), deploy] } });
    expect(causes(await diagnosis)).toEqual(['tag-not-found certain']);
  });

  it('waits for an approval of its deployment, after the build was done', async () => {
    const text = `${BUILD}  deploy:\n    needs: build\n    environment: prod\n    runs-on: x\n    steps:\n      - run: kubectl apply -f .\n`;
    const { conclusion: _none, ...open } = ended('success');
    const { conclusion: _no, completedAt: _end, ...deploy } = job(3, 'deploy', ['17:53:50', '17:54:40'], { steps: [] });
    const jobs = { 41: [buildJob('success'), { ...deploy, progress: 'waiting', held: 'approval' } as const] };
    const diagnosis = told({ text, runs: [{ ...open, progress: 'waiting', held: 'approval' }], jobs });
    expect(causes(await diagnosis)).toEqual(['tag-not-found certain']);
  });

  it('was cancelled by hand while a run of another branch began', async () => {
    const cancelled = ended('cancelled', { updatedAt: at('17:52:40') });
    const other = ended('success', { id: 80, headBranch: 'topic', headSha: aSha('topic'), createdAt: at('17:52:30') });
    const [, second] = (await told({ runs: [other, cancelled], jobs: { 41: [buildJob('cancelled')] } })).findings;
    expect(second?.summary).not.toContain('superseded');
    expect(second?.confidence).toBe('likely');
  });

  it('skipped its push on a pull request, while the branch’s own run failed', async () => {
    const pull = ended('success', { id: 90, event: 'pull_request', headBranch: 'topic' });
    const jobs = { 90: [buildJob('success', 'skipped')], 41: [{ ...buildJob('failure'), id: 5 }] };
    const diagnosis = await told({ runs: [pull, ended('failure')], jobs });
    expect(causes(diagnosis)).toEqual(['build-failed certain']);
    expect(diagnosis.verdict.summary).toContain('/actions/runs/41');
  });
});

describe('a tag', () => {
  it('whose minute lies in a job of another commit’s run', async () => {
    const other = { ...RUN, id: 21, headSha: aSha('other') };
    const host = codeHost({
      runs: [other, BEFORE],
      jobs: { 21: JOBS },
      files: { [aSha('other')]: { [FILE]: WORKFLOW }, [SHA]: { [FILE]: WORKFLOW } },
    });
    const clock = createManualClock(COMMIT.at + 40 * DAY);
    const diagnosis = look({ host, images: registry([PUSHED]), image: `${NAME}:${ASKED}`, deps: { clock } });
    expect((await sure(diagnosis)).filter((one) => one.startsWith('ci-'))).toEqual([]);
  });

  it('that a log quotes out of an earlier incident, from a job that has nothing to do with it', async () => {
    const quoted = `${BUILD_LOG.replaceAll(PUSHED, 'a1b2c3d')}\n${log('17:52:21', `last time ${ASKED} was missing`)}`;
    const sound = WORKFLOW.replace('needs: push\n', 'needs: [build, push]\n').replace(/ {10}if[\s\S]*fi\n/, '');
    const files = { [SHA]: { [FILE]: sound } };
    const steady = JOBS.map((one) => ({ ...one, steps: [], startedAt: at('10:00:00'), completedAt: at('10:05:00') }));
    const host = codeHost({ files, jobs: { 17: steady }, logs: { 1: quoted } });
    expect(await sure(look({ host }))).toEqual([]);
  });
});
