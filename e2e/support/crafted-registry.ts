/** A registry of images that are odd in themselves: the manifest is there for everybody, and something about it or what it names is not as it should be. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

const OCI = 'application/vnd.oci.image.';
const MANIFEST = `${OCI}manifest.v1+json`;
const INDEX = `${OCI}index.v1+json`;

interface Stored {
  readonly type: string;
  readonly body: Buffer;
}

/** One repository: what `v1` means, and what lies there by its digest. */
interface Shelf {
  readonly tag: Stored;
  readonly blobs: ReadonlyMap<string, Stored>;
  /** Answers a question about a manifest in its own way. */
  readonly manifest?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

function json(type: string, value: object): Stored {
  return { type, body: Buffer.from(JSON.stringify(value)) };
}

function described({ type, body }: Stored, more: object = {}) {
  return { mediaType: type, digest: digestOf(body), size: body.length, ...more };
}

/** An archive without a file. */
const EMPTY_TAR = Buffer.alloc(1024);

function image(platform: { architecture: string; os: string }) {
  const layer: Stored = { type: `${OCI}layer.v1.tar+gzip`, body: gzipSync(EMPTY_TAR) };
  const config = json(`${OCI}config.v1+json`, {
    ...platform,
    config: { Entrypoint: ['/pause'] },
    rootfs: { type: 'layers', diff_ids: [digestOf(EMPTY_TAR)] },
  });
  const manifest = json(MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: described(config),
    layers: [described(layer)],
  });
  return { config, manifest, layer };
}

const amd64 = { architecture: 'amd64', os: 'linux' };

function shelf(tag: Stored, blobs: readonly Stored[], habits: Omit<Shelf, 'tag' | 'blobs'> = {}): Shelf {
  return { tag, blobs: new Map([tag, ...blobs].map((one) => [digestOf(one.body), one])), ...habits };
}

function say(response: ServerResponse, status: number, type: string, body: Buffer | string): true {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
  return true;
}

function refuse(response: ServerResponse, status: number, code: string): true {
  return say(response, status, 'application/json', JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }));
}

function shelves(): Readonly<Record<string, Shelf>> {
  const whole = image(amd64);
  const chartConfig = json('application/vnd.cncf.helm.config.v1+json', { name: 'web', version: '1.0.0' });
  const chart = { type: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', body: gzipSync(EMPTY_TAR) };
  const nothing = json('application/vnd.oci.empty.v1+json', {});
  const artifact = (config: Stored, layer: Stored, more: object = {}) =>
    json(MANIFEST, {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: described(config),
      layers: [described(layer)],
      ...more,
    });
  const sbom = { type: 'application/spdx+json', body: Buffer.from('{}') };
  const index = (...manifests: object[]) => json(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
  const lost = described({ type: MANIFEST, body: Buffer.from('{"gone":true}') }, { platform: amd64 });
  const attested = { architecture: 'unknown', os: 'unknown' };
  return {
    emptyindex: shelf(index(), []),
    attested: shelf(index(described(whole.manifest, { platform: attested })), [whole.manifest]),
    lostchild: shelf(index(lost), []),
    chart: shelf(artifact(chartConfig, chart), [chartConfig, chart]),
    artifact: shelf(artifact(nothing, sbom, { artifactType: 'application/spdx+json' }), [nothing, sbom]),
    huge: shelf(
      json(MANIFEST, { ...JSON.parse(whole.manifest.body.toString()), annotations: { x: 'x'.repeat(9 << 20) } }),
      [],
    ),
    broken: shelf({ type: MANIFEST, body: Buffer.from('{"schemaVersion":2,') }, []),
    plaintype: shelf({ ...whole.manifest, type: 'text/plain' }, [whole.config, whole.layer]),
    getgone: shelf(whole.manifest, [whole.config, whole.layer], {
      manifest: ({ url = '' }, response) => url.includes('/sha256:') && refuse(response, 404, 'MANIFEST_UNKNOWN'),
    }),
  };
}

function answer(all: Readonly<Record<string, Shelf>>, request: IncomingMessage, response: ServerResponse): void {
  const { url = '', method } = request;
  if (/^\/v2\/?$/.test(url)) return void say(response, 200, 'application/json', '{}');
  const { name, kind, what } = /^\/v2\/(?<name>[^/]+)\/web\/(?<kind>[a-z]+)\/(?<what>[^/?]+)/.exec(url)?.groups ?? {};
  const found = name === undefined ? undefined : all[name];
  if (found === undefined) return void refuse(response, 404, 'NAME_UNKNOWN');
  if (kind === 'tags') return void say(response, 200, 'application/json', JSON.stringify({ tags: ['v1'] }));
  if (kind === 'manifests' && found.manifest?.(request, response)) return;
  const stored = what === 'v1' ? found.tag : found.blobs.get(what ?? '');
  if (stored === undefined) return void refuse(response, 404, 'MANIFEST_UNKNOWN');
  const headers = { 'docker-content-digest': digestOf(stored.body), 'content-length': stored.body.length };
  response.writeHead(200, { 'content-type': kind === 'blobs' ? 'application/octet-stream' : stored.type, ...headers });
  response.end(method === 'HEAD' ? undefined : stored.body);
}

/** `HOST/NAME/web:v1` for each of these. Gives the function that closes it. */
export async function startCraftedRegistry(address: string, port = 5000): Promise<() => void> {
  const all = shelves();
  const server = createServer((request, response) => answer(all, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
