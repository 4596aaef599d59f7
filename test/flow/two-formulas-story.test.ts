/** A deploy job that makes its tag anew: its line is named as the way only where the clock or a log shows that it is. */
import { describe, expect, it } from '@jest/globals';
import {
  ASKED,
  at,
  BUILD_LOG,
  codeHost,
  FILE,
  JOBS,
  log,
  NAME,
  PUSHED,
  registry,
  SHA,
  WORKFLOW,
} from '../support/lost-tag-story.ts';
import { causes, chainOf, look } from '../support/lost-tag-world.ts';

const AGAIN = `${WORKFLOW.slice(0, WORKFLOW.indexOf('  deploy:\n'))}  deploy:
    runs-on: ubuntu-latest
    needs: push
    steps:
      - uses: actions/checkout@v4
      - run: |
          TAG=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)
          kubectl -n staging set image deployment/api api=mycompany/api-service:$TAG
`;
const LINE = AGAIN.split('\n').findIndex((line) => line.includes('TAG=$(git')) + 1;
const files = { [SHA]: { [FILE]: AGAIN } };
/** Jobs of another hour: the tags' minutes lie in none of them. */
const ELSEWHEN = JOBS.map((one) => ({ ...one, startedAt: at('10:00:00'), completedAt: at('10:05:00'), steps: [] }));

describe('a tag that the deploy job made from the clock again', () => {
  it('is told with its line and the fix where the times agree', async () => {
    const diagnosis = await look({ host: codeHost({ files, logs: { 1: BUILD_LOG } }) });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    const [first] = diagnosis.findings;
    expect(first?.detail).toMatchObject({ rule: 'tag-recomputed-from-clock', file: FILE, line: LINE });
    expect(diagnosis.verdict.summary).toContain(`. ${FILE}:${LINE}: `);
    const diff = first?.detail['diff'];
    expect(diff).toEqual(expect.arrayContaining([expect.stringMatching(/^\+ +TAG=\$\{\{ needs\.build\.outputs\./)]));
  });

  it('is told as possible, and without an edit, where nothing shows when it was made', async () => {
    const diagnosis = await look({ host: codeHost({ files, logs: { 1: BUILD_LOG }, jobs: { 17: ELSEWHEN } }) });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(diagnosis.verdict.summary).toContain(`Possibly because of ${FILE}:${LINE}: `);
    expect(chainOf(diagnosis).join('\n')).toContain(`possibly ${FILE}:${LINE}`);
    expect(diagnosis.findings[0]?.detail['diff']).toBeUndefined();
  });

  it('is told as shown where the log of the deploy job speaks of the tag', async () => {
    const spoke = log('17:54:05', `deployment.apps/api image updated to mycompany/api-service:${ASKED}`);
    const diagnosis = await look({
      host: codeHost({ files, logs: { 1: BUILD_LOG, 3: spoke }, jobs: { 17: ELSEWHEN } }),
    });
    expect(diagnosis.verdict.summary).not.toContain('Possibly');
    expect(diagnosis.findings[0]?.detail).toMatchObject({ rule: 'tag-recomputed-from-clock', line: LINE });
  });

  it('is not blamed where the log shows that the pushed tag arrived', async () => {
    const arrived = log('17:54:05', '##[group]Run TAG=x', 'env:', `  GIVEN: ${PUSHED}`, '##[endgroup]');
    const diagnosis = await look({
      host: codeHost({ files, logs: { 1: BUILD_LOG, 3: arrived }, jobs: { 17: ELSEWHEN } }),
    });
    expect(causes(diagnosis)).toContain('tag-not-found certain');
    expect(JSON.stringify(diagnosis.findings)).not.toContain('tag-recomputed-from-clock');
  });
});

describe('a fix that is too long for the thread', () => {
  it('ends in how many lines are left, and where they are', async () => {
    const readers = Array.from(
      { length: 20 },
      (_, index) => `  report${index}:
    runs-on: ubuntu-latest
    needs: push
    # one of many that read what they do not need
    steps:
      - uses: actions/checkout@v4
      - run: ./report.sh
      - run: ./mail.sh
      - run: echo "\${{ needs.build.outputs.image-tag }}"
`,
    );
    const workflow = `${WORKFLOW}${readers.join('')}`;
    const diagnosis = await look({ host: codeHost({ files: { [SHA]: { [FILE]: workflow } } }) });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
    const diff = diagnosis.findings[0]?.detail['diff'];
    if (!Array.isArray(diff)) throw new Error('no diff');
    expect(diff).toHaveLength(81);
    expect(diff.at(-1)).toMatch(
      new RegExp(`^… \\d+ more lines: see the pull request, or pullcheck workflow --diff ${FILE}$`),
    );
  });
});

describe('a commit in another length', () => {
  it('is mended in the thread, too', async () => {
    const short = WORKFLOW.replaceAll('-$(date +%F-%H-%M)', '').replace(
      / {4}env:\n {6}IMAGE_TAG[\s\S]*$/,
      '    steps:\n      - run: kubectl set image deployment/api api=mycompany/api-service:${{ github.sha }}\n',
    );
    const diagnosis = await look({
      image: `${NAME}:${SHA}`,
      images: registry(['a1b2c3d', 'a0ffee1']),
      host: codeHost({ files: { [SHA]: { [FILE]: short } }, logs: { 1: BUILD_LOG.replaceAll(PUSHED, 'a1b2c3d') } }),
    });
    const diff = diagnosis.findings[0]?.detail['diff'];
    expect(diff).toEqual(expect.arrayContaining([expect.stringMatching(/^\+ .*needs\.build\.outputs\.image-tag/)]));
  });
});
