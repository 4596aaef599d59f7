/** Registries that cannot be reached, or not trusted: each fault has its name. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createRegistryReader, type RegistryConfig } from '../../../src/adapters/registry/client.ts';
import { startSimulatedRegistry } from '../../../src/adapters/simulator/registry/server.ts';
import { systemClock } from '../../../src/clock.ts';
import { anonymous } from '../../../src/evidence/registry-access.ts';
import { imageOf, puller } from '../../contract/registry-reader.ts';
import { makeCertificates } from '../../support/docker-registry.ts';
import { json, oneManifest, quickReader, startFake, startRaw, type TestReader } from './fake-registry.ts';

const signal = new AbortController().signal;
let reader: TestReader | undefined;

afterEach(async () => {
  await reader?.close();
});

function look(host: string, config: Partial<RegistryConfig> = {}, name = 'shop/api:1') {
  reader = quickReader({ registries: [{ host, ...config }] });
  return reader.manifest(imageOf(`${host}/${name}`), puller(), signal);
}

describe('over https', () => {
  let folder: string;
  let host: string;
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers.authorization ?? 'none');
    json(response, 200, oneManifest);
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pullcheck-tls-'));
    makeCertificates(folder);
    const file = (name: string): Buffer => readFileSync(join(folder, name));
    server.setSecureContext({ cert: file('server.pem'), key: file('server.key') });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  it('an unknown CA is shown by the certificate it signed, and nothing was sent', async () => {
    const { outcome } = await look(host, { plainHttp: false });
    expect(outcome).toMatchObject({
      kind: 'network',
      fault: 'tls-untrusted',
      certificate: {
        subject: 'CN=registry.shop.test',
        issuer: 'CN=Shop private CA, O=Shop',
        names: ['127.0.0.1', 'localhost'],
        validFrom: expect.stringMatching(/^\d{4}-.*Z$/),
        validTo: expect.stringMatching(/^\d{4}-.*Z$/),
        problem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      },
    });
    expect(received).toEqual([]);
  });

  it('the CA from a file is trusted', async () => {
    expect((await look(host, { caFile: join(folder, 'ca.pem') })).outcome.kind).toBe('found');
  });

  it('a certificate for another name is not trusted, and its names are shown', async () => {
    const other = mkdtempSync(join(tmpdir(), 'pullcheck-tls-'));
    const otherCa = makeCertificates(other, 'DNS:registry.other.test');
    const foreign = createServer({
      cert: readFileSync(join(other, 'server.pem')),
      key: readFileSync(join(other, 'server.key')),
    });
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', () => resolve()));
    const { port } = foreign.address() as AddressInfo;
    expect((await look(`127.0.0.1:${port}`, { ca: otherCa })).outcome).toMatchObject({
      kind: 'network',
      fault: 'tls-untrusted',
      certificate: { names: ['registry.other.test'], problem: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    await new Promise((resolve) => foreign.close(resolve));
    rmSync(other, { recursive: true, force: true });
  });

  it('asked by plain http, it hangs up without a word, and a handshake tells why', async () => {
    expect((await look(host, { plainHttp: true })).outcome).toMatchObject({
      kind: 'network',
      fault: 'http-vs-https',
      detail: `${host} speaks https where http was used`,
    });
  });

  it('a plain http registry does not speak https', async () => {
    const plain = await startSimulatedRegistry({ clock: systemClock });
    expect((await look(plain.host, { plainHttp: false })).outcome).toMatchObject({
      kind: 'network',
      fault: 'http-vs-https',
      // OpenSSL's thread ids and source lines help nobody.
      detail: `${plain.host}: wrong version number (ERR_SSL_WRONG_VERSION_NUMBER); http is answered there (200)`,
    });
    await plain.stop();
  });

  it('the answer of Go’s server to plain http is understood', async () => {
    const go = await startFake((_request, response) =>
      response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n'),
    );
    expect((await look(go.host)).outcome).toMatchObject({ kind: 'network', fault: 'http-vs-https' });
    await go.stop();
  });

  it('a server that hangs up in the handshake is told apart from one that resets the connection', async () => {
    const rude = await startRaw((socket) => socket.once('data', () => socket.end()));
    expect((await look(rude.host, { plainHttp: false })).outcome).toMatchObject({ fault: 'tls-handshake' });
    await rude.stop();
  });

  it('a TLS alert in answer to plain http is understood', async () => {
    const alert = await startRaw((socket) =>
      socket.once('data', () => socket.end(Buffer.from('15030100020246', 'hex'))),
    );
    expect((await look(alert.host)).outcome).toMatchObject({ kind: 'network', fault: 'http-vs-https' });
    await alert.stop();
  });

  it('a CA file that cannot be read stops the start, with its name', () => {
    const missing = join(folder, 'nothing.pem');
    const start = (): unknown =>
      createRegistryReader({
        meter: { count: () => undefined },
        clock: systemClock,
        registries: [{ host: 'registry.shop.test', caFile: missing }],
      });
    expect(start).toThrow(missing);
    copyFileSync(join(folder, 'ca.pem'), missing);
    expect(start).not.toThrow();
  });
});

describe('on the way', () => {
  it('a registry that is down refuses the connection, and is found again when it is back', async () => {
    const registry = await startSimulatedRegistry({ clock: systemClock });
    registry.push('shop/api', '1');
    await registry.stop();
    expect((await look(registry.host)).outcome).toMatchObject({ kind: 'network', fault: 'connection-refused' });
    await registry.start();
    expect((await reader?.manifest(imageOf(`${registry.host}/shop/api:1`), anonymous, signal))?.outcome.kind).toBe(
      'found',
    );
    await registry.stop();
  });

  it('a name that does not exist is a DNS failure', async () => {
    expect(await look('registry.invalid')).toMatchObject({
      challenge: { scheme: 'unknown' },
      outcome: { kind: 'network', fault: 'dns-failure' },
    });
  });

  it('an image that names the metadata service is not asked for', async () => {
    for (const host of ['169.254.169.254', '169.254.169.254:80', '100.100.100.200:443']) {
      expect((await look(host)).outcome.kind).toBe('refused');
      expect(reader?.calls).toEqual([]);
      await reader?.close();
    }
  });

  it('private registries can be limited to those that are listed', async () => {
    const registry = await startSimulatedRegistry({ clock: systemClock });
    registry.push('shop/api', '1');
    reader = quickReader({ allowPrivate: false });
    const port = registry.host.split(':')[1] ?? '';
    for (const host of [registry.host, `localhost:${port}`]) {
      const image = imageOf(`${host}/shop/api:1`);
      expect((await reader.manifest(image, anonymous, signal)).outcome.kind).toBe('refused');
    }
    expect(registry.requests).toEqual([]);
    await reader.close();
    reader = quickReader({ allowPrivate: false, registries: [{ host: registry.host }] });
    expect((await reader.manifest(imageOf(`${registry.host}/shop/api:1`), anonymous, signal)).outcome.kind).toBe(
      'found',
    );
    await registry.stop();
  });

  it('only the caller’s own abort is thrown, also in the middle', async () => {
    const silent = await startRaw(() => undefined);
    const controller = new AbortController();
    reader = quickReader({ meter: { count: () => controller.abort(new Error('caller gave up')) } });
    const image = imageOf(`${silent.host}/shop/api:1`);
    await expect(reader.manifest(image, anonymous, controller.signal)).rejects.toThrow('caller gave up');
    await silent.stop();
  });
});
