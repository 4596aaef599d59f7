/** What every code host must show through the port: run on the one that tests make up and on GitHub's API. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CodeHost, PullRequest } from '../../src/evidence/code-host.ts';
import { aJob, aRun, aSha, type CodeTrouble, type RepositoryStory } from '../support/fake-code-host.ts';

/** Holds the repository `acme/shop` with a branch `main`, and nothing else. */
export interface CodeHostBed {
  readonly host: CodeHost;
  /** One commit on main; resolves to its sha. */
  push(files: Readonly<Record<string, string>>, title: string): Promise<string>;
  play(story: Partial<Pick<RepositoryStory, 'runs' | 'jobs' | 'logs' | 'attested'>>): void;
  /** One commit on a branch of its own, proposed for main; then it ends so. Resolves to its number. */
  propose(branch: string, end: PullRequest['state']): Promise<number>;
  become(trouble: CodeTrouble): void;
  close(): Promise<void>;
}

const BUILD_LOG = [
  '2026-03-02T17:52:00.0000000Z ##[group]Run docker buildx build --push .',
  '2026-03-02T17:52:00.0000000Z shell: /usr/bin/bash -e {0}',
  '2026-03-02T17:52:00.0000000Z env:',
  '2026-03-02T17:52:00.0000000Z   IMAGE_TAG: a1b2c3d-2026-03-02-17-52',
  '2026-03-02T17:52:00.0000000Z ##[endgroup]',
  '2026-03-02T17:52:30.0000000Z Evaluate and set job outputs',
  "2026-03-02T17:52:30.0000000Z Set output 'image-tag'",
  '2026-03-02T17:52:31.0000000Z Cleaning up orphan processes',
].join('\n');

const minute = 60_000;
const DIGEST = `sha256:${'ab'.repeat(32)}`;

