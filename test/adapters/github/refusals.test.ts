import { afterEach, describe, expect, it } from '@jest/globals';
import type { GithubConnection, GithubOptions } from '../../../src/adapters/github/connect.ts';
import type { CodeHost } from '../../../src/evidence/code-host.ts';
import { Sealed } from '../../../src/sealed.ts';
import { createManualClock } from '../../support/clock.ts';
import { aRun } from '../../support/fake-code-host.ts';
import { connectionTo } from '../../support/github/connection.ts';
import { GITHUB_TEST_APP, startGithub } from '../../support/github/world.ts';
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
const found = says(200, RUN);

let odd: OddGithub;
let connection: GithubConnection;
let counted: string[];

async function meet(answer: Answer, over: Partial<GithubOptions> = {}): Promise<CodeHost> {
  odd = await startOddGithub(answer);
  connection = connectionTo(odd, over);
  counted = [];
  return connection.reader({ count: (system, what) => counted.push(`${system} ${what}`) });
}
async function ask(host: CodeHost): Promise<unknown> {
  return host.run('acme/shop', 17, undefined, signal);
}
afterEach(async () => {
  await connection.close();
  await odd.close();
});

describe('limits of how often GitHub may be asked', () => {
  const spent = (seconds: number) => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(seconds) });

  it('are said with the time at which they end, and nobody asks before', async () => {
    const clock = createManualClock(Date.parse('2026-03-02T18:00:00Z'));
    const refused = says(403, { message: 'API rate limit exceeded' }, spent(Date.parse('2026-03-02T18:20:00Z') / 1000));
    const host = await meet(inTurn(refused, found), { clock });
    const usedUp = {
      status: 'unreachable',
      detail: 'GitHub: the rate limit is used up until 2026-03-02T18:20:00.000Z',
    };
    expect(await ask(host)).toEqual(usedUp);
    expect(await ask(host)).toEqual(usedUp);
    expect(await connection.writer.defaultBranch('acme/shop', signal)).toEqual(usedUp);
    expect(odd.asked).toHaveLength(1);
    await clock.advance(20 * 60_000);
    expect(await ask(host)).toMatchObject({ status: 'observed' });
  });

  it('are heeded before they refuse: the last call that was left is answered, the next one is not made', async () => {
    const clock = createManualClock(Date.parse('2026-03-02T18:00:00Z'));
    const host = await meet(says(200, RUN, spent(Date.parse('2026-03-02T18:20:00Z') / 1000)), { clock });
    expect(await ask(host)).toMatchObject({ status: 'observed' });
    expect(await ask(host)).toMatchObject({ status: 'unreachable' });
    expect(odd.asked).toHaveLength(1);
  });

  it('are waited for when they end in a moment', async () => {
    const clock = createManualClock();
    const host = await meet(inTurn(says(429, { message: 'slow down' }, { 'retry-after': '2' }), found), { clock });
    const asked = ask(host);
    // Real sockets answer in their own time; the pause itself is the clock's.
    while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(2_000);
    expect(await asked).toMatchObject({ status: 'observed' });
    expect(counted).toEqual(['github run', 'github run']);
  });

  it('that come by the second kind last as long as the answer says, whatever is left of the first', async () => {
    const clock = createManualClock(Date.parse('2026-03-02T18:00:00Z'));
    const headers = { 'retry-after': '90', 'x-ratelimit-remaining': '4000' };
    const refused = says(403, { message: 'You have exceeded a secondary rate limit.' }, headers);
    const host = await meet(inTurn(refused, found), { clock });
    const until = { status: 'unreachable', detail: 'GitHub: the rate limit is used up until 2026-03-02T18:01:30.000Z' };
    expect(await ask(host)).toEqual(until);
    expect(await ask(host)).toEqual(until);
    expect(odd.asked).toHaveLength(1);
    await clock.advance(90_000);
    expect(await ask(host)).toMatchObject({ status: 'observed' });
  });

  it('last a minute where only a sentence tells of them, and never longer than the longest window', async () => {
    const clock = createManualClock(Date.parse('2026-03-02T18:00:00Z'));
    const secondary = says(403, { message: 'You have exceeded a secondary rate limit.' });
    const wrongClock = says(403, { message: 'API rate limit exceeded' }, spent(9_999_999_999));
    const host = await meet(inTurn(secondary, wrongClock), { clock });
    expect(await ask(host)).toMatchObject({ detail: expect.stringContaining('2026-03-02T18:01:00') });
    await clock.advance(60_000);
    expect(await ask(host)).toMatchObject({ detail: expect.stringContaining('2026-03-02T19:06:00') });
  });

  it('of another kind do not count', async () => {
    const host = await meet(says(200, RUN, { ...spent(9_999_999_999), 'x-ratelimit-resource': 'search' }));
    expect(await ask(host)).toMatchObject({ status: 'observed' });
    expect(await ask(host)).toMatchObject({ status: 'observed' });
  });
});

