/** How a build came to push nothing: never begun, held, cancelled, skipped, or deleted since. Each with the words that are true of it. */
import { describe, expect, it } from '@jest/globals';
import type { WorkflowRun } from '../../src/build/run.ts';
import { BEFORE, BUILD, buildJob, COMMIT, DAY, ended, IMAGE, OLDER, SIBLING, told } from '../support/build-trail.ts';
import { createManualClock } from '../support/clock.ts';
import { aSha } from '../support/fake-code-host.ts';
import { at, codeHost, FILE, job, log, registry } from '../support/lost-tag-story.ts';
import { causes, look } from '../support/lost-tag-world.ts';

describe('a commit without a run', () => {
  it('was surely never built while it is young, or while older runs are still there', async () => {
    for (const later of [600_000, 20 * DAY]) {
      const { verdict } = await told({ later });
      expect(verdict).toMatchObject({ cause: 'build-never-ran', confidence: 'certain' });
    }
  });

  it('is less sure the older it is: GitHub and people delete runs', async () => {
    const gone = { ...BEFORE, createdAt: at('18:40:00') };
    const host = (runs: readonly WorkflowRun[]) =>
      codeHost({ runs, commits: [COMMIT, { sha: OLDER, at: at('18:30:00'), title: 'Later' }], refs: { main: OLDER } });
    for (const [days, confidence] of [
      [3, 'likely'],
      [200, 'possible'],
    ] as const) {
      const clock = createManualClock(COMMIT.at + days * DAY);
      const diagnosis = await look({ host: host([gone]), image: IMAGE, images: registry([SIBLING]), deps: { clock } });
      expect(causes(diagnosis)).toEqual(['tag-not-found certain', `build-never-ran ${confidence}`]);
      expect(diagnosis.findings[1]?.summary).toContain(
        `the commit is ${days} days old and no run of that time is left`,
      );
    }
    expect(causes(await told({ later: 200 * DAY }))).toContain('build-never-ran likely');
  });

  it('may have had one: a number of the workflow is missing', async () => {
    const after = { ...BEFORE, id: 42, number: 42, headSha: aSha('next'), createdAt: at('18:20:00') };
    const diagnosis = await told({ runs: [after], later: DAY });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain', 'build-never-ran possible']);
    expect(diagnosis.findings[1]?.summary).toContain(`run number 41 of ${FILE} was deleted`);
  });

  it('may have been built by hand under another commit, where the file takes one', async () => {
    const byHand = {
      ...BEFORE,
      id: 43,
      number: 41,
      headSha: aSha('next'),
      createdAt: at('18:20:00'),
      event: 'workflow_dispatch',
    };
    const takes = BUILD.replace(
      'actions/checkout@v4\n',
      'actions/checkout@v4\n        with:\n          ref: ${{ inputs.sha }}\n',
    );
    expect(causes(await told({ runs: [byHand], text: takes }))).toEqual([
      'tag-not-found certain',
      'build-never-ran possible',
    ]);
    expect(causes(await told({ runs: [byHand] }))).toEqual(['build-never-ran certain']);
  });

  it('has none because its message says so', async () => {
    const { verdict } = await told({ title: 'Mend a typo [skip ci]' });
    expect(verdict.summary).toContain('Its message says [skip ci].');
  });
});

describe('a build that was cancelled', () => {
  const NEXT = ended('success', { id: 44, number: 42, headSha: aSha('next'), createdAt: at('17:52:30') });
  const CANCELLED = ended('cancelled', { updatedAt: at('17:52:40') });

  it('by a newer push is no failed build, with its jobs or without them', async () => {
    for (const jobs of [{ 41: [buildJob('cancelled')] }, { 41: [] }, {}]) {
      const diagnosis = await told({ runs: [NEXT, CANCELLED], jobs });
      expect(causes(diagnosis)).toEqual(['tag-not-found certain', 'build-failed likely']);
      const [, second] = diagnosis.findings;
      expect(second?.summary).toMatch(/^The build of a1b2c3d was cancelled/);
      expect(second?.summary).toContain(`superseded by run 44 of ${NEXT.headSha.slice(0, 7)} on main`);
      expect(second?.detail).toMatchObject({ supersededByCommit: NEXT.headSha, conclusion: 'cancelled' });
      expect(second?.fix).toContain('Deploy what run 44 builds');
      expect(diagnosis.remedies.map(({ id }) => id)).not.toContain('rerun-build');
    }
  });

  it('by a person is told in the words of its log, and nobody is named without them', async () => {
    const said = log('17:52:30', '##[error]The run was canceled by @octocat.', '##[error]The operation was canceled.');
    const [, second] = (await told({ runs: [CANCELLED], jobs: { 41: [buildJob('cancelled')] }, logs: { 1: said } }))
      .findings;
    expect(second?.summary).toContain('The run was canceled by @octocat.');
    const [, silent] = (await told({ runs: [CANCELLED], jobs: { 41: [buildJob('cancelled')] } })).findings;
    expect(silent?.summary).toContain('who or what cancelled it is not told');
    const again = await told({ runs: [CANCELLED], jobs: { 41: [buildJob('cancelled')] } });
    expect(again.remedies.map(({ id }) => id)).toContain('rerun-build');
  });

  it('after its push was over did push', async () => {
    const diagnosis = await told({ runs: [CANCELLED], jobs: { 41: [buildJob('cancelled', 'success')] } });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    const failed = await told({ runs: [ended('failure')], jobs: { 41: [buildJob('failure', 'success')] } });
    expect(causes(failed)).toEqual(['tag-not-found certain']);
  });
});

