/** Where an image says it was made, over real HTTP on loopback. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRegistryReader } from '../../../src/adapters/registry/client.ts';
import { systemClock } from '../../../src/clock.ts';
import type { RegistryCredential } from '../../../src/evidence/registry-access.ts';
import { parseReference } from '../../../src/image/reference.ts';
import { Sealed } from '../../../src/sealed.ts';
import { type FakeServer, startFake } from './fake-registry.ts';

const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const robot: RegistryCredential = {
  kind: 'password',
  source: 'test',
  origin: 'bot',
  username: 'robot',
  password: new Sealed('not-a-real-password'),
};
const RUN = 'https://github.com/acme/api/actions/runs/19182754211/attempts/2';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** Content by its digest, and the name of the top. */
function store() {
  const texts = new Map<string, string>();
  const put = (value: unknown): string => {
    const text = JSON.stringify(value);
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    texts.set(digest, text);
    return digest;
  };
  return { texts, put };
}

/** `elsewhere`: blobs are redirected there, as object stores do. */
async function serve(texts: ReadonlyMap<string, string>, top: string, elsewhere?: FakeServer): Promise<FakeServer> {
  const server = await startFake((request, response) => {
    const path = request.url ?? '';
    const name = path.split('/').at(-1) ?? '';
    if (elsewhere && path.includes('/blobs/')) {
      response.writeHead(307, { location: `http://${elsewhere.host}${path}` }).end();
      return;
    }
    const text = texts.get(name === '1.0' ? top : name);
    response.writeHead(text === undefined ? 404 : 200, {
      'content-type': path.includes('/manifests/') ? INDEX : 'application/json',
    });
    response.end(text ?? '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
  });
  servers.push(server);
  return server;
}

async function originAt(server: FakeServer, store?: FakeServer) {
  const parsed = parseReference(`${server.host}/acme/api:1.0`);
  if (!parsed.ok) throw new Error(parsed.fault.sentence);
  const reader = createRegistryReader({
    meter: { count: () => undefined },
    clock: systemClock,
    registries: [server, ...(store ? [store] : [])].map(({ host }) => ({ host, plainHttp: true })),
  });
  try {
    return await reader.origin?.(parsed.reference, robot, new AbortController().signal);
  } finally {
    await reader.close();
  }
}

const labels = {
  'org.opencontainers.image.source': 'git@github.com:acme/api.git',
  'org.opencontainers.image.revision': 'A1B2C3D4E5F60718293A4B5C6D7E8F9012345678',
};

describe('the origin of an image', () => {
  it.each([
    ['SLSA 0.2', { builder: { id: RUN } }],
    ['SLSA 1', { runDetails: { builder: { id: RUN } } }],
  ])('is the run in BuildKit’s provenance, %s', async (_version, predicate) => {
    const { put, texts } = store();
    const statement = put({ _type: 'https://in-toto.io/Statement/v0.1', predicate });
    const attestation = put({
      layers: [{ digest: statement, annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' } }],
    });
    const image = put({ config: { digest: put({ config: {} }) } });
    const top = put({
      manifests: [
        { digest: image, platform: { os: 'linux', architecture: 'amd64' } },
        { digest: attestation, platform: { os: 'unknown', architecture: 'unknown' } },
      ],
    });
    const server = await serve(texts, top);
    expect(await originAt(server)).toEqual({ status: 'observed', value: { runUrl: RUN, digest: top } });
    expect(server.seen.length).toBeLessThanOrEqual(3);
  });

  it('is what the labels of its config say', async () => {
    const { put, texts } = store();
    const config = put({ created: '2026-05-24T17:52:10Z', config: { Labels: labels } });
    const top = put({ config: { digest: config } });
    expect(await originAt(await serve(texts, top))).toEqual({
      status: 'observed',
      value: {
        source: 'https://github.com/acme/api.git',
        revision: 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
        digest: top,
        builtAt: 1779645130000,
      },
    });
  });

  it('is read from a store that the registry redirects to, which never sees the login', async () => {
    const { put, texts } = store();
    const top = put({ config: { digest: put({ config: { Labels: labels } }) } });
    const objects = await startFake((request, response) => {
      response.end(texts.get((request.url ?? '').split('/').at(-1) ?? '') ?? '{}');
    }, '127.0.0.2');
    servers.push(objects);
    const seen = await originAt(await serve(texts, top, objects), objects);
    expect(seen).toMatchObject({ value: { source: 'https://github.com/acme/api.git' } });
    expect(objects.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it('is believed only where it looks like a link or a commit', async () => {
    const { put, texts } = store();
    const odd = {
      'org.opencontainers.image.source': 'https://bot:hunter2@github.com/acme/api?token=hunter2',
      'org.opencontainers.image.revision': '$(rm -rf /)',
    };
    const top = put({ config: { digest: put({ config: { Labels: odd } }) } });
    const seen = await originAt(await serve(texts, top));
    expect(JSON.stringify(seen)).not.toContain('hunter2');
    expect(seen).toEqual({ status: 'observed', value: { source: 'https://github.com/acme/api', digest: top } });
  });

  it.each([
    ['nothing', '{}'],
    ['no JSON', '<html>'],
    ['a list', '[]'],
    ['numbers for names', '{"manifests":[1,{"digest":5}],"annotations":[],"config":{"digest":"x"}}'],
  ])('of %s is nothing, and no exception', async (_what, body) => {
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    const seen = await originAt(await serve(new Map([[digest, body]]), digest));
    expect(['observed', 'unreachable']).toContain(seen?.status);
    if (seen?.status === 'observed') expect(Object.keys(seen.value)).toEqual(['digest']);
  });

  it('of an image that is not there is absent', async () => {
    expect(await originAt(await serve(new Map(), 'sha256:0'))).toEqual({ status: 'absent' });
  });
});
