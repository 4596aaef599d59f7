/** A manifest's bytes as evidence: digest of exactly these bytes, media type, platforms. */
import { createHash } from 'node:crypto';
import type { AccessOutcome, ManifestView } from '../../evidence/registry-access.ts';
import { formatPlatform } from '../../image/platform.ts';
import { mediaTypeOf, notARegistry } from './answers.ts';
import { artifactOf } from './artifact.ts';
import { type IndexEntry, type ManifestBody, readIndexEntries, readManifest } from './schema.ts';
import { type Answer, type Call, refusal } from './transport.ts';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_IMAGE = 'application/vnd.docker.distribution.manifest.v2+json';
const indexes = [OCI_INDEX, DOCKER_LIST];
const images = [OCI_IMAGE, DOCKER_IMAGE];

/** Without this list some registries answer schema 1, or 404 for an image that exists. */
export const acceptManifests = [...indexes, ...images, '*/*'].join(', ');

/** Reads a 2xx answer to a GET. `digest`: what was asked for, when it was asked by digest. */
export function readManifestAnswer(call: Call, answer: Answer, digest: string | undefined): AccessOutcome {
  if (answer.cut) {
    const megabytes = call.limits.bodyBytes / 1024 / 1024;
    const reason = `the manifest is larger than ${Math.round(megabytes * 100) / 100} MiB`;
    return refusal(call, reason, 'answer').outcome;
  }
  const body = readManifest(answer.body);
  const type = mediaTypeOf(answer);
  if (!body) return notARegistry(call, answer);
  const declared = call.scrub.clean(body.mediaType ?? '').slice(0, 100);
  if (body.schemaVersion === 1 || body.fsLayers || /manifest\.v1\+/.test(type.replace(OCI_IMAGE, ''))) {
    return {
      kind: 'unsupported-manifest',
      mediaType:
        declared ||
        (/v1\+(?:json|prettyjws)$/.test(type) ? type : 'application/vnd.docker.distribution.manifest.v1+json'),
    };
  }
  const mediaType = shapeOf(body, declared, type);
  if (mediaType === undefined) {
    if (declared === '' && body.schemaVersion === undefined) return notARegistry(call, answer);
    return { kind: 'unsupported-manifest', mediaType: declared || call.scrub.clean(type), ...kindOf(call, body) };
  }
  const exact = digestOf(answer.body, digest ?? answer.headers['docker-content-digest']);
  // Asked by digest, other bytes are not the image, whoever sent them.
  if (digest !== undefined && exact !== digest) return notARegistry(call, answer);
  return { kind: 'found', manifest: { digest: exact, mediaType, ...partsOf(call, body, mediaType) } };
}

/** A 200 to a HEAD: existence, digest and type only; undefined when it tells too little and a GET is needed. */
export function readHeadAnswer(call: Call, answer: Answer): AccessOutcome | undefined {
  const digest = answer.headers['docker-content-digest'] ?? '';
  const mediaType = mediaTypeOf(answer);
  if (!/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(digest)) return undefined;
  if (![...indexes, ...images].includes(mediaType) || call.scrub.leaks(digest)) return undefined;
  return { kind: 'found', manifest: { digest, mediaType, platforms: [], manifests: [], headOnly: true } };
}

/** The declared type where the shape agrees; by shape where none is declared; undefined for another kind of thing. */
function shapeOf(body: ManifestBody, declared: string, contentType: string): string | undefined {
  const known = body.manifests ? indexes : body.config ? images : [];
  const named = [declared, contentType].find((type) => known.includes(type));
  if (named !== undefined) return named;
  // A declared type outside the list (an artifact, a chart) is not something a runtime runs.
  return declared === '' ? known[0] : undefined;
}

function kindOf({ scrub }: Call, body: ManifestBody): Pick<ManifestView, 'artifact'> {
  const artifact = artifactOf(body);
  return artifact === undefined || scrub.leaks(artifact.type) ? {} : { artifact };
}

function partsOf(
  call: Call,
  body: ManifestBody,
  mediaType: string,
): Pick<ManifestView, 'platforms' | 'manifests' | 'configDigest' | 'artifact' | 'listsNothing'> {
  if (!indexes.includes(mediaType)) {
    const config = body.config === undefined ? {} : { configDigest: body.config.digest };
    return { platforms: [], manifests: [], ...config, ...kindOf(call, body) };
  }
  const all = readIndexEntries(body.manifests ?? []);
  const entries = all.filter((entry) => !isAttestation(entry));
  // An entry that could not be read may be an image.
  const listsNothing = entries.length === 0 && all.length === (body.manifests ?? []).length;
  return {
    platforms: [...new Set(entries.flatMap((entry) => platformOf(entry) ?? []))],
    manifests: entries.map((entry) => entry.digest),
    ...(listsNothing ? { listsNothing } : {}),
  };
}

function platformOf(entry: IndexEntry): string | undefined {
  if (!entry.platform) return undefined;
  const { os, architecture: arch, variant = '', 'os.version': osVersion = '' } = entry.platform;
  return formatPlatform({ os, arch, variant, osVersion });
}

/** BuildKit stores provenance and SBOM beside the images, as platform unknown/unknown. */
function isAttestation(entry: IndexEntry): boolean {
  const { platform, annotations } = entry;
  return (
    (platform?.os === 'unknown' && platform.architecture === 'unknown') ||
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest'
  );
}

function digestOf(bytes: Buffer, like: string | undefined): string {
  const algorithm = like?.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
