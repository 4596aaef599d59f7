/** Whose file ran: a workflow of another repository, and a pull request's merge commit. */
import { describe, expect, it } from '@jest/globals';
import type { WorkflowRun } from '../../src/build/run.ts';
import { CALLED_RUN, callerOf, ROLL_OUT } from '../support/called-workflow.ts';
import { aRepository, aSha, fakeCodeHost, type RepositoryStory } from '../support/fake-code-host.ts';
import {
  at,
  BUILD_LOG,
  DEPLOY_LOG,
  FILE,
  JOBS,
  NAME,
  REPOSITORY,
  RUN,
  registry,
  SHA,
  WORKFLOW,
} from '../support/lost-tag-story.ts';
import { causes, chainOf, look, step } from '../support/lost-tag-world.ts';

const CALLED = 'platform/ci/.github/workflows/roll-out.yml';
const THEIRS = aSha('theirs');
const CALLER = callerOf(`${CALLED}@v2`);

function host(run: WorkflowRun, text: string, theirs?: Partial<RepositoryStory>, over: Partial<RepositoryStory> = {}) {
  const own = aRepository({
    runs: [run],
    ...CALLED_RUN,
    commits: [{ sha: SHA, at: at('17:50:00'), title: 'Add a route' }],
    refs: { main: SHA },
    files: { [SHA]: { [FILE]: text } },
    ...over,
  });
  return fakeCodeHost({
    repositories: { [REPOSITORY]: own, ...(theirs ? { 'platform/ci': aRepository(theirs) } : {}) },
  });
}

describe('a workflow of another repository', () => {
  const known = { ...RUN, referenced: [{ path: CALLED, sha: THEIRS }] };
  const theirs = {
    commits: [{ sha: THEIRS, title: 'v2' }],
    files: { [THEIRS]: { '.github/workflows/roll-out.yml': ROLL_OUT } },
  };

  it('is read at the commit that the run used, and linked there', async () => {
    const github = host(known, CALLER, theirs);
    const diagnosis = await look({ host: github });
    expect(causes(diagnosis)).toEqual(['ci-output-lost certain', 'ci-silent-fallback certain']);
    expect(diagnosis.findings[1]?.detail).toMatchObject({ file: CALLED, ref: 'TAG' });
    expect(chainOf(diagnosis).join('\n')).toContain(
      `https://github.com/platform/ci/blob/${THEIRS}/.github/workflows/roll-out.yml#L9`,
    );
    expect(github.calls).toContain(`file platform/ci .github/workflows/roll-out.yml ${THEIRS}`);
  });

  it('is asked for nowhere where the run does not say that it used it', async () => {
    const github = host(RUN, CALLER, theirs, { jobs: { 17: JOBS.slice(0, 1) }, logs: {} });
    const diagnosis = await look({ host: github });
    expect(github.calls.filter((call) => call.includes('platform/ci'))).toEqual([]);
    expect(step(diagnosis)?.summary).toContain(`${CALLED} could not be seen: the run does not tell at which commit`);
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
  });

  it('that the token may not see is said', async () => {
    const diagnosis = await look({
      host: host(known, CALLER, undefined, { jobs: { 17: JOBS.slice(0, 1) }, logs: {} }),
    });
    expect(step(diagnosis)?.summary).toContain(`${CALLED} could not be seen: it is gone, or the token may not see it`);
  });

  it('does not take its own files out of ours', async () => {
    const nested = ROLL_OUT.replace(/ {4}runs-on[\s\S]*$/, '    uses: ./.github/workflows/inner.yml\n');
    const inner = ROLL_OUT.replace('roll-out:\n', 'inner:\n');
    const github = host(
      known,
      CALLER,
      { ...theirs, files: { [THEIRS]: { '.github/workflows/roll-out.yml': nested } } },
      { files: { [SHA]: { [FILE]: CALLER, '.github/workflows/inner.yml': inner } } },
    );
    const diagnosis = await look({ host: github });
    expect(JSON.stringify(diagnosis.findings)).not.toContain('inner.yml');
  });
});

describe('a pull request’s run', () => {
  const MERGE = aSha('merge');
  const pulled = { ...RUN, event: 'pull_request', headBranch: 'topic', pullRequests: [12] };
  const merged = { sha: MERGE, at: at('17:51:00'), title: `Merge ${SHA} into ${aSha('base')}` };
  const sound = WORKFLOW.replace('needs: push\n', 'needs: [build, push]\n');

  const look2 = async (over: Partial<RepositoryStory>) =>
    look({
      host: host(pulled, sound, undefined, { jobs: { 17: JOBS }, logs: { 1: BUILD_LOG, 3: DEPLOY_LOG }, ...over }),
    });

  it('ran the file of its merge commit: that one is judged', async () => {
    const commits = [{ sha: SHA, at: at('17:50:00'), title: 'Add a route' }, merged];
    const files = { [SHA]: { [FILE]: sound }, [MERGE]: { [FILE]: WORKFLOW } };
    const diagnosis = await look2({ commits, files, refs: { main: SHA, 'refs/pull/12/merge': MERGE } });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
    expect(chainOf(diagnosis).join('\n')).toContain(`/blob/${MERGE}/${FILE}`);
  });

  it('is not judged by a merge commit that is younger than the run, or of another head', async () => {
    for (const other of [
      { ...merged, at: at('18:20:00') },
      { ...merged, title: `Merge ${aSha('newer')} into ${aSha('base')}` },
    ]) {
      const commits = [{ sha: SHA, at: at('17:50:00'), title: 'Add a route' }, other];
      const files = { [SHA]: { [FILE]: sound }, [MERGE]: { [FILE]: WORKFLOW } };
      const diagnosis = await look2({ commits, files, refs: { main: SHA, 'refs/pull/12/merge': MERGE } });
      expect(JSON.stringify(diagnosis)).not.toContain(`/blob/${MERGE}/`);
    }
  });

  it('of the very merge commit that the tag names needs no other question', async () => {
    const commits = [{ sha: SHA, at: at('17:50:00'), title: 'Add a route' }, merged];
    const github = host(pulled, sound, undefined, {
      commits,
      files: { [MERGE]: { [FILE]: WORKFLOW } },
      jobs: { 17: JOBS },
    });
    await look({ host: github, image: `${NAME}:${MERGE.slice(0, 7)}-2026-05-24-17-54`, images: registry(['b1b2c3d']) });
    expect(github.calls).toContain(`file ${REPOSITORY} ${FILE} ${MERGE}`);
  });
});
