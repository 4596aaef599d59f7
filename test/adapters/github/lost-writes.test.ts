/** Writes of which the answer is lost or a right is missing half-way: nothing is done twice, and what is missing is named. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GithubConnection } from '../../../src/adapters/github/connect.ts';
import type { PullRequestDraft } from '../../../src/remediation/code-host.ts';
import { aRun } from '../../support/fake-code-host.ts';
import { connectionTo } from '../../support/github/connection.ts';
import { type GithubWorld, startGithub } from '../../support/github/world.ts';
import { type Answer, type OddGithub, says, startOddGithub } from './odd-github.ts';

const { signal } = new AbortController();
const WORKFLOW = '.github/workflows/deploy.yml';
const DRAFT: PullRequestDraft = {
  repository: 'acme/shop',
  base: 'main',
  branch: 'pullcheck/fix',
  title: 'Let deploy need build',
  body: 'why',
  changes: [{ path: WORKFLOW, before: 'needs: [test]\n', after: 'needs: [test, build]\n' }],
};

describe('a pull request', () => {
  let world: GithubWorld;
  let odd: OddGithub;
  let connection: GithubConnection;
  /** By `METHOD last-part-of-the-path`: instead of the real answer, or after the real thing was done. */
  let instead: Record<string, { readonly answer: Answer; readonly isDone?: boolean } | undefined>;

  beforeEach(async () => {
    instead = {};
    world = await startGithub();
    await world.push({ repository: 'acme/shop', files: { [WORKFLOW]: 'needs: [test]\n' } });
    odd = await startOddGithub((request, response, n) => {
      void relay(request, response, n);
    });
    connection = connectionTo(odd);
  });
  afterEach(async () => {
    await connection.close();
    await odd.close();
    await world.close();
  });

  async function relay(...[request, response, n]: Parameters<Answer>): Promise<void> {
    const key = `${request.method} ${new URL(request.url ?? '/', odd.url).pathname.split('/').at(-1)}`;
    const odds = instead[key];
    instead[key] = undefined;
    if (odds && odds.isDone !== true) {
      odds.answer(request, response, n);
      return;
    }
    const body: Buffer[] = [];
    for await (const part of request) body.push(part as Buffer);
    const answer = await fetch(`${world.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { authorization: request.headers.authorization ?? '' },
      ...(body.length === 0 ? {} : { body: Buffer.concat(body) }),
    });
    const text = await answer.text();
    if (odds) odds.answer(request, response, n);
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  }
  async function open() {
    return connection.writer.openPullRequest(DRAFT, 'apply', signal);
  }
  async function pulls(): Promise<unknown> {
    return world.api('GET', '/repos/acme/shop/pulls?state=all');
  }
  const hangUp: Answer = (request) => void request.socket.destroy();

  it('is found again when the answer to its creation was lost', async () => {
    instead['POST pulls'] = { answer: hangUp, isDone: true };
    expect(await open()).toMatchObject({ kind: 'opened', number: 1 });
    expect(await pulls()).toHaveLength(1);
  });

  it('is opened by the next press when the connection broke before it', async () => {
    instead['POST pulls'] = { answer: hangUp };
    expect(await open()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('but no pull request') });
    expect(await open()).toMatchObject({ kind: 'opened', number: 1, existed: false });
    expect(await pulls()).toHaveLength(1);
  });

  it.each(['trees', 'commits', 'refs'])(
    'fails without a trace when %s are not answered, and no write is repeated',
    async (what) => {
      instead[`POST ${what}`] = { answer: hangUp };
      expect(await open()).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^GitHub \S+: connection/) });
      expect(odd.asked.filter(({ line }) => line.startsWith('POST') && line.endsWith(what))).toHaveLength(1);
      expect(await pulls()).toHaveLength(0);
      expect(await open()).toMatchObject({ kind: 'opened' });
    },
  );

  it.each([
    [
      'a GitHub App without workflows',
      says(403, {
        message:
          'refusing to allow a GitHub App to create or update workflow `.github/workflows/deploy.yml` without `workflows` permission',
      }),
    ],
    [
      'a token whose header names contents first',
      says(
        403,
        { message: 'Resource not accessible by integration' },
        { 'x-accepted-github-permissions': 'contents=write; contents=write,workflows=write' },
      ),
    ],
    ['a classic token without the scope', says(404, { message: 'Not Found' })],
  ])('names workflows:write for %s', async (_name, answer) => {
    for (const what of ['trees', 'refs']) {
      instead[`POST ${what}`] = { answer };
      expect(await open()).toMatchObject({ kind: 'forbidden', permission: 'workflows:write' });
    }
    expect(await pulls()).toHaveLength(0);
  });

  it('names pull_requests:write, and keeps the branch for the next press', async () => {
    instead['POST pulls'] = { answer: says(403, { message: 'Resource not accessible by integration' }) };
    expect(await open()).toMatchObject({ kind: 'forbidden', permission: 'pull_requests:write' });
    expect(await open()).toMatchObject({ kind: 'opened', existed: false });
  });

  it('says what GitHub does not take', async () => {
    instead['POST pulls'] = { answer: says(422, { message: 'No commits between main and pullcheck/fix' }) };
    expect(await open()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('No commits between') });
    instead['POST refs'] = { answer: says(422, { message: 'Reference update failed: repository rule violations' }) };
    await world.api('DELETE', '/repos/acme/shop/git/refs/heads/pullcheck%2Ffix');
    expect(await open()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('rule violations') });
  });

  it('goes on with the branch that another press made at the same moment', async () => {
    instead['POST refs'] = { answer: says(422, { message: 'Reference already exists' }), isDone: true };
    expect(await open()).toMatchObject({ kind: 'opened', number: 1 });
  });

  it('does not write to what is archived, or may only be read', async () => {
    const shop = (await world.api('GET', '/repos/acme/shop')) as object;
    instead['GET shop'] = { answer: says(200, { ...shop, archived: true }) };
    expect(await open()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('archived') });
    instead['GET shop'] = { answer: says(200, { ...shop, permissions: { push: false } }) };
    expect(await open()).toMatchObject({ kind: 'forbidden', permission: 'contents:write' });
    instead['GET shop'] = { answer: says(200, shop, { 'x-oauth-scopes': 'repo, read:org' }) };
    expect(await open()).toMatchObject({ kind: 'forbidden', permission: 'workflows:write' });
    expect(odd.asked.filter(({ line }) => line.startsWith('POST'))).toEqual([]);
  });

  it('is told from a run that is too old to be run again, for which no right helps', async () => {
    world.play('acme/shop', { runs: [aRun({ conclusion: 'failure' })] });
    const tooOld = 'Unable to retry this workflow run because it was created over a month ago';
    instead['POST rerun-failed-jobs'] = { answer: says(403, { message: tooOld }) };
    const rerun = async () =>
      connection.writer.rerunFailedJobs({ repository: 'acme/shop', id: 17, attempt: 1 }, 'apply', signal);
    expect(await rerun()).toEqual({ kind: 'failed', reason: `GitHub does not run it again: ${tooOld}` });
    instead['POST rerun-failed-jobs'] = { answer: says(403, { message: 'Must have admin rights to Repository.' }) };
    expect(await rerun()).toMatchObject({ kind: 'forbidden', permission: 'actions:write' });
  });
});
