/** A pipeline with a fault that is not what happened: the trace must not blame it. */
import { describe, expect, it } from '@jest/globals';
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
  RUN,
  registry,
  SHA,
  WORKFLOW,
} from '../support/lost-tag-story.ts';
import { causes, look, step } from '../support/lost-tag-world.ts';

const BEFORE = WORKFLOW.slice(0, WORKFLOW.indexOf('  deploy:\n'));
/** Another day: no clock tells where a tag was made. */
const LATER = JOBS.map((one) => ({ ...one, steps: [], startedAt: at('10:00:00'), completedAt: at('10:05:00') }));

function deploy(env: readonly string[], ...steps: readonly string[]): Record<string, Record<string, string>> {
  const own = env.map((line) => `      ${line}\n`).join('');
  const lines = steps.map((line) => `      ${line}\n`).join('');
  const text = `${BEFORE}  deploy:\n    runs-on: ubuntu-latest\n    needs: push\n    env:\n${own}    steps:\n${lines}`;
  return { [SHA]: { [FILE]: text } };
}

function shown(script: string, ...env: readonly string[]): string {
  return log(
    '17:54:05',
    `##[group]Run ${script}`,
    script,
    'shell: /usr/bin/bash -e {0}',
    'env:',
    ...env,
    '##[endgroup]',
  );
}

const LOST = 'IMAGE_TAG: ${{ needs.build.outputs.image-tag }}';

describe('a lost value that does not get into the tag', () => {
  it('is not blamed: another input of the same command was lost', async () => {
    const script = 'helm upgrade api ./chart --version "$CHART" --set image.tag=$TAG';
    const files = deploy(
      ['TAG: ${{ github.event.inputs.tag }}', 'CHART: ${{ needs.build.outputs.image-tag }}'],
      `- run: ${script}`,
    );
    const said = `${shown(script, `  TAG: ${ASKED}`, '  CHART: ')}\n${log('17:54:06', `deployed ${ASKED}`)}`;
    const host = codeHost({ files, jobs: { 17: LATER }, logs: { 1: BUILD_LOG, 3: said } });
    expect(causes(await look({ host }))).toEqual(['tag-not-found certain']);
  });

  it('is not blamed: the command takes the commit, and the lengths differ', async () => {
    const script = 'kubectl set image deployment/api api=mycompany/api-service:$GITHUB_SHA';
    const host = codeHost({
      files: deploy([LOST], `- run: ${script}`),
      jobs: { 17: LATER },
      logs: { 1: BUILD_LOG, 3: shown(script, '  IMAGE_TAG: ') },
    });
    const diagnosis = await look({ host, image: `${NAME}:${SHA}`, images: registry([PUSHED]) });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
  });

  it('is not blamed: the step that deploys has its own', async () => {
    const script = 'kubectl set image deployment/api api=mycompany/api-service:$IMAGE_TAG';
    const files = deploy(
      [LOST],
      '- run: echo hello',
      '- env: { IMAGE_TAG: "${{ github.event.inputs.tag }}" }',
      `  run: ${script}`,
    );
    const said = [shown('echo hello', '  IMAGE_TAG: '), shown(script, `  IMAGE_TAG: ${ASKED}`)].join('\n');
    const host = codeHost({ files, jobs: { 17: LATER }, logs: { 1: BUILD_LOG, 3: said } });
    expect(causes(await look({ host }))).toEqual(['tag-not-found certain']);
  });

  it('but is, where it gets there over another variable and a later step', async () => {
    const script = 'kubectl set image deployment/api api=mycompany/api-service:$FINAL';
    const files = deploy(
      [LOST],
      '- run: echo "FINAL=${IMAGE_TAG:-$(git rev-parse --short HEAD)-$(date +%F-%H-%M)}" >> "$GITHUB_ENV"',
      `- run: ${script}`,
    );
    const diagnosis = await look({ host: codeHost({ files }) });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
  });

  it('is at most possible where the fallback makes exactly what the build does', async () => {
    const script = 'kubectl set image deployment/api api=mycompany/api-service:$TAG';
    const files = deploy([LOST], '- run: |', '    TAG=${IMAGE_TAG:-$(git rev-parse --short HEAD)}', `    ${script}`);
    const text = files[SHA]?.[FILE]?.replace('HEAD)-$(date +%F-%H-%M)"', 'HEAD)"') ?? '';
    const host = codeHost({
      files: { [SHA]: { [FILE]: text } },
      logs: { 1: log('17:52:20', 'nothing'), 3: shown(script, '  IMAGE_TAG: ') },
    });
    const diagnosis = await look({ host, image: `${NAME}:a1b2c3d`, images: registry(['a0ffee1']) });
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(
      causes(diagnosis)
        .slice(1)
        .every((one) => one.endsWith('possible')),
    ).toBe(true);
  });
});

describe('a build', () => {
  const NIGHTLY = { ...RUN, id: 18, createdAt: at('19:00:00'), startedAt: at('19:00:00'), event: 'schedule' };
  const sound = deploy(['A: b'], '- run: kubectl set image deployment/api api=mycompany/api-service:$A');

  it('that runs again of a commit that was built before is not surely what is missing', async () => {
    const { conclusion: _end, ...open } = { ...NIGHTLY, progress: 'running' as const };
    const { conclusion: _done, ...build } = {
      ...job(11, 'build', ['19:00:10', '19:01:40']),
      progress: 'running' as const,
    };
    const host = codeHost({ runs: [RUN, open], jobs: { 17: LATER, 18: [build] }, files: sound }, 'logs-gone');
    expect(causes(await look({ host }))).toEqual(['tag-not-found certain', 'build-running likely']);
  });

  it('of a pull request’s merge commit is listed under its head', async () => {
    const merge = aSha('merge');
    const host = codeHost({
      commits: [
        { sha: SHA, at: at('17:50:00'), title: 'Add a route' },
        { sha: merge, at: at('17:50:30'), title: `Merge ${SHA} into ${aSha('base')}` },
      ],
      runs: [{ ...RUN, event: 'pull_request' }],
    });
    const diagnosis = await look({ host, image: `${NAME}:${merge.slice(0, 7)}`, images: registry(['b1b2c3d']) });
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(JSON.stringify(diagnosis.findings)).not.toContain('build-never-ran');
  });

  it('that pushed the tag to another place made it up nowhere', async () => {
    const build = BUILD_LOG.replace('docker.io/', 'staging.example/').replaceAll(PUSHED, ASKED);
    const diagnosis = await look({ host: codeHost({ logs: { 1: build, 3: DEPLOY_LOG } }) });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(step(diagnosis)?.summary).toContain('but to staging.example/mycompany/api-service');
  });

  it('of another image under a hidden name does not show that this one was there', async () => {
    const push = (name: string) => `    steps:\n      - run: docker push \${{ secrets.OWNER }}/${name}:$GITHUB_SHA\n`;
    const text = `on: push\njobs:\n  web:\n${push('web')}  api-service:\n    if: false\n${push('api-service')}`;
    const jobs = [
      job(1, 'web', ['17:51:50', '17:52:40']),
      job(2, 'api-service', ['17:51:50', '17:51:50'], { conclusion: 'skipped' }),
    ];
    const pushed = log(
      '17:52:20',
      'The push refers to repository [***]',
      `${ASKED}: digest: sha256:${'0'.repeat(64)} size: 1`,
    );
    const diagnosis = await look({
      host: codeHost({ files: { [SHA]: { [FILE]: text } }, jobs: { 17: jobs }, logs: { 1: pushed } }),
    });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(JSON.stringify(diagnosis)).not.toContain('it was there and is gone');
  });
});
