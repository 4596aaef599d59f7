/**
 * What a builder leaves beside an image: OCI labels in its config, or BuildKit's provenance. Form of the latter: docs.docker.com,
 * "Image attestation storage" (an index entry of platform unknown/unknown whose layer is an in-toto statement).
 */
import { createHash } from 'node:crypto';

export interface Origin {
  readonly labels?: Readonly<Record<string, string>>;
  /** `builder.id`: the run's page. */
  readonly builder?: string;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';

interface Manifest {
  readonly mediaType: string;
  readonly schemaVersion: number;
  readonly [field: string]: unknown;
}
interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: object;
}

/** Puts `tag` beside `from`, which is there: the same layers, with their origin told. The registry is open to everybody. */
export async function tellOrigin(
  { host, repository }: { readonly host: string; readonly repository: string },
  { from, tag }: { readonly from: string; readonly tag: string },
  { labels = {}, builder }: Origin,
): Promise<void> {
  const base = `http://${host}/v2/${repository}`;
  const old: { config: Blob; layers: readonly Blob[] } = await json(`${base}/manifests/${from}`, DOCKER);
  const config: { config?: object } = await json(`${base}/blobs/${old.config.digest}`);
  const labelled = await putBlob(base, CONFIG, { ...config, config: { ...config.config, Labels: labels } });
  const layers = old.layers.map(({ digest, size }) => ({ mediaType: LAYER, digest, size }));
  const image = { schemaVersion: 2, mediaType: MANIFEST, config: labelled, layers };
  if (builder === undefined) {
    await putManifest(base, tag, image);
    return;
  }
  const made = await putManifest(base, undefined, image);
  const statement = {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    subject: [{ name: `pkg:docker/${repository}@${tag}`, digest: { sha256: made.digest.replace('sha256:', '') } }],
    predicate: { builder: { id: builder }, buildType: 'https://mobyproject.org/buildkit@v1' },
  };
  const told = await putBlob(base, 'application/vnd.in-toto+json', statement);
  const attestation = await putManifest(base, undefined, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: await putBlob(base, CONFIG, { architecture: 'unknown', os: 'unknown', config: {}, rootfs: {} }),
    layers: [{ ...told, annotations: { 'in-toto.io/predicate-type': statement.predicateType } }],
  });
  const annotations = {
    'vnd.docker.reference.digest': made.digest,
    'vnd.docker.reference.type': 'attestation-manifest',
  };
  const manifests = [
    { ...made, platform: { os: 'linux', architecture: 'amd64' } },
    { ...attestation, platform: { os: 'unknown', architecture: 'unknown' }, annotations },
  ];
  await putManifest(base, tag, { schemaVersion: 2, mediaType: INDEX, manifests });
}

async function json<T>(url: string, accept = '*/*'): Promise<T> {
  const answer = await fetch(url, { headers: { accept } });
  if (!answer.ok) throw new Error(`GET ${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function putBlob(base: string, mediaType: string, content: object): Promise<Blob> {
  const body = Buffer.from(JSON.stringify(content));
  const digest = digestOf(body);
  const opened = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(opened.headers.get('location') ?? '', base);
  place.searchParams.set('digest', digest);
  await put(place.href, body, 'application/octet-stream');
  return { mediaType, digest, size: body.length };
}

async function putManifest(base: string, tag: string | undefined, content: Manifest): Promise<Blob> {
  const body = Buffer.from(JSON.stringify(content));
  const digest = digestOf(body);
  await put(`${base}/manifests/${tag ?? digest}`, body, content.mediaType);
  return { mediaType: content.mediaType, digest, size: body.length };
}

async function put(url: string, body: Buffer, type: string): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(body), headers: { 'content-type': type } });
  if (answer.status !== 201) throw new Error(`PUT ${url}: ${answer.status} ${await answer.text()}`);
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