describe('a build that has not begun', () => {
  const open = (over: Partial<WorkflowRun>): WorkflowRun => {
    const { conclusion: _none, ...run } = { ...ended('success'), ...over };
    return { ...run, progress: over.progress ?? 'waiting' };
  };

  it.each([
    ['approval', 'it waits for an approval'],
    ['concurrency', 'it waits for another run of its concurrency group'],
    ['runner', 'it waits for a runner'],
  ] as const)('waits: %s', async (held, words) => {
    const { verdict } = await told({ runs: [open({ held })] });
    expect(verdict).toMatchObject({ cause: 'build-running', confidence: 'certain' });
    expect(verdict.summary).toContain(`has not begun: ${words}`);
  });

  it('waits in its job for the rule of an environment, while the run goes on', async () => {
    const { conclusion: _end, completedAt: _at, ...waiting } = buildJob('success');
    const { verdict } = await told({
      runs: [open({ progress: 'running' })],
      jobs: { 41: [{ ...waiting, progress: 'waiting', held: 'approval', steps: [] }] },
    });
    expect(verdict.cause).toBe('build-running');
    expect(verdict.summary).toContain('has not begun: it waits for an approval');
  });

  it('needs a maintainer’s word, as a fork’s first pull request does', async () => {
    const { verdict, findings } = await told({ runs: [ended('action_required')], jobs: { 41: [] } });
    expect(verdict).toMatchObject({ cause: 'build-running', confidence: 'certain' });
    expect(findings[0]?.fix).toContain('Approve it');
  });

  it.each([
    ['timed_out', 'ran out of time'],
    ['startup_failure', 'could not be started'],
    ['stale', 'was given up by GitHub'],
  ] as const)('ended as %s', async (conclusion, words) => {
    const { verdict } = await told({ runs: [ended(conclusion)], jobs: { 41: [] } });
    expect(verdict.cause).toBe('build-failed');
    expect(verdict.summary).toContain(words);
  });

  it('that ended as neutral is left open', async () => {
    expect(causes(await told({ runs: [ended('neutral')], jobs: { 41: [] } }))).toEqual(['tag-not-found certain']);
  });
});

describe('a green run that pushed nothing', () => {
  it('because the step that pushes was skipped', async () => {
    const text = BUILD.replace(
      '      - name: Push\n',
      "      - name: Push\n        if: github.ref == 'refs/heads/release'\n",
    );
    const diagnosis = await told({ text, runs: [ended('success')], jobs: { 41: [buildJob('success', 'skipped')] } });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(diagnosis.verdict.summary).toContain(
      "the build of a1b2c3d ran in job build and pushed nothing, its step Push was skipped, if: github.ref == 'refs/heads/release'",
    );
    expect(diagnosis.findings[0]?.detail).toMatchObject({ file: FILE, step: 'Push' });
  });

  it('because its action was told not to', async () => {
    const text = BUILD.replace(
      / {6}- name: Push[\s\S]*$/,
      '      - uses: docker/build-push-action@v6\n        with:\n          push: ${{ inputs.push }}\n          tags: mycompany/api-service:x\n',
    );
    const given = log('17:52:00', '##[group]Run docker/build-push-action@v6', 'with:', '  push: false', '##[endgroup]');
    const diagnosis = await told({
      text,
      runs: [ended('success')],
      jobs: { 41: [job(1, 'build', ['17:51:50', '17:52:40'])] },
      logs: { 1: given },
    });
    expect(diagnosis.verdict.summary).toContain('was told not to push');
  });

  it('because its job was skipped: nothing built it', async () => {
    const text = BUILD.replace('  build:\n', "  build:\n    if: github.ref == 'refs/heads/release'\n");
    const skipped = job(1, 'build', ['17:51:50', '17:51:50'], { conclusion: 'skipped', steps: [] });
    const { verdict } = await told({ text, runs: [ended('skipped')], jobs: { 41: [skipped] } });
    expect(verdict).toMatchObject({ cause: 'build-never-ran', confidence: 'certain' });
    expect(verdict.summary).toContain("job build (if: github.ref == 'refs/heads/release') did not run on main (push)");
  });

  it('is not blamed on a job that failed beside the skipped one', async () => {
    const text = `${BUILD.replace('  build:\n', '  build:\n    if: false\n')}  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm run lint\n`;
    const skipped = job(1, 'build', ['17:51:50', '17:51:50'], { conclusion: 'skipped', steps: [] });
    const lint = job(2, 'lint', ['17:51:50', '17:52:00'], { conclusion: 'failure' });
    const { verdict } = await told({ text, runs: [ended('failure')], jobs: { 41: [skipped, lint] } });
    expect(verdict.cause).toBe('build-never-ran');
  });
});