describe('a stumble', () => {
  const broken: Answer = (request) => void request.socket.destroy();

  it.each([
    ['502', says(502, {})],
    ['503', says(503, {})],
    ['a broken connection', broken],
  ])('of %s is tried once more, and no more', async (_name, answer) => {
    const host = await meet(inTurn(answer, found));
    expect(await ask(host)).toMatchObject({ status: 'observed' });
    await connection.close();
    await odd.close();
    const down = await meet(answer);
    expect(await ask(down)).toMatchObject({ status: 'unreachable', detail: expect.stringMatching(/^GitHub \S/) });
    expect(odd.asked).toHaveLength(2);
  });

  it('is said in words when nobody listens', async () => {
    const host = await meet(found);
    await odd.close();
    expect(await ask(host)).toEqual({
      status: 'unreachable',
      detail: `GitHub ${new URL(odd.url).host}: connection refused`,
    });
  });
});

describe('a refusal', () => {
  it.each([
    [
      401,
      { message: 'Bad credentials' },
      {},
      'GitHub does not accept the credential (401: Bad credentials); look at GITHUB_TOKEN',
    ],
    [
      403,
      { message: 'Resource protected by organization SAML enforcement.' },
      {},
      'GitHub refuses by a policy of the organisation',
    ],
    [
      403,
      {
        message:
          'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled',
      },
      {},
      'GitHub refuses by a policy of the organisation',
    ],
    [
      403,
      {},
      { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?x=1' },
      'GitHub refuses by a policy of the organisation',
    ],
    [451, { message: 'Repository access blocked' }, {}, 'GitHub answered 451: Repository access blocked'],
    [500, {}, {}, 'GitHub answered 500'],
  ])('with %i is said in one sentence', async (status, body, headers, sentence) => {
    const host = await meet(says(status, body, headers));
    expect(await ask(host)).toEqual({ status: 'unreachable', detail: expect.stringContaining(sentence) });
  });

  it('names the permission that GitHub names, else the one that is needed', async () => {
    const message = { message: 'Resource not accessible by personal access token' };
    const named = says(403, message, { 'x-accepted-github-permissions': 'issues=read; pull_requests=read' });
    const host = await meet(inTurn(named, says(403, message)));
    expect(await ask(host)).toMatchObject({ status: 'forbidden', permission: { resource: 'issues:read' } });
    expect(await ask(host)).toMatchObject({ status: 'forbidden', permission: { resource: 'actions:read' } });
  });

  it('with 404 or 410 means that it is not there, and 422 or 409 that there is no such commit', async () => {
    const host = await meet(inTurn(says(404, {}), says(410, {}), says(422, {}), says(409, {})));
    expect(await ask(host)).toEqual({ status: 'absent' });
    expect(await ask(host)).toEqual({ status: 'absent' });
    expect(await host.commit('acme/shop', 'main', signal)).toEqual({ status: 'absent' });
    expect(await host.commit('acme/shop', 'main', signal)).toEqual({ status: 'absent' });
  });
});

describe('an App', () => {
  it('asks for its token once, and again when it is no longer good', async () => {
    const world = await startGithub();
    const secrets: string[] = [];
    const app = { kind: 'app', appId: String(GITHUB_TEST_APP), privateKey: new Sealed(world.privateKey) } as const;
    // Stands before the real one and does not accept the first token any more at the third question.
    let refused = false;
    const host = await meet(
      (request, response) => {
        const isRun = request.url?.includes('/actions/runs/') === true;
        const isThird = odd.asked.filter(({ line }) => line.includes('/actions/runs/')).length === 3;
        if (isRun && isThird) {
          refused = true;
          says(401, { message: 'Bad credentials' })(request, response, 0);
          return;
        }
        void pass(world.url, request, response);
      },
      { credential: app, register: (secret) => secrets.push(secret) },
    );
    try {
      world.play('acme/shop', { runs: [aRun()] });
      for (let n = 0; n < 4; n += 1) expect(await ask(host)).toMatchObject({ status: 'observed' });
      expect(refused).toBe(true);
      expect(counted.filter((what) => what === 'github token')).toHaveLength(4);
      expect(new Set(secrets).size).toBe(2);
      expect(leaksOf([...secrets, world.privateKey.split('\n')[1] ?? ''])(printed(connection))).toEqual([]);
      expect(await host.run('other/repo', 17, undefined, signal)).toEqual({ status: 'absent' });
    } finally {
      await world.close();
    }
  });

  it('that GitHub does not know is said with what to look at', async () => {
    const { privateKey } = await keyOf();
    const host = await meet(says(401, { message: 'A JSON web token could not be decoded' }), {
      credential: { kind: 'app', appId: '9', privateKey },
    });
    expect(await ask(host)).toEqual({
      status: 'unreachable',
      detail:
        'GitHub does not accept the App (401: A JSON web token could not be decoded); look at GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY',
    });
  });
});

async function keyOf(): Promise<{ readonly privateKey: Sealed }> {
  const { generateKeyPairSync } = await import('node:crypto');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey: new Sealed(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()) };
}

async function pass(to: string, request: Parameters<Answer>[0], response: Parameters<Answer>[1]): Promise<void> {
  const answer = await fetch(`${to}${request.url}`, {
    method: request.method ?? 'GET',
    headers: { authorization: request.headers.authorization ?? '' },
  });
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}
