/** A registry that lies, stalls and lures: each ends in a typed outcome, in time, and the credential stays where it belongs. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AccessAttempt } from '../../../src/evidence/registry-access.ts';
import { anonymous } from '../../../src/evidence/registry-access.ts';
import { imageOf, puller } from '../../contract/registry-reader.ts';
import {
  demand,
  type FakeServer,
  hasty,
  json,
  oneManifest,
  quickReader,
  startFake,
  startRaw,
  type TestReader,
} from './fake-registry.ts';

const signal = new AbortController().signal;
const secret = puller('correct horse');
const servers: FakeServer[] = [];
let reader: TestReader;

async function fake(...how: Parameters<typeof startFake>): Promise<FakeServer> {
  const server = await startFake(...how);
  servers.push(server);
  return server;
}

async function raw(...how: Parameters<typeof startRaw>): Promise<FakeServer> {
  const server = await startRaw(...how);
  servers.push(server);
  return server;
}

async function pull(server: FakeServer, credential = secret, limits = {}): Promise<AccessAttempt> {
  reader = quickReader({ limits });
  return reader.manifest(imageOf(`${server.host}/shop/api:1`), credential, signal);
}

function listTags(server: FakeServer) {
  reader = quickReader();
  return reader.tags(imageOf(`${server.host}/shop/api:1`), secret, signal);
}

afterEach(async () => {
  await reader.close();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

describe('a registry that lures the credential away', () => {
  it('names the metadata service as its token server', async () => {
    const registry = await fake((_request, response) =>
      demand(response, 'Bearer realm="http://169.254.169.254/token"'),
    );
    const attempt = await pull(registry);
    expect(attempt.outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('169.254.169.254') });
    expect(reader.calls).toEqual(['manifest']);
  });

  it.each(['::ffff:169.254.169.254', 'fe80::1', '::ffff:7f00:2'])('names [%s] as its token server', async (address) => {
    const registry = await fake((_request, response) => demand(response, `Bearer realm="http://[${address}]/token"`));
    expect((await pull(registry)).outcome.kind).toBe('refused');
  });

  it('names another private host as its token server', async () => {
    const thief = await fake((_request, response) => json(response, 200, { token: 'x' }), '127.0.0.2');
    const registry = await fake((_request, response) => demand(response, `Bearer realm="http://${thief.host}/token"`));
    expect((await pull(registry)).outcome).toMatchObject({ kind: 'refused' });
    expect(thief.seen).toEqual([]);
  });

  it('names a token server that is no web address, or carries user information', async () => {
    for (const realm of ['file:///etc/passwd', 'http://u:p@example.org/token', 'ftp://example.org/', 'http://']) {
      const registry = await fake((_request, response) => demand(response, `Bearer realm="${realm}"`));
      expect((await pull(registry)).outcome.kind).toBe('refused');
      await reader.close();
    }
  });

  it('redirects an authorized request to another origin', async () => {
    const thief = await fake((_request, response) => json(response, 200, oneManifest));
    const registry = await fake((request, response) => {
      if (!request.headers.authorization) demand(response, 'Basic realm="shop"');
      else response.writeHead(307, { location: `http://${thief.host}/elsewhere` }).end();
    });
    expect((await pull(registry)).outcome.kind).toBe('found');
    expect(thief.seen).toEqual([{ line: 'GET /elsewhere', authorization: undefined }]);
  });

  it('redirects there and back: the credential that was dropped stays dropped', async () => {
    const thief = await fake((request, response) =>
      response.writeHead(302, { location: `http://${home()}/back${request.url}` }).end(),
    );
    const registry = await fake((request, response) => {
      if (request.url?.startsWith('/back')) json(response, 200, oneManifest);
      else if (!request.headers.authorization) demand(response, 'Basic realm="shop"');
      else response.writeHead(302, { location: `http://${thief.host}/x` }).end();
    });
    function home(): string {
      return registry.host;
    }
    await pull(registry);
    expect(registry.seen.at(-1)).toEqual({ line: 'GET /back/x', authorization: undefined });
  });

  it('redirects to another private host and to the metadata service', async () => {
    const other = await fake((_request, response) => json(response, 200, oneManifest), '127.0.0.2');
    for (const location of [`http://${other.host}/`, 'http://169.254.169.254/latest/meta-data', 'gopher://x/']) {
      const registry = await fake((_request, response) => response.writeHead(302, { location }).end());
      expect((await pull(registry)).outcome.kind).toBe('refused');
      await reader.close();
    }
    expect(other.seen).toEqual([]);
  });

  it('answers a challenge from the place it redirected to: nobody answers it', async () => {
    const thief = await fake((_request, response) => demand(response, 'Basic realm="give me"'));
    const registry = await fake((_request, response) =>
      response.writeHead(302, { location: `http://${thief.host}/` }).end(),
    );
    expect((await pull(registry)).outcome).toMatchObject({ kind: 'unauthorized', at: 'manifest' });
    expect(thief.seen.map((request) => request.authorization)).toEqual([undefined]);
  });

  it('sends the next page of tags to another origin', async () => {
    const thief = await fake((_request, response) => json(response, 200, { tags: ['stolen'] }));
    const registry = await fake((_request, response) => {
      json(response, 200, { tags: ['1'] }, { link: `<http://${thief.host}/v2/shop/api/tags/list?last=1>; rel="next"` });
    });
    expect(await listTags(registry)).toEqual({ kind: 'listed', names: ['1'], truncated: true });
    expect(thief.seen).toEqual([]);
    expect(registry.seen).toHaveLength(1);
  });

  it('echoes what it was sent, in every place', async () => {
    const registry = await fake((request, response) => {
      const { authorization } = request.headers;
      if (!authorization) return demand(response, 'Basic realm="shop"');
      const clear = Buffer.from(authorization.slice(6), 'base64').toString();
      const errors = [{ code: authorization, message: `no: ${authorization} ${clear} http://x/?password=${clear}` }];
      json(response, 403, { errors }, { 'www-authenticate': `Bearer realm="http://x/${authorization}"` });
    });
    const shown = JSON.stringify(await pull(registry));
    expect(shown).not.toContain('correct horse');
    expect(shown).not.toContain(Buffer.from('puller:correct horse').toString('base64').slice(0, 20));
  });
});

describe('a registry that wastes time and memory', () => {
  it('has ever another page of tags', async () => {
    let page = 0;
    const registry = await fake((_request, response) => {
      page += 1;
      json(response, 200, { tags: [`t${page}`] }, { link: `</v2/shop/api/tags/list?last=t${page}>; rel="next"` });
    });
    expect(await listTags(registry)).toEqual({
      kind: 'listed',
      names: ['t1', 't2', 't3', 't4', 't5'],
      truncated: true,
    });
  });

  it('links a page of tags to itself', async () => {
    const link = '</v2/shop/api/tags/list?n=1000>; rel="next"';
    const registry = await fake((_request, response) => json(response, 200, { tags: ['1'] }, { link }));
    expect(await listTags(registry)).toEqual({ kind: 'listed', names: ['1'], truncated: true });
    expect(registry.seen).toHaveLength(1);
  });

  it('sends a manifest of 10 MB', async () => {
    const registry = await fake((_request, response) =>
      json(response, 200, { ...oneManifest, fat: 'x'.repeat(10_000_000) }),
    );
    expect((await pull(registry)).outcome).toEqual({
      kind: 'refused',
      reason: 'the manifest is larger than 4 MiB',
      after: 'answer',
    });
  });

  it('sends a byte now and then', async () => {
    const timers: NodeJS.Timeout[] = [];
    const registry = await fake((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      timers.push(setInterval(() => response.write(' '), 20));
    });
    const attempt = await pull(registry, secret, hasty);
    for (const timer of timers) clearInterval(timer);
    expect(attempt.outcome).toMatchObject({ kind: 'network', fault: 'connection-timeout' });
    expect(attempt.durationMs).toBeLessThan(5_000);
  });

  it('accepts the connection and says nothing', async () => {
    const registry = await raw(() => undefined);
    expect((await pull(registry, secret, hasty)).outcome).toMatchObject({
      kind: 'network',
      fault: 'connection-timeout',
    });
  });

  it('sends a gzip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 32));
    const registry = await fake((_request, response) => {
      const headers = { 'content-type': oneManifest.mediaType, 'content-encoding': 'gzip' };
      response.writeHead(200, headers).end(bomb);
    });
    expect((await pull(registry)).outcome).toMatchObject({ kind: 'not-a-registry', status: 200 });
  });

  it('redirects for ever', async () => {
    const registry = await fake((request, response) => response.writeHead(302, { location: `${request.url}x` }).end());
    expect((await pull(registry)).outcome).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('10 times'),
    });
    expect(registry.seen).toHaveLength(11);
  });

  it('challenges for ever', async () => {
    let count = 0;
    const registry = await fake((request, response, host) => {
      count += 1;
      if (request.url?.startsWith('/t')) json(response, 200, { token: 'opaque' });
      else demand(response, `Bearer realm="http://${host}/t${count}",service="s${count}"`);
    });
    expect((await pull(registry)).outcome).toMatchObject({ kind: 'unauthorized', at: 'manifest' });
    expect(registry.seen.length).toBeLessThan(8);
  });
});

describe('a server that speaks something else', () => {
  it.each([
    ['a page of HTML with 200', 200, 'text/html; charset=utf-8', '<html>Sign in</html>'],
    ['a page of HTML with 404', 404, 'text/html', '<html>Not here</html>'],
    ['a page of HTML with 403', 403, 'text/html', '<html>Blocked</html>'],
    ['text with 404', 404, 'text/plain', '404 page not found'],
    ["another API's 404", 404, 'application/json', '{"detail":"Not Found"}'],
    ['JSON that is cut short', 200, 'application/vnd.oci.image.index.v1+json', '{"schemaVersion":2,"mani'],
    ['JSON that is something else', 200, 'application/json', '["hello"]'],
    ['nothing at all', 200, 'application/json', ''],
  ])('answers %s', async (_what, status, type, body) => {
    const registry = await fake((_request, response) => response.writeHead(status, { 'content-type': type }).end(body));
    expect((await pull(registry)).outcome).toEqual({ kind: 'not-a-registry', status, contentType: type.split(';')[0] });
  });

  it('answers 401 without a challenge', async () => {
    const registry = await fake((_request, response) => json(response, 401, { errors: [{ code: 'UNAUTHORIZED' }] }));
    const attempt = await pull(registry);
    expect(attempt).toMatchObject({ challenge: { scheme: 'none' }, outcome: { kind: 'unauthorized', at: 'manifest' } });
    expect(registry.seen.map((request) => request.authorization)).toEqual([undefined]);
  });

  it('wants a scheme that nobody here speaks', async () => {
    const registry = await fake((_request, response) => demand(response, 'Negotiate'));
    expect(await pull(registry)).toMatchObject({ challenge: { scheme: 'unknown' }, outcome: { kind: 'unauthorized' } });
    expect(registry.seen).toHaveLength(1);
  });

  it('has control characters in its headers', async () => {
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'a\u0007b\u001b[31m\u202ec\nd' }] });
    const registry = await raw((socket) => {
      socket.end(
        `HTTP/1.1 403 Forbidden\r\nX-Odd: a\u0007b\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    });
    const { outcome } = await pull(registry, anonymous);
    expect(JSON.stringify(outcome)).not.toMatch(/\\u00|\\n|\u202e/);
    expect(outcome.kind).toBe('not-a-registry');
  });

  it('has control characters in its messages', async () => {
    const errors = [{ code: 'DENIED', message: 'a\u0007b\u001b[31m\u202ec\nd '.repeat(500) }];
    const registry = await fake((_request, response) => json(response, 403, { errors }));
    const { outcome } = await pull(registry, anonymous);
    expect(JSON.stringify(outcome)).not.toMatch(/\\u00|\\n|\u202e/);
    expect(outcome).toMatchObject({ kind: 'denied', message: expect.stringMatching(/^a b \[31m c d .+…$/) });
    expect(outcome.kind === 'denied' && outcome.message.length).toBe(500);
  });

  it('speaks no HTTP', async () => {
    const registry = await raw((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect((await pull(registry)).outcome).toEqual({ kind: 'not-a-registry', status: 0, contentType: '' });
  });

  it('hangs up', async () => {
    const registry = await raw((socket) => socket.destroy());
    expect((await pull(registry)).outcome).toMatchObject({ kind: 'network', fault: 'connection-reset' });
  });
});
