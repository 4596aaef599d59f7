/** What each kind of answer becomes. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { startSimulatedRegistry } from '../../../src/adapters/simulator/registry/server.ts';
import { systemClock } from '../../../src/clock.ts';
import { anonymous } from '../../../src/evidence/registry-access.ts';
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
const digest = `sha256:${'cd'.repeat(32)}`;
let reader: TestReader | undefined;
let server: { stop(): Promise<void> } | undefined;

afterEach(async () => {
  await reader?.close();
  await server?.stop();
});

async function answering(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
  name = 'shop/api:1',
) {
  const fake = await startFake((_request, response) => json(response, status, value, headers));
  server = fake;
  reader = quickReader();
  return reader.manifest(imageOf(`${fake.host}/${name}`), anonymous, signal);
}

function error(code: string, message = 'said so') {
  return { errors: [{ code, message }] };
}

describe('a refusal', () => {
  it.each([
    [404, error('NAME_UNKNOWN'), { kind: 'missing', code: 'NAME_UNKNOWN', message: 'said so' }],
    [404, { errors: [{ message: 'no code' }] }, { kind: 'missing', code: '', message: 'no code' }],
    [403, error('DENIED'), { kind: 'denied', at: 'manifest', code: 'DENIED', message: 'said so' }],
    [405, error('DENIED'), { kind: 'denied', at: 'manifest', code: 'DENIED', message: 'said so' }],
    [401, error('UNAUTHORIZED'), { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: 'said so' }],
    [500, error('UNKNOWN'), { kind: 'server-error', status: 500, message: 'UNKNOWN: said so' }],
    [503, '<html>', { kind: 'server-error', status: 503, message: 'HTTP 503' }],
    [400, error('NAME_INVALID'), { kind: 'server-error', status: 400, message: 'NAME_INVALID: said so' }],
  ])('%i %j', async (status, body, outcome) => {
    expect((await answering(status, body)).outcome).toEqual(outcome);
  });

  it('429 tells how long to wait and what is left', async () => {
    const headers = { 'retry-after': '90', 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
    expect(await answering(429, error('TOOMANYREQUESTS', 'too many'), headers)).toMatchObject({
      status: 429,
      outcome: { kind: 'rate-limited', retryAfterSeconds: 90, message: 'too many' },
      quota: { limit: '100;w=21600', remaining: '0;w=21600' },
    });
  });

  it('429 with nonsense in its headers says only that', async () => {
    const attempt = await answering(429, 'slow down', { 'retry-after': 'later', 'ratelimit-limit': 'x'.repeat(99) });
    expect(attempt.outcome).toEqual({ kind: 'rate-limited', message: 'HTTP 429' });
    expect(attempt).not.toHaveProperty('quota');
  });
});

describe('a manifest', () => {
  it.each([
    [{ schemaVersion: 1, fsLayers: [] }, 'application/vnd.docker.distribution.manifest.v1+prettyjws'],
    [
      { ...oneManifest, mediaType: 'application/vnd.oci.artifact.manifest.v1+json' },
      'application/vnd.oci.artifact.manifest.v1+json',
    ],
    [{ schemaVersion: 2, mediaType: 'application/vnd.other' }, 'application/vnd.other'],
  ])('that runtimes refuse: %j', async (body, mediaType) => {
    const attempt = await answering(200, body, { 'content-type': mediaType });
    expect(attempt.outcome).toEqual({ kind: 'unsupported-manifest', mediaType });
  });

  // Media types: helm.sh/docs/topics/registries, OCI image-spec manifest.md, BuildKit's cache exporter.
  it.each([
    ['application/vnd.cncf.helm.config.v1+json', undefined, 'a Helm chart'],
    ['application/vnd.oci.empty.v1+json', 'application/vnd.acme.policy', 'an artifact'],
    ['application/vnd.buildkit.cacheconfig.v0', undefined, 'a build cache of BuildKit'],
    [undefined, 'application/vnd.acme.policy', 'an artifact'],
    ['application/vnd.docker.container.image.v1+json', 'application/vnd.acme.policy', undefined],
    ['application/vnd.wasm.config.v0+json', undefined, undefined],
    [undefined, undefined, undefined],
  ])('with config %s and artifactType %s is %s', async (mediaType, artifactType, name) => {
    const config = { ...oneManifest.config, mediaType };
    const { outcome } = await answering(200, { ...oneManifest, config, artifactType });
    expect(outcome.kind === 'found' ? outcome.manifest.artifact?.name : outcome).toBe(name);
  });

  it('that is an index says when no image is in it', async () => {
    const attestation = { digest, platform: { os: 'unknown', architecture: 'unknown' } };
    const seen: unknown[] = [];
    for (const manifests of [[], [attestation], [attestation, 'nonsense'], [{ digest }]]) {
      const { outcome } = await answering(200, { schemaVersion: 2, manifests });
      seen.push(outcome.kind === 'found' ? (outcome.manifest.listsNothing ?? false) : outcome);
      await reader?.close();
      await server?.stop();
    }
    expect(seen).toEqual([true, true, false, false]);
  });

  it('without a media type is known by its shape', async () => {
    const { mediaType: _unsaid, ...body } = oneManifest;
    expect((await answering(200, body)).outcome).toMatchObject({
      kind: 'found',
      manifest: { mediaType: oneManifest.mediaType, configDigest: oneManifest.config.digest },
    });
    await reader?.close();
    await server?.stop();
    expect((await answering(200, { manifests: [] })).outcome).toMatchObject({
      manifest: { mediaType: 'application/vnd.oci.image.index.v1+json', platforms: [] },
    });
  });

  it('that is an index leaves attestations out', async () => {
    const body = {
      schemaVersion: 2,
      manifests: [
        { digest, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
        { digest: `sha256:${'ef'.repeat(32)}`, platform: { os: 'unknown', architecture: 'unknown' } },
        'nonsense',
      ],
    };
    expect((await answering(200, body)).outcome).toMatchObject({
      manifest: { platforms: ['linux/arm/v7'], manifests: [digest] },
    });
  });

  it('asked for by digest must be those bytes', async () => {
    const attempt = await answering(200, oneManifest, { 'docker-content-digest': digest }, `shop/api@${digest}`);
    expect(attempt.outcome.kind).toBe('not-a-registry');
  });
});

describe('a registry where a GET counts as a pull', () => {
  async function counting(status: number, headers: Readonly<Record<string, string>>): Promise<FakeServer> {
    const fake = await startFake((request, response) => {
      if (!request.headers.authorization) demand(response, 'Basic realm="x"');
      else json(response, status, status === 200 ? oneManifest : error('DENIED'), headers);
    });
    server = fake;
    reader = quickReader({ registries: [{ host: fake.host, countsPulls: true }] });
    return fake;
  }

  it('is asked by HEAD only when the image exists, and says that it saw no platforms', async () => {
    const headers = { 'content-type': oneManifest.mediaType, 'docker-content-digest': digest };
    const fake = await counting(200, headers);
    const attempt = await reader?.manifest(imageOf(`${fake.host}/shop/api:1`), puller(), signal);
    expect(attempt?.outcome).toEqual({
      kind: 'found',
      manifest: { digest, mediaType: oneManifest.mediaType, platforms: [], manifests: [], headOnly: true },
    });
    expect(fake.seen.map(({ line }) => line.split(' ')[0])).toEqual(['HEAD', 'HEAD']);
  });

  it('is asked by GET to hear why it refuses', async () => {
    const fake = await counting(403, {});
    const attempt = await reader?.manifest(imageOf(`${fake.host}/shop/api:1`), puller(), signal);
    expect(attempt?.outcome).toEqual({ kind: 'denied', at: 'manifest', code: 'DENIED', message: 'said so' });
    expect(fake.seen.map(({ line }) => line.split(' ')[0])).toEqual(['HEAD', 'HEAD', 'GET']);
  });
});

describe('tags', () => {
  it('are read over all pages', async () => {
    const registry = await startSimulatedRegistry({ clock: systemClock, pageSize: 2 });
    server = registry;
    for (const tag of ['a', 'b', 'c', 'd', 'e']) registry.push('shop/api', tag);
    reader = quickReader();
    expect(await reader.tags(imageOf(`${registry.host}/shop/api:1`), anonymous, signal)).toEqual({
      kind: 'listed',
      names: ['a', 'b', 'c', 'd', 'e'],
      truncated: false,
    });
    expect(registry.requests).toHaveLength(3);
  });

  it('may be null, and names that are no tags are left out', async () => {
    let tags: unknown = null;
    const fake = await startFake((_request, response) => json(response, 200, { name: 'x', tags }));
    server = fake;
    reader = quickReader();
    const image = imageOf(`${fake.host}/shop/api:1`);
    expect(await reader.tags(image, anonymous, signal)).toEqual({ kind: 'listed', names: [], truncated: false });
    tags = ['fine', '<script>', 7, 'x'.repeat(200), '-no'];
    expect(await reader.tags(image, anonymous, signal)).toEqual({ kind: 'listed', names: ['fine'], truncated: false });
  });

  it('fail as an access outcome', async () => {
    const registry = await startSimulatedRegistry({ clock: systemClock });
    server = registry;
    registry.fail({ kind: 'html' });
    reader = quickReader();
    expect(await reader.tags(imageOf(`${registry.host}/shop/api:1`), anonymous, signal)).toEqual({
      kind: 'failed',
      outcome: { kind: 'not-a-registry', status: 200, contentType: 'text/html' },
    });
  });
});
