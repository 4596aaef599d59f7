/** What the trace must not say: red herrings, and a code host that cannot be seen. */
import { describe, expect, it } from '@jest/globals';
import { observed } from '../../src/evidence/observation.ts';
import type { RegistryReader } from '../../src/evidence/ports.ts';
import {
  ASKED,
  at,
  BUILD_LOG,
  codeHost,
  DEPLOY_LOG,
  DIGEST,
  FILE,
  JOBS,
  job,
  log,
  NAME,
  PUSHED,
  REPOSITORY,
  registry,
  SHA,
  WORKFLOW,
} from '../support/lost-tag-story.ts';
import { causes, look, open, step } from '../support/lost-tag-world.ts';

const ci = /^(?:ci-|build-)/;

/** A registry whose images say nothing of where they were made. */
function untold(): RegistryReader {
  return { ...registry(), origin: async () => observed({}) };
}

describe('never a cause of the pipeline', () => {
  it('where the run cannot be found: what was asked is said', async () => {
    const diagnosis = await look({ host: codeHost({ runs: [], commits: [] }) });
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(diagnosis.findings.some(({ cause }) => ci.test(cause))).toBe(false);
    expect(step(diagnosis)).toMatchObject({ status: 'inconclusive' });
    expect(step(diagnosis)?.summary).toContain(`${REPOSITORY} has no commit a1b2c3d that can be seen`);
  });

  it('where nothing tells the repository: what to configure is said', async () => {
    const silent = untold();
    const diagnosis = await look({ host: codeHost(), images: silent });
    expect(step(diagnosis)?.summary).toContain('name it under sources in pullcheck.yaml');
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
  });

  it('but the configured repository is taken', async () => {
    const silent = untold();
    const sources = [{ image: NAME, repository: REPOSITORY }];
    const diagnosis = await look({ host: codeHost(), images: silent, deps: { sources } });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
  });

  it('where no code host is configured: the variables are named', async () => {
    const diagnosis = await look({});
    expect(step(diagnosis)?.summary).toContain('GITHUB_TOKEN');
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
  });

  it('where a label leads to another host or is no repository', async () => {
    for (const source of [
      'https://github.com.evil.example/mycompany/api-service',
      'https://github.com/..',
      'javascript:1',
    ]) {
      const images = { ...registry(), origin: async () => observed({ source, runUrl: `${source}/actions/runs/17` }) };
      const host = codeHost();
      const diagnosis = await look({ host, images });
      expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
      expect(host.calls).toEqual([]);
    }
  });

  it('where the build pushed exactly that tag: somebody deleted it', async () => {
    const build = BUILD_LOG.replaceAll(PUSHED, ASKED);
    const diagnosis = await look({ host: codeHost({ logs: { 1: build, 3: DEPLOY_LOG } }) });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(diagnosis.verdict.summary).toContain(`pushed ${ASKED} at 17:52: it was there and is gone`);
    expect(diagnosis.findings[0]?.detail).toMatchObject({ digest: DIGEST });
  });

  it('where the tag’s minute lies in no job of the run: an earlier attempt may have pushed it', async () => {
    const earlier = ASKED.replace('17-54', '17-12');
    const diagnosis = await look({ host: codeHost(), image: `${NAME}:${earlier}` });
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(causes(diagnosis).filter((one) => ci.test(one) && !one.endsWith('possible'))).toEqual([]);
  });

  it('where the tag’s minute lies in the job that builds, whatever the job that deploys could have made later', async () => {
    const diagnosis = await look({ host: codeHost({}, 'logs-gone'), image: `${NAME}:${PUSHED}`, images: registry([]) });
    expect(causes(diagnosis).filter((one) => ci.test(one) && !one.endsWith('possible'))).toEqual([]);
  });

  it('where the broken read belongs to a job that deploys nothing', async () => {
    const workflow = WORKFLOW.replace('needs: push\n', 'needs: [build, push]\n').replace(
      '  deploy:\n',
      '  notify:\n    needs: push\n    runs-on: ubuntu-latest\n    env:\n      TAG: ${{ needs.build.outputs.image-tag }}\n    steps:\n      - run: ./notify.sh "$TAG"\n  deploy:\n',
    );
    const arrived = DEPLOY_LOG.replace('IMAGE_TAG: ', `IMAGE_TAG: ${PUSHED}`);
    const jobs = [
      ...JOBS.map((one) => ({ ...one, steps: [], startedAt: at('10:00:00'), completedAt: at('10:05:00') })),
      job(4, 'notify', ['10:04:00', '10:05:00']),
    ];
    const diagnosis = await look({
      host: codeHost({
        files: { [SHA]: { [FILE]: workflow } },
        logs: { 1: BUILD_LOG, 3: arrived },
        jobs: { 17: jobs },
      }),
    });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
  });

  it('where a fault of the files has nothing to do with a tag that somebody typed', async () => {
    const typed = 'a1b2c4d-2026-05-24-17-52';
    const diagnosis = await look({ host: codeHost(), image: `${NAME}:${typed}` });
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(causes(diagnosis).filter((one) => ci.test(one) && !one.endsWith('possible'))).toEqual([]);
    expect(JSON.stringify(diagnosis.findings)).not.toContain('made up');
  });

  it('where a build of another commit failed at the time of a tag that names none', async () => {
    const failed = JOBS.map((one) => ({ ...one, conclusion: 'failure' as const }));
    const host = codeHost({ jobs: { 17: failed }, logs: {} });
    const diagnosis = await look({ host, image: `${NAME}:nightly-2026-05-24-18-00`, images: registry(['stable']) });
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(causes(diagnosis).filter((one) => ci.test(one) && !one.endsWith('possible'))).toEqual([]);
  });

  it('where the same tag went to another repository', async () => {
    const build = log(
      '17:52:20',
      'The push refers to repository [ghcr.io/mycompany/api-service]',
      `${ASKED}: digest: ${DIGEST} size: 1`,
    );
    const workflow = WORKFLOW.replace('needs: push\n', 'needs: [build, push]\n').replace(/ +if \[ -z[\s\S]*?fi\n/, '');
    const diagnosis = await look({
      host: codeHost({ files: { [SHA]: { [FILE]: workflow } }, logs: { 1: build } }),
    });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(step(diagnosis)?.summary).toContain('but to ghcr.io/mycompany/api-service');
  });
});

describe('a code host in trouble', () => {
  it.each([
    ['down', 'connection refused'],
    ['rate-limited', 'rate limit is used up'],
    ['forbidden', 'actions:read'],
  ] as const)('that is %s is said, and the tag is still what is missing', async (trouble, words) => {
    const diagnosis = await look({ host: codeHost({}, trouble) });
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(step(diagnosis)).toMatchObject({ status: 'inconclusive' });
    expect(step(diagnosis)?.summary).toContain(words);
  });

  it('that is slow does not keep the diagnosis', async () => {
    const { look: start, clock } = open({ host: codeHost({}, 'slow') });
    const running = start();
    await clock.advance(11_000);
    const diagnosis = await running;
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(step(diagnosis)?.summary).toContain('no answer within');
  });
});
