/** The demo's GitHub as the production adapter sees it. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GithubConnection } from '../../../../src/adapters/github/connect.ts';
import { addCommit, type SimulatedRepository } from '../../../../src/adapters/simulator/github/repository.ts';
import { type SimulatedGithub, startSimulatedGithub } from '../../../../src/adapters/simulator/github/server.ts';
import { systemClock } from '../../../../src/clock.ts';
import { Sealed } from '../../../../src/sealed.ts';
import { aJob, aRun } from '../../../support/fake-code-host.ts';
import { connectionTo } from '../../../support/github/connection.ts';

const PATH = '.github/workflows/deploy.yml';
const { signal } = new AbortController();
const meter = { count: () => undefined };
let github: SimulatedGithub;
let connection: GithubConnection;
let repository: SimulatedRepository;
let first: string;

beforeEach(async () => {
  const token = new Sealed('demo-token');
  github = await startSimulatedGithub({ clock: systemClock, token });
  connection = connectionTo({ url: github.apiUrl }, { credential: { kind: 'token', token } });
  repository = github.repository('acme/shop');
  const files = new Map([
    [PATH, 'on: push\njobs: {}\n'],
    ['src/main.ts', 'x\n'],
  ]);
  first = addCommit(repository, { title: 'One', at: Date.parse('2026-05-24T17:50:00Z'), files }).sha;
  repository.branches.set('main', first);
});
afterEach(async () => {
  await connection.close();
  await github.close();
});

describe('the simulated GitHub', () => {
  it('shows commits, files, runs, jobs and logs', async () => {
    const host = connection.reader(meter);
    expect(await host.commit('acme/shop', first.slice(0, 7), signal)).toMatchObject({
      value: { sha: first, title: 'One' },
    });
    expect(await host.file('acme/shop', PATH, first, signal)).toMatchObject({ value: 'on: push\njobs: {}\n' });
    expect(await host.file('acme/shop', 'gone.txt', first, signal)).toEqual({ status: 'absent' });
    const run = aRun({ headSha: first, url: `${github.web}/acme/shop/actions/runs/17` });
    repository.runs.push(run);
    repository.jobs.set(17, [aJob()]);
    repository.logs.set(
      41,
      "2026-05-24T17:52:00.0000000Z Evaluate and set job outputs\n2026-05-24T17:52:00.0000000Z Set output 'tag'\n2026-05-24T17:52:01.0000000Z Cleaning up orphan processes\n",
    );
    expect(await host.runs('acme/shop', { headSha: first }, signal)).toMatchObject({ value: { runs: [run] } });
    expect(await host.runs('acme/shop', { headSha: 'f'.repeat(40) }, signal)).toMatchObject({ value: { runs: [] } });
    expect(await host.run('acme/shop', 17, undefined, signal)).toMatchObject({ value: run });
    expect(await host.jobs('acme/shop', run, signal)).toMatchObject({ value: [aJob()] });
    expect(await host.jobLog('acme/shop', 41, signal)).toMatchObject({ value: { outputsSet: ['tag'] } });
    expect(await host.jobLog('acme/shop', 42, signal)).toEqual({ status: 'absent' });
    expect(await host.runs('acme/none', { headSha: first }, signal)).toEqual({ status: 'absent' });
  });

  it('takes a pull request once and shows it, its run and its files on pages', async () => {
    const { writer } = connection;
    expect(await writer.defaultBranch('acme/shop', signal)).toMatchObject({ value: 'main' });
    const after = 'on: push\njobs: { deploy: {} }\n';
    const draft = {
      repository: 'acme/shop',
      base: 'main',
      branch: 'pullcheck/fix',
      title: 'Add <deploy>',
      body: 'Because.',
      changes: [{ path: PATH, before: 'on: push\njobs: {}\n', after }],
    };
    expect(await writer.openPullRequest(draft, 'dry-run', signal)).toEqual({ kind: 'planned' });
    expect(repository.branches.has('pullcheck/fix')).toBe(false);
    const url = `${github.web}/acme/shop/pull/1`;
    expect(await writer.openPullRequest(draft, 'apply', signal)).toEqual({
      kind: 'opened',
      number: 1,
      url,
      existed: false,
    });
    expect(await writer.openPullRequest(draft, 'apply', signal)).toMatchObject({ number: 1, existed: true });
    expect(repository.pulls).toHaveLength(1);
    const stands = await connection.reader(meter).pullRequest('acme/shop', 'pullcheck/fix', signal);
    expect(stands).toEqual({ status: 'observed', value: { number: 1, url, state: 'open', base: 'main' } });
    const seen = await connection.reader(meter).file('acme/shop', 'src/main.ts', 'pullcheck/fix', signal);
    expect(seen).toMatchObject({ value: 'x\n' });
    const html = await (await fetch(url)).text();
    expect(html).toContain('Add &#60;deploy&#62;');
    expect(html).toContain('<span class="line add">+ jobs: { deploy: {} }</span>');
    const file = await (await fetch(`${github.web}/acme/shop/blob/${first}/${PATH}`)).text();
    expect(file).toContain('id="L2"');
    expect((await fetch(`${github.web}/acme/shop/pull/9`)).status).toBe(404);
  });

  it('runs a failed run again once, and lets nobody in without the token', async () => {
    repository.runs.push(aRun({ conclusion: 'failure' }));
    const run = { repository: 'acme/shop', id: 17, attempt: 1 };
    expect(await connection.writer.rerunFailedJobs(run, 'apply', signal)).toMatchObject({ kind: 'started' });
    expect(await connection.writer.rerunFailedJobs(run, 'apply', signal)).toMatchObject({ kind: 'changed' });
    expect((await fetch(`${github.apiUrl}/repos/acme/shop`)).status).toBe(401);
  });
});
