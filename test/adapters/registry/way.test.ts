/** The way to a manifest, step by step, from the connections that are made anyway. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RegistryConfig } from '../../../src/adapters/registry/client.ts';
import { systemClock } from '../../../src/clock.ts';
import { anonymous, type RegistryCredential, type Stage } from '../../../src/evidence/registry-access.ts';
import { imageOf, puller } from '../../contract/registry-reader.ts';
import { makeCertificates } from '../../support/docker-registry.ts';
import {
  demand,
  hasty,
  json,
  oneManifest,
  quickReader,
  startFake,
  startRaw,
  type TestReader,
} from './fake-registry.ts';

const signal = new AbortController().signal;
const closers: (() => unknown)[] = [];
let reader: TestReader;

afterEach(async () => {
  await reader.close();
  for (const close of closers.splice(0)) await close();
});

async function look(host: string, config: Partial<RegistryConfig> = {}, limits = {}) {
  reader = quickReader({ registries: [{ host, ...config }], limits });
  return again(host);
}

function again(host: string, credential: RegistryCredential = anonymous) {
  return reader.manifest(imageOf(`${host}/shop/api:1`), credential, signal);
}

async function fake(...how: Parameters<typeof startFake>) {
  const server = await startFake(...how);
  closers.push(() => server.stop());
  return server;
}

async function raw(...how: Parameters<typeof startRaw>) {
  const server = await startRaw(...how);
  closers.push(() => server.stop());
  return server;
}

/** `tcp reached`, `api reached 401`, … and that each step tried took a time that can be. */
function told(way: readonly Stage[] | undefined): string[] {
  return (way ?? []).map(({ name, state, status, ms }) => {
    expect(ms ?? 0).toBeGreaterThanOrEqual(0);
    return [name, state, ...(status === undefined ? [] : [status])].join(' ');
  });
}

/** Without the connection: whether one is made anew is up to the pool. */
function answers(way: readonly Stage[] | undefined): string[] {
  return told(way).filter((line) => !/^(?:dns|tcp|tls) /.test(line));
}

