/** Whose "not there" can be believed, and what a good login without the right meets at each kind of registry. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { startSimulatedRegistry } from '../../../src/adapters/simulator/registry/server.ts';
import { systemClock } from '../../../src/clock.ts';
import { anonymous } from '../../../src/evidence/registry-access.ts';
import { Sealed } from '../../../src/sealed.ts';
import { imageOf, puller } from '../../contract/registry-reader.ts';
import { demand, json, quickReader, startFake, type TestReader } from './fake-registry.ts';

const signal = new AbortController().signal;
const version = { 'docker-distribution-api-version': 'registry/2.0' };
const plain = { code: 'MANIFEST_UNKNOWN', message: 'manifest unknown', detail: { Tag: '1' } };
let reader: TestReader | undefined;
let server: { stop(): Promise<void> } | undefined;

afterEach(async () => {
  await reader?.close();
  await server?.stop();
});

async function softwareOf(error: object, headers: Readonly<Record<string, string>> = version, realm = 'registry') {
  const fake = await startFake((request, response) => {
    if (request.headers.authorization === undefined) demand(response, `Basic realm="${realm}"`);
    else json(response, 404, { errors: [error] }, headers);
  });
  server = fake;
  reader = quickReader();
  return (await reader.manifest(imageOf(`${fake.host}/shop/api:1`), puller(), signal)).software;
}

describe('docker-registry', () => {
  it.each([
    plain,
    { ...plain, detail: { Name: 'shop/api', Revision: `sha256:${'0'.repeat(64)}` } },
    { code: 'NAME_UNKNOWN', message: 'repository name not known to registry', detail: { name: 'shop/api' } },
    // Recorded from distribution 3.1.2.
    { ...plain, detail: 'unknown tag=1' },
    { ...plain, detail: `unknown manifest name=shop/api revision=sha256:${'0'.repeat(64)}` },
  ])('is known by its words and their detail: %j', async (error) => {
    expect(await softwareOf(error)).toBe('distribution');
  });

  it.each([
    ['Nexus, by the list it puts there', { ...plain, detail: [{ Name: 'a' }, { Revision: 'b' }] }, version, ''],
    ['Nexus, by its realm', plain, version, 'Sonatype Nexus Repository Manager'],
    ['Nexus, by its server header', plain, { ...version, server: 'Nexus/3.68.0-04 (OSS)' }, ''],
    [
      'Artifactory, by its sentence',
      {
        code: 'MANIFEST_UNKNOWN',
        message: 'The named manifest is not known to the registry.',
        detail: { manifest: 'a' },
      },
      version,
      '',
    ],
    ['Artifactory, by its header', plain, { ...version, 'x-artifactory-id': 'a1' }, ''],
    ['another one, by its own sentence', { ...plain, detail: 'no such tag: 1' }, version, ''],
    ['a registry that gives no detail', { code: plain.code, message: plain.message }, version, ''],
    ['a registry without the version header', plain, {}, ''],
  ])('is not mistaken: %s', async (who, error, headers, realm) => {
    const names = /by its (?:realm|server|header)/.test(who);
    expect(await softwareOf(error, headers, realm)).toBe(names ? 'product' : undefined);
  });
});

describe('a good login that may not pull this repository', () => {
  it.each([
    [401, { kind: 'unauthorized', at: 'manifest' }],
    [403, { kind: 'denied', at: 'manifest' }],
    [404, { kind: 'missing', code: 'NAME_UNKNOWN' }],
  ] as const)('is answered %i, and accepted where no repository is named', async (withheld, outcome) => {
    const registry = await startSimulatedRegistry({ clock: systemClock, auth: 'basic', withheld });
    server = registry;
    registry.push('shop/secret', '1');
    registry.allow('puller', new Sealed('correct horse'), ['shop/api']);
    reader = quickReader();
    const image = imageOf(`${registry.host}/shop/secret:1`);
    const attempt = await reader.manifest(image, puller(), signal);
    expect(attempt).toMatchObject({ status: withheld, outcome, scheme: 'http' });
    expect(attempt.software).toBeUndefined();
    expect(await reader.login(image, puller(), signal)).toBe('accepted');
    expect(await reader.login(image, anonymous, signal)).toBe('rejected');
    expect(await reader.login(image, puller('battery staple'), signal)).toBe('rejected');
  });
});

describe('a base that tells nothing about a login', () => {
  it.each([
    ['a page', 200, 'text/html', 'unknown'],
    ['a refusal of the address', 403, 'application/json', 'unknown'],
    ['a broken registry', 503, 'application/json', 'unknown'],
    ['a welcome', 200, 'application/json', 'accepted'],
  ])('%s', async (_what, status, type, expected) => {
    const fake = await startFake((_request, response) => {
      response.writeHead(status, { 'content-type': type });
      response.end('{}');
    });
    server = fake;
    reader = quickReader();
    expect(await reader.login(imageOf(`${fake.host}/shop/api:1`), puller(), signal)).toBe(expected);
  });

  it('nobody there', async () => {
    reader = quickReader();
    expect(await reader.login(imageOf('127.0.0.1:1/shop/api:1'), puller(), signal)).toBe('unknown');
  });
});
