import { afterEach, describe, expect, it } from '@jest/globals';
import { assert, asyncProperty, constantFrom, oneof, string } from 'fast-check';
import type { GithubConnection, GithubOptions } from '../../../src/adapters/github/connect.ts';
import type { CodeHost } from '../../../src/evidence/code-host.ts';
import { connectionTo } from '../../support/github/connection.ts';
import { GITHUB_TEST_TOKEN } from '../../support/github/world.ts';
import { leaksOf, printed } from '../../support/leaks.ts';
import { type Answer, inTurn, type OddGithub, says, startOddGithub } from './odd-github.ts';

const { signal } = new AbortController();
const RUN = {
  id: 17,
  path: '.github/workflows/deploy.yml',
  head_sha: 'a'.repeat(40),
  event: 'push',
  created_at: '2026-03-02T17:50:00Z',
  html_url: 'https://github.com/acme/shop/actions/runs/17',
};

let odd: OddGithub;
let connection: GithubConnection;

async function meet(answer: Answer, over: Partial<GithubOptions> = {}): Promise<CodeHost> {
  odd = await startOddGithub(answer);
  connection = connectionTo(odd, over);
  return connection.reader({ count: () => undefined });
}
afterEach(async () => {
  await connection.close();
  await odd.close();
});

/** Every question, as its name and what was answered. */
async function askAll(host: CodeHost): Promise<readonly (readonly [string, unknown])[]> {
  return [
    ['commit', await host.commit('acme/shop', 'main', signal)],
    ['runs', await host.runs('acme/shop', { branch: 'main' }, signal)],
    ['run', await host.run('acme/shop', 17, undefined, signal)],
    ['jobs', await host.jobs('acme/shop', { id: 17, attempt: 1 }, signal)],
    ['jobLog', await host.jobLog('acme/shop', 41, signal)],
    ['file', await host.file('acme/shop', 'Makefile', 'main', signal)],
    ['tree', await host.tree('acme/shop', 'main', signal)],
    ['attestedRun', await host.attestedRun('acme/shop', `sha256:${'ab'.repeat(32)}`, signal)],
  ];
}

describe('answers that are not GitHub’s', () => {
  const odds: readonly (readonly [string, Answer])[] = [
    [
      'a sign-in page',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<html>Sign in</html>');
      },
    ],
    ['a list where an object belongs', says(200, [1, 2])],
    ['null', says(200, null)],
    [
      'wrong types everywhere',
      says(200, {
        sha: 1,
        commit: 'x',
        id: 'x',
        total_count: -1.5,
        workflow_runs: [null],
        jobs: [{ id: {} }],
        type: 4,
      }),
    ],
    ['an empty object', says(200, {})],
    [
      'JSON that is cut',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"id": 17, "path": ');
      },
    ],
    [
      'a content type that is none',
      (_request, response) => {
        response.writeHead(200, { 'content-type': ';;;=' });
        response.end('\u0000\u0001');
      },
    ],
    ['204', (_request, response) => void response.writeHead(204).end()],
    ['304', (_request, response) => void response.writeHead(304).end()],
    ['599', says(599, {})],
  ];

  it.each(odds)('takes %s for no answer', async (_name, answer) => {
    const host = await meet(answer);
    for (const [question, seen] of await askAll(host))
      expect([question, seen]).not.toEqual([
        question,
        expect.objectContaining({ status: 'observed', value: expect.anything() }),
      ]);
  });

  it('fills what is missing or null with nothing, and keeps words that it does not know', async () => {
    const nulls = {
      run_attempt: null,
      name: null,
      head_branch: null,
      status: null,
      conclusion: 'exploded',
      run_started_at: null,
    };
    const host = await meet(says(200, { ...RUN, ...nulls, referenced_workflows: null }));
    expect(await host.run('acme/shop', 17, undefined, signal)).toEqual({
      status: 'observed',
      value: {
        id: 17,
        attempt: 1,
        repository: 'acme/shop',
        path: '.github/workflows/deploy.yml',
        name: '.github/workflows/deploy.yml',
        headSha: 'a'.repeat(40),
        event: 'push',
        progress: 'completed',
        conclusion: 'other',
        createdAt: Date.parse('2026-03-02T17:50:00Z'),
        url: RUN.html_url,
        referenced: [],
      },
    });
  });

  it('stops reading an answer that is too long', async () => {
    const host = await meet(says(200, { ...RUN, filler: 'x'.repeat(200_000) }), { limits: { bodyBytes: 64 * 1024 } });
    expect(await host.run('acme/shop', 17, undefined, signal)).toMatchObject({
      status: 'unreachable',
      detail: expect.stringContaining('more than 64 KB'),
    });
  });

  it('stops paging at its cap and says that the list is cut', async () => {
    const host = await meet(
      (request, response, n) => {
        const runs = Array.from({ length: 2 }, (_, k) => ({ ...RUN, id: 2 * n + k + 1 }));
        says(200, { total_count: 1e9, workflow_runs: runs })(request, response, n);
      },
      { limits: { runPages: 3, runsPerPage: 2 } },
    );
    const seen = await host.runs('acme/shop', { headSha: 'a'.repeat(40) }, signal);
    expect(seen).toMatchObject({ status: 'observed', value: { truncated: true } });
    expect(seen.status === 'observed' && seen.value.runs).toHaveLength(6);
    expect(odd.asked).toHaveLength(3);
  });

  it('leaves out runs that the server did not filter', async () => {
    const host = await meet(
      says(200, { total_count: 2, workflow_runs: [RUN, { ...RUN, id: 18, head_sha: 'b'.repeat(40) }] }),
    );
    const seen = await host.runs('acme/shop', { headSha: 'a'.repeat(40) }, signal);
    expect(seen.status === 'observed' && seen.value.runs.map(({ id }) => id)).toEqual([17]);
  });
});