/** A token server and its registry; the manifest is there for whoever has the token. */
async function bearerRegistry(realm?: string) {
  return fake((request, response, host) => {
    if (request.url?.startsWith('/token')) return json(response, 200, { token: 'opaque' });
    if (request.headers.authorization === 'Bearer opaque') return json(response, 200, oneManifest);
    demand(response, `Bearer realm="${realm ?? `http://${host}/token`}",service="shop"`);
  });
}

async function https(names: string, trusted: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-way-'));
  const ca = makeCertificates(folder, names);
  const [cert, key] = ['server.pem', 'server.key'].map((file) => readFileSync(join(folder, file)));
  const server = createServer({ cert: cert!, key: key! }, (_request, response) => json(response, 200, oneManifest));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  return { port, config: { plainHttp: false, ...(trusted ? { ca } : {}) } };
}

describe('the way to a manifest', () => {
  it('costs no request of its own, and is shorter where the connection is there already', async () => {
    const registry = await bearerRegistry();
    const first = await look(registry.host);
    expect(told(first.way)[0]).toBe('tcp reached');
    expect(answers(first.way)).toEqual(['api reached 401', 'token reached 200', 'manifest reached 200']);
    expect(registry.seen).toHaveLength(3);
    const second = await again(registry.host, puller());
    expect(answers(second.way)).toEqual(['token reached 200', 'manifest reached 200']);
  });

  it('shows the name, its addresses and the TLS version', async () => {
    const { port, config } = await https('DNS:localhost', true);
    const { way } = await look(`localhost:${port}`, config);
    expect(told(way)).toEqual(['dns reached', 'tcp reached', 'tls reached', 'api reached 200', 'manifest reached 200']);
    expect(way?.[0]).toMatchObject({ addresses: expect.arrayContaining(['127.0.0.1']), host: `localhost:${port}` });
    expect(way?.[2]).toMatchObject({ protocol: expect.stringMatching(/^TLSv1\.[23]$/) });
  });

  it('ends at the name', async () => {
    const { way } = await look('registry.invalid');
    expect(told(way)).toEqual(['dns failed', 'tcp not-tried', 'tls not-tried', 'api not-tried', 'manifest not-tried']);
  });

  it('ends at the port', async () => {
    const closed = await startFake(() => undefined);
    await closed.stop();
    expect(told((await look(closed.host)).way)).toEqual(['tcp failed', 'api not-tried', 'manifest not-tried']);
  });

  it('ends in a handshake that never answers, which is no timeout of the registry', async () => {
    const mute = await raw(() => undefined);
    const { way, outcome } = await look(mute.host, { plainHttp: false }, { ...hasty, connectMs: 1_000 });
    expect(outcome).toMatchObject({ kind: 'network', fault: 'tls-handshake' });
    expect(told(way)).toEqual(['tcp reached', 'tls failed', 'api not-tried', 'manifest not-tried']);
  });

  it('ends at a first answer that never comes', async () => {
    const mute = await raw(() => undefined);
    const { way, outcome } = await look(mute.host, {}, hasty);
    expect(outcome).toMatchObject({ kind: 'network', fault: 'connection-timeout' });
    expect(told(way)).toEqual(['tcp reached', 'api failed', 'manifest not-tried']);
  });

  it('ends at the token server, which is another host', async () => {
    const closed = await startFake(() => undefined);
    await closed.stop();
    const registry = await bearerRegistry(`http://${closed.host}/token`);
    const { way } = await look(registry.host);
    expect(told(way)).toEqual([
      'tcp reached',
      'api reached 401',
      'tcp failed',
      'token not-tried',
      'manifest not-tried',
    ]);
    expect(way?.map(({ host }) => host)).toEqual([
      registry.host,
      registry.host,
      closed.host,
      closed.host,
      registry.host,
    ]);
  });

  it('ends at the manifest, which is cut off', async () => {
    const registry = await fake((request, response) => {
      if (request.headers.authorization === undefined) demand(response, 'Basic realm="shop"');
      else request.socket.destroy();
    });
    await look(registry.host);
    const { way } = await again(registry.host, puller());
    expect(told(way).at(-1)).toBe('manifest failed');
  });
});

describe('a certificate that is not trusted', () => {
  it('shows everything that is wrong with it, not only what is named first', async () => {
    const { port, config } = await https('DNS:registry.other.test', false);
    const { outcome, way } = await look(`localhost:${port}`, config);
    expect(outcome).toMatchObject({
      kind: 'network',
      fault: 'tls-untrusted',
      certificate: { faults: ['no-chain', 'wrong-name'], names: ['registry.other.test'] },
    });
    expect(told(way)).toEqual(['dns reached', 'tcp reached', 'tls failed', 'api not-tried', 'manifest not-tried']);
  });
});

describe('a certificate judged at another time', () => {
  it.each([
    [20, 'expired'],
    [-20, 'not-yet-valid'],
  ])('%s years from now is %s as well', async (years, fault) => {
    const { port, config } = await https('DNS:localhost', false);
    const shift = years * 365 * 86_400_000;
    const clock = { ...systemClock, now: () => systemClock.now() + shift };
    reader = quickReader({ registries: [{ host: `localhost:${port}`, ...config }], clock });
    const { outcome } = await again(`localhost:${port}`);
    expect(outcome).toMatchObject({ kind: 'network', certificate: { faults: ['no-chain', fault] } });
  });
});

describe('redirects', () => {
  it.each(['/v2/shop/api/manifests/1', '/round'])(
    'in a circle over %s are left at the first repetition',
    async (to) => {
      const registry = await fake((_request, response) => response.writeHead(302, { location: to }).end());
      expect((await look(registry.host)).outcome).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining('in a circle'),
      });
      expect(registry.seen.length).toBeLessThanOrEqual(2);
    },
  );
});
