/** A missing tag whose build failed, is under way or never was. */
import { describe, expect, it } from '@jest/globals';
import { aSha } from '../support/fake-code-host.ts';
import { at, codeHost, FILE, JOBS, job, log, RUN, registry, SHA, WORKFLOW } from '../support/lost-tag-story.ts';
import { look } from '../support/lost-tag-world.ts';

describe('a build', () => {
  const failed = [job(1, 'build', ['17:51:50', '17:52:40'], { conclusion: 'failure' }), { ...JOBS[2], id: 3 }].map(
    (one) => ({
      ...job(1, 'build', ['17:51:50', '17:52:40']),
      ...one,
    }),
  );
  const errors = log('17:52:30', '##[error]buildx failed with: ERROR: node:lts-slim: not found');

  it('that failed is named with its job and first words', async () => {
    const diagnosis = await look({
      images: registry(['a0ffee1-2026-05-23-09-10']),
      host: codeHost({ jobs: { 17: failed }, logs: { 1: errors } }),
    });
    expect(diagnosis.verdict).toMatchObject({ cause: 'build-failed', confidence: 'certain' });
    expect(diagnosis.verdict.summary).toContain('buildx failed with: ERROR: node:lts-slim: not found');
  });

  it('that was run again for the same commit tells that the fix is not on the remote', async () => {
    const again = { ...RUN, attempt: 3, conclusion: 'failure' as const };
    const diagnosis = await look({
      images: registry(['a0ffee1-2026-05-23-09-10']),
      host: codeHost({
        runs: [{ ...again, attempt: 2 }, again],
        jobs: { 17: failed },
        logs: { 1: errors },
      }),
    });
    expect(diagnosis.verdict.summary).toContain(
      'Attempt 3 built a1b2c3d again: a fix made since is not on the remote (main is still at a1b2c3d).',
    );
  });

  it('that still runs needs nobody', async () => {
    const running = job(1, 'build', ['17:51:50', '17:52:40'], { progress: 'running' });
    const { completedAt: _end, conclusion: _none, ...open } = running;
    const { conclusion: _no, ...run } = RUN;
    const diagnosis = await look({
      images: registry(['a0ffee1-2026-05-23-09-10']),
      host: codeHost({ runs: [{ ...run, progress: 'running' }], jobs: { 17: [open] }, logs: {} }),
    });
    expect(diagnosis.verdict).toMatchObject({ cause: 'build-running', confidence: 'certain' });
    expect(diagnosis.verdict.summary).toContain('2026-05-24 17:51 UTC');
  });

  it('that never ran for the commit is said where all runs were seen', async () => {
    const older = aSha('older');
    const diagnosis = await look({
      images: registry(['a0ffee1-2026-05-23-09-10']),
      host: codeHost({
        runs: [{ ...RUN, headSha: older }],
        commits: [
          { sha: SHA, at: at('17:50:00'), title: 'Add a route' },
          { sha: older, at: at('09:00:00'), title: 'Before' },
        ],
        files: { [older]: { [FILE]: WORKFLOW } },
      }),
    });
    expect(diagnosis.verdict).toMatchObject({ cause: 'build-never-ran', confidence: 'certain' });
    expect(diagnosis.verdict.summary).toContain('Nothing built commit a1b2c3d');
  });
});