export function codeHostContract(name: string, makeBed: () => Promise<CodeHostBed>): void {
  describe(`code host: ${name}`, () => {
    const { signal } = new AbortController();
    let bed: CodeHostBed;

    beforeEach(async () => {
      bed = await makeBed();
    });
    afterEach(async () => {
      await bed.close();
    });

    it('shows a commit by branch, full sha and short sha', async () => {
      const sha = await bed.push({ Makefile: 'deploy:\n' }, 'Deploy with make\n\nBecause.');
      for (const ref of ['main', sha, sha.slice(0, 7)]) {
        const seen = await bed.host.commit('acme/shop', ref, signal);
        expect(seen).toMatchObject({ status: 'observed', value: { sha, title: 'Deploy with make' } });
      }
    });

    it('shows a file as it was at a commit, and misses what is no file', async () => {
      const before = await bed.push({ '.github/workflows/deploy.yml': 'on: push # früher\n' }, 'one');
      const after = await bed.push({ '.github/workflows/deploy.yml': 'on: push # später\n' }, 'two');
      const path = '.github/workflows/deploy.yml';
      expect(await bed.host.file('acme/shop', path, before, signal)).toEqual({
        status: 'observed',
        value: 'on: push # früher\n',
      });
      expect(await bed.host.file('acme/shop', path, after.slice(0, 8), signal)).toMatchObject({
        value: 'on: push # später\n',
      });
      expect(await bed.host.file('acme/shop', '.github/workflows', after, signal)).toEqual({ status: 'absent' });
      expect(await bed.host.file('acme/shop', '.github/workflows/other.yml', after, signal)).toEqual({
        status: 'absent',
      });
    });

    it('lists every file of a commit by its path', async () => {
      const sha = await bed.push({ 'apps/staging/api.yaml': 'kind: Deployment\n', Makefile: 'deploy:\n' }, 'one');
      for (const ref of ['main', sha, sha.slice(0, 7)]) {
        const seen = await bed.host.tree('acme/shop', ref, signal);
        expect(seen).toMatchObject({
          status: 'observed',
          value: { paths: expect.arrayContaining(['apps/staging/api.yaml', 'Makefile']), truncated: false },
        });
        expect(seen.status === 'observed' && seen.value.paths).not.toContain('apps');
      }
      expect(await bed.host.tree('acme/shop', 'no-such-branch', signal)).toEqual({ status: 'absent' });
    });

    it('lists every file of a commit, of the default branch too, and none of what is not there', async () => {
      const before = await bed.push({ 'apps/staging/api.yaml': 'a: 1\n', 'README.md': 'x\n' }, 'one');
      const after = await bed.push({ 'apps/prod/api.yaml': 'a: 2\n' }, 'two');
      const listed = async (ref: string) => {
        const seen = await bed.host.tree('acme/shop', ref, signal);
        if (seen.status !== 'observed') return seen.status;
        const paths = seen.value.paths.filter((path) => /^apps\/|^README/.test(path)).toSorted();
        return { paths, truncated: seen.value.truncated };
      };
      const one = ['README.md', 'apps/staging/api.yaml'];
      expect(await listed(before)).toEqual({ paths: one, truncated: false });
      expect(await listed(after)).toEqual({ paths: [one[0], 'apps/prod/api.yaml', one[1]], truncated: false });
      expect(await listed('f'.repeat(40))).toBe('absent');
      const head = await bed.host.commit('acme/shop', 'HEAD', signal);
      expect(head).toMatchObject({ status: 'observed', value: { sha: after } });
      expect(await bed.host.tree('acme/other', after, signal)).toEqual({ status: 'absent' });
    });

    it('lists runs by commit, branch and time, newest first, each by its newest attempt', async () => {
      const first = aRun({ id: 16, headSha: aSha('old'), createdAt: aRun().createdAt - 30 * minute });
      const failed = aRun({ id: 17, conclusion: 'failure' });
      const again = aRun({ id: 17, attempt: 2 });
      const hotfix = aRun({ id: 18, headBranch: 'hotfix/tag', createdAt: aRun().createdAt + minute });
      bed.play({ runs: [first, failed, again, hotfix] });
      const seen = async (query: Parameters<CodeHost['runs']>[1]) => {
        const list = await bed.host.runs('acme/shop', query, signal);
        return list.status === 'observed' ? list.value.runs.map(({ id, attempt }) => `${id}/${attempt}`) : list;
      };
      expect(await seen({ headSha: aSha('a') })).toEqual(['18/1', '17/2']);
      expect(await seen({ branch: 'main' })).toEqual(['17/2', '16/1']);
      expect(await seen({ branch: 'hotfix/tag', headSha: aSha('a') })).toEqual(['18/1']);
      expect(await seen({ branch: 'main', between: [first.createdAt - minute, first.createdAt + minute] })).toEqual([
        '16/1',
      ]);
      expect(await seen({ headSha: aSha('nobody') })).toEqual([]);
    });

    it('lists runs of one workflow, and says what a run waits for', async () => {
      const { conclusion: _none, ...open } = aRun({ id: 19, createdAt: aRun().createdAt + minute });
      const other = aRun({ id: 18, path: '.github/workflows/lint.yml', number: 7 });
      bed.play({ runs: [aRun({ number: 41 }), other, { ...open, progress: 'waiting', held: 'approval', number: 42 }] });
      const list = await bed.host.runs('acme/shop', { workflow: '.github/workflows/deploy.yml' }, signal);
      expect(list.status === 'observed' && list.value.runs.map(({ id, number, held }) => [id, number, held])).toEqual([
        [19, 42, 'approval'],
        [17, 41, undefined],
      ]);
    });

    it('shows every fact of a run', async () => {
      const run = aRun({
        referenced: [{ path: 'acme/workflows/.github/workflows/build.yml', sha: aSha('called') }],
        event: 'workflow_dispatch',
        number: 12,
        pullRequests: [3],
      });
      bed.play({ runs: [run] });
      expect(await bed.host.run('acme/shop', 17, undefined, signal)).toEqual({ status: 'observed', value: run });
    });

    it('shows earlier attempts of a run, and misses what never ran', async () => {
      const failed = aRun({ conclusion: 'failure', headSha: aSha('before') });
      bed.play({ runs: [failed, aRun({ attempt: 2 })] });
      expect(await bed.host.run('acme/shop', 17, 1, signal)).toMatchObject({ value: { conclusion: 'failure' } });
      expect(await bed.host.run('acme/shop', 17, undefined, signal)).toMatchObject({ value: { attempt: 2 } });
      expect(await bed.host.run('acme/shop', 17, 3, signal)).toEqual({ status: 'absent' });
      expect(await bed.host.run('acme/shop', 99, undefined, signal)).toEqual({ status: 'absent' });
    });

    it('shows jobs and steps with their times', async () => {
      const build = aJob({
        steps: [
          {
            number: 1,
            name: 'Set up job',
            progress: 'completed',
            conclusion: 'success',
            startedAt: aRun().createdAt,
            completedAt: aRun().createdAt + 2_000,
          },
        ],
      });
      const { conclusion: _c, completedAt: _t, ...open } = aJob({ id: 42, name: 'deploy', progress: 'running' });
      bed.play({ runs: [aRun()], jobs: { 17: [build, open] } });
      expect(await bed.host.jobs('acme/shop', { id: 17, attempt: 1 }, signal)).toEqual({
        status: 'observed',
        value: [build, open],
      });
    });

    it('reads from a log what was set and with which values', async () => {
      bed.play({ runs: [aRun()], jobs: { 17: [aJob()] }, logs: { 41: BUILD_LOG } });
      expect(await bed.host.jobLog('acme/shop', 41, signal)).toMatchObject({
        status: 'observed',
        value: {
          outputsSet: ['image-tag'],
          steps: [{ env: { IMAGE_TAG: 'a1b2c3d-2026-03-02-17-52' } }],
          truncated: false,
        },
      });
    });

    it('tells a log that is gone from one that it may not see', async () => {
      bed.play({ runs: [aRun()], jobs: { 17: [aJob()] }, logs: { 41: BUILD_LOG } });
      expect(await bed.host.jobLog('acme/shop', 43, signal)).toEqual({ status: 'absent' });
      bed.become('logs-gone');
      expect(await bed.host.jobLog('acme/shop', 41, signal)).toEqual({ status: 'absent' });
      bed.become('logs-forbidden');
      expect(await bed.host.jobLog('acme/shop', 41, signal)).toMatchObject({
        status: 'forbidden',
        permission: { resource: 'actions:read' },
      });
    });

    it('finds the run that an attestation names', async () => {
      const url = 'https://github.com/acme/shop/actions/runs/17/attempts/1';
      bed.play({ attested: { [DIGEST]: url } });
      expect(await bed.host.attestedRun('acme/shop', DIGEST, signal)).toEqual({ status: 'observed', value: url });
      expect(await bed.host.attestedRun('acme/shop', DIGEST.replace('ab', 'cd'), signal)).toEqual({ status: 'absent' });
    });

    it('tells where the pull request of a branch stands', async () => {
      const ask = async (branch: string) => bed.host.pullRequest('acme/shop', branch, signal);
      await bed.push({ 'README.md': '# shop\n' }, 'one');
      expect(await ask('pullcheck/fix')).toEqual({ status: 'absent' });
      for (const state of ['open', 'merged', 'closed'] as const) {
        const number = await bed.propose(`pullcheck/${state}`, state);
        expect(await ask(`pullcheck/${state}`)).toEqual({
          status: 'observed',
          value: { number, url: expect.stringContaining(`/acme/shop/pull/${number}`), state, base: 'main' },
        });
      }
      expect(await ask('pullcheck')).toEqual({ status: 'absent' });
    });

    it('finds nothing in a repository that is not there', async () => {
      expect(await bed.host.runs('acme/nothing', { headSha: aSha('a') }, signal)).toEqual({ status: 'absent' });
      expect(await bed.host.commit('acme/nothing', 'main', signal)).toEqual({ status: 'absent' });
      expect(await bed.host.commit('acme/shop', 'no-such-branch', signal)).toEqual({ status: 'absent' });
    });

    it('says in one sentence that it cannot be asked, and names a missing right', async () => {
      bed.play({ runs: [aRun()] });
      const ask = async () => bed.host.run('acme/shop', 17, undefined, signal);
      bed.become('down');
      expect(await ask()).toMatchObject({ status: 'unreachable', detail: expect.stringMatching(/^GitHub \S.{10,}/) });
      bed.become('forbidden');
      expect(await ask()).toMatchObject({ status: 'forbidden', permission: { resource: 'actions:read' } });
      bed.become('rate-limited');
      expect(await ask()).toMatchObject({
        status: 'unreachable',
        detail: expect.stringMatching(/^GitHub: the rate limit is used up until \d{4}-\d\d-\d\dT\d\d:\d\d/),
      });
    });

    it('throws only when the caller gives up', async () => {
      bed.become('slow');
      const caller = new AbortController();
      const asked = bed.host.runs('acme/shop', { branch: 'main' }, caller.signal);
      setImmediate(() => caller.abort(new Error('enough')));
      await expect(asked).rejects.toThrow('enough');
    });
  });
}