describe('time', () => {
  const silence: Answer = () => undefined;
  const drip: Answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 5);
    response.on('close', () => clearInterval(timer));
  };

  it.each([
    ['silence', silence],
    ['a drip', drip],
  ])('does not wait for %s', async (_name, answer) => {
    const host = await meet(answer, { limits: { requestMs: 60, totalMs: 200 } });
    for (const [question, seen] of await askAll(host))
      expect([question, seen]).toMatchObject([
        question,
        { status: 'unreachable', detail: expect.stringContaining('no answer within') },
      ]);
  });

  it('stops at once when the caller gives up, and throws the caller’s reason', async () => {
    const caller = new AbortController();
    const host = await meet(() => caller.abort(new Error('the thread was closed')));
    await expect(host.commit('acme/shop', 'main', caller.signal)).rejects.toThrow('the thread was closed');
    await expect(host.commit('acme/shop', 'main', caller.signal)).rejects.toThrow('the thread was closed');
    expect(odd.asked).toHaveLength(1);
  });
});

describe('the token', () => {
  const echo =
    (status: number): Answer =>
    (request, response, n) =>
      says(status, {
        message: `no: ${request.headers.authorization}; token=${GITHUB_TEST_TOKEN} https://x.example/?t=1`,
      })(request, response, n);

  it.each([401, 403, 404, 422, 429, 500])('is never repeated from an echo with %i', async (status) => {
    const host = await meet(echo(status));
    const leaks = leaksOf([GITHUB_TEST_TOKEN]);
    for (const [question, seen] of await askAll(host)) expect([question, leaks(printed(seen))]).toEqual([question, []]);
    const draft = { repository: 'acme/shop', base: 'main', branch: 'fix', title: 't', body: 'b' };
    const changes = [{ path: 'a', before: 'b', after: 'c' }];
    expect(leaks(printed(await connection.writer.openPullRequest({ ...draft, changes }, 'apply', signal)))).toEqual([]);
    expect(leaks(printed(connection))).toEqual([]);
    expect(odd.asked.every(({ authorization }) => authorization === `Bearer ${GITHUB_TEST_TOKEN}`)).toBe(true);
  });

  it('does not go to another host, wherever the API sends us', async () => {
    const thief = await startOddGithub(says(200, RUN));
    try {
      const host = await meet((request, response, n) =>
        says(302, {}, { location: `${thief.url}/repos/acme/shop/actions/runs/17` })(request, response, n),
      );
      const answers = (await askAll(host)).filter(([question]) => question !== 'jobLog');
      for (const [question, seen] of answers)
        expect([question, seen]).toMatchObject([
          question,
          { status: 'unreachable', detail: expect.stringContaining('another host') },
        ]);
      expect(thief.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    } finally {
      await thief.close();
    }
  });

  it('follows the API to itself, as for a renamed repository, and not in circles', async () => {
    const moved = says(301, {}, { location: '/repositories/5/actions/runs/17' });
    const host = await meet(inTurn(moved, says(200, RUN)));
    expect(await host.run('acme/shop', 17, undefined, signal)).toMatchObject({ status: 'observed', value: { id: 17 } });
    expect(odd.asked.map(({ line }) => line)).toEqual([
      'GET /repos/acme/shop/actions/runs/17',
      'GET /repositories/5/actions/runs/17',
    ]);
    await connection.close();
    await odd.close();
    const lost = await meet(moved);
    expect(await lost.run('acme/shop', 17, undefined, signal)).toMatchObject({
      detail: expect.stringContaining('circles'),
    });
  });
});

describe('names from image labels', () => {
  it('reach only paths of one repository, whatever they hold', async () => {
    const host = await meet(says(404, {}));
    const odds = oneof(
      string({ maxLength: 40 }),
      constantFrom(
        '..',
        '../..',
        'a/../b',
        'acme/..',
        'acme/shop/../../user',
        'acme/shop#',
        '%2e%2e',
        'main?x=1',
        './.',
        '\u0000',
      ),
    );
    await assert(
      asyncProperty(odds, odds, odds, async (repository, ref, path) => {
        odd.asked.length = 0;
        await host.commit(repository, ref, signal);
        await host.file('acme/shop', path, ref, signal);
        await host.tree(repository, ref, signal);
        await host.runs('acme/shop', { branch: ref }, signal);
        await host.attestedRun('acme/shop', path, signal);
        for (const { line } of odd.asked)
          expect(line).toMatch(
            /^GET \/repos\/[\w-]+\/[\w.-]+\/(?:commits\/[^/?]+\?per_page=1|contents\/[^/?]+\?ref=[^&]+|git\/trees\/[^/?]+\?recursive=1|actions\/runs\?.+)$/,
          );
      }),
      { numRuns: 300 },
    );
  });
});
