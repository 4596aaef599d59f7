/** The token step: what a granted, an empty and a refused token look like, and what is asked for how often. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type SimulatedRegistry, startSimulatedRegistry } from '../../../src/adapters/simulator/registry/server.ts';
import { systemClock } from '../../../src/clock.ts';
import { type AccessAttempt, anonymous } from '../../../src/evidence/registry-access.ts';
import { Sealed } from '../../../src/sealed.ts';
import { imageOf, puller } from '../../contract/registry-reader.ts';
import {
  demand,
  type FakeServer,
  json,
  oneManifest,
  quickReader,
  startFake,
  type TestReader,
} from './fake-registry.ts';

const signal = new AbortController().signal;
let reader: TestReader | undefined;
let server: { stop(): Promise<void> } | undefined;

afterEach(async () => {
  await reader?.close();
  await server?.stop();
});

async function simulated(): Promise<SimulatedRegistry> {
  const registry = await startSimulatedRegistry({ clock: systemClock, auth: 'bearer' });
  server = registry;
  registry.push('shop/api', '1');
  registry.push('shop/secret', '1');
  registry.allow('puller', new Sealed('correct horse'), ['shop/api']);
  return registry;
}

describe('a Bearer registry', () => {
  it('grants pull: the attempt shows realm, token status and granted actions', async () => {
    const registry = await simulated();
    reader = quickReader();
    const attempt = await reader.manifest(imageOf(`${registry.host}/shop/api:1`), puller(), signal);
    expect(attempt).toMatchObject({
      challenge: { scheme: 'bearer', realm: `http://${registry.host}/token` },
      token: { status: 200, granted: ['pull'] },
      status: 200,
      outcome: { kind: 'found' },
    });
  });

  it('grants nothing where the credential has no right: 200 at the token, 401 at the manifest', async () => {
    const registry = await simulated();
    reader = quickReader();
    const attempt = await reader.manifest(imageOf(`${registry.host}/shop/secret:1`), puller(), signal);
    expect(attempt).toMatchObject({
      token: { status: 200, granted: [] },
      outcome: { kind: 'unauthorized', at: 'manifest' },
    });
  });

  it('refuses a wrong password at the token server, and nothing is asked of the registry with it', async () => {
    const registry = await simulated();
    reader = quickReader();
    const attempt = await reader.manifest(imageOf(`${registry.host}/shop/api:1`), puller('wrong'), signal);
    expect(attempt).toMatchObject({ token: { status: 401 }, outcome: { kind: 'unauthorized', at: 'token' } });
    expect(registry.requests.map(({ authorization }) => authorization)).toEqual(['none', 'basic']);
  });

  it('needs two requests for each further credential, and one for the tags', async () => {
    const registry = await simulated();
    reader = quickReader();
    const image = imageOf(`${registry.host}/shop/api:1`);
    await reader.manifest(image, anonymous, signal);
    expect(reader.calls).toEqual(['manifest', 'token', 'manifest']);
    await reader.manifest(image, puller(), signal);
    expect(reader.calls.slice(3)).toEqual(['token', 'manifest']);
    await reader.tags(image, puller(), signal);
    expect(reader.calls.slice(5)).toEqual(['tags']);
  });

  it('is asked for its challenge and its token once, however many questions start together', async () => {
    const registry = await simulated();
    reader = quickReader();
    const image = imageOf(`${registry.host}/shop/api:1`);
    await Promise.all([
      reader.manifest(image, puller(), signal),
      reader.tags(image, puller(), signal),
      reader.tags(imageOf(`${registry.host}/shop/api:2`), puller(), signal),
    ]);
    expect([...reader.calls].sort()).toEqual(['manifest', 'manifest', 'tags', 'tags', 'token']);
  });

  it('shows a wrong password to the token server once, however many questions start together', async () => {
    const registry = await simulated();
    reader = quickReader();
    const image = imageOf(`${registry.host}/shop/api:1`);
    await reader.manifest(image, anonymous, signal);
    const answers = await Promise.all([
      reader.manifest(image, puller('wrong'), signal),
      reader.tags(image, puller('wrong'), signal),
    ]);
    expect(answers).toMatchObject([{ outcome: { kind: 'unauthorized', at: 'token' } }, { kind: 'failed' }]);
    expect(registry.requests.filter(({ authorization }) => authorization === 'basic')).toHaveLength(1);
  });

  it('does not hide a revoked password behind a token for longer than half a minute', async () => {
    const registry = await simulated();
    let now = 0;
    reader = quickReader({ clock: { now: () => now, sleep: async () => undefined } });
    const image = imageOf(`${registry.host}/shop/api:1`);
    await reader.manifest(image, puller(), signal);
    registry.revoke('puller');
    expect((await reader.manifest(image, puller(), signal)).outcome.kind).toBe('found');
    now = 31_000;
    expect((await reader.manifest(image, puller(), signal)).outcome).toMatchObject({
      kind: 'unauthorized',
      at: 'token',
    });
  });
});

describe('a token server', () => {
  async function pull(answer: (url: URL) => unknown, challenge: (host: string) => string): Promise<AccessAttempt> {
    const fake = await startFake((request, response, host) => {
      const url = new URL(request.url ?? '/', `http://${host}`);
      if (url.pathname === '/token') json(response, 200, answer(url));
      else if (request.headers.authorization?.startsWith('Bearer')) json(response, 200, oneManifest);
      else demand(response, challenge(host));
    });
    server = fake;
    reader = quickReader();
    return reader.manifest(imageOf(`${fake.host}/shop/api:1`), puller(), signal);
  }
  const plain = (host: string): string => `Bearer realm="http://${host}/token"`;

  it('may be named relative to the registry, keep its query and call the token access_token', async () => {
    let asked: URL | undefined;
    const attempt = await pull(
      (url) => {
        asked = url;
        return { access_token: 'opaque' };
      },
      () => 'Bearer realm="/token?tenant=a",service="shop",scope="repository:shop/api:metadata_read"',
    );
    expect(attempt.outcome.kind).toBe('found');
    expect(attempt.challenge.realm).toBe('/token');
    expect([...(asked?.searchParams ?? [])]).toEqual([
      ['tenant', 'a'],
      ['service', 'shop'],
      ['scope', 'repository:shop/api:metadata_read'],
      ['scope', 'repository:shop/api:pull'],
    ]);
  });

  it('is never asked for the right to push', async () => {
    const scopes: string[] = [];
    await pull(
      (url) => {
        scopes.push(...url.searchParams.getAll('scope'));
        return { token: 'opaque' };
      },
      (host) => `${plain(host)},scope="repository:shop/api:pull,push"`,
    );
    expect(scopes).toEqual(['repository:shop/api:pull']);
  });

  it.each(['garbage', 'a.b.c', `x.${Buffer.from('{"access":7}').toString('base64url')}.y`, `..${'.'.repeat(9000)}`])(
    'may send a token that is no JWT: it is used and tells nothing',
    async (token) => {
      const attempt = await pull(() => ({ token }), plain);
      expect(attempt).toMatchObject({ token: { status: 200 }, outcome: { kind: 'found' } });
      expect(attempt.token).not.toHaveProperty('granted');
      expect(JSON.stringify(attempt)).not.toContain(token);
    },
  );

  it.each([{ token: 'two\nlines' }, { token: 7 }, {}, [], 'text', { token: 'x'.repeat(100_000) }])(
    'may send nothing usable',
    async (answer) => {
      const attempt = await pull(() => answer, plain);
      expect(attempt).toMatchObject({ token: { status: 200 }, outcome: { kind: 'not-a-registry', status: 200 } });
    },
  );
});

describe('a registry that changes its mind', () => {
  it('is followed from Bearer to Basic', async () => {
    let basic = false;
    const fake: FakeServer = await startFake((request, response, host) => {
      const { authorization } = request.headers;
      if (request.url?.startsWith('/token')) json(response, 200, { token: 'opaque' });
      else if (authorization?.startsWith(basic ? 'Basic' : 'Bearer')) json(response, 200, oneManifest);
      else demand(response, basic ? 'Basic realm="x"' : `Bearer realm="http://${host}/token"`);
    });
    server = fake;
    reader = quickReader();
    const image = imageOf(`${fake.host}/shop/api:1`);
    expect((await reader.manifest(image, puller(), signal)).outcome.kind).toBe('found');
    basic = true;
    const attempt = await reader.manifest(image, puller(), signal);
    expect(attempt).toMatchObject({ challenge: { scheme: 'basic' }, outcome: { kind: 'found' } });
    expect(attempt).not.toHaveProperty('token');
  });
});
