/**
 * What a manifest is of, where it is of no container image. Facts: OCI image-spec, manifest.md ("Guidelines for Artifact Usage"): the
 * config's media type tells, and `artifactType` where the config is the empty one; Helm, Flux, BuildKit and Docker name theirs.
 */
import type { ArtifactView } from '../../evidence/registry-access.ts';
import type { ManifestBody } from './schema.ts';

const EMPTY = 'application/vnd.oci.empty.v1+json';

/** Runtimes read these as an image's config; Docker wrote the third in its first years. */
const OF_IMAGES: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
  'application/octet-stream',
]);

const NAMES: Readonly<Record<string, string>> = {
  'application/vnd.cncf.helm.config.v1+json': 'a Helm chart',
  'application/vnd.cncf.flux.config.v1+json': 'a Flux artifact',
  'application/vnd.buildkit.cacheconfig.v0': 'a build cache of BuildKit',
  'application/vnd.docker.plugin.v1+json': 'a Docker plugin',
  'application/vnd.docker.plugin.image.v1+json': 'a Docker plugin',
};

/** undefined: an image, or nothing tells. What runs WebAssembly takes its modules for images. */
export function artifactOf({ config, artifactType }: ManifestBody): ArtifactView | undefined {
  const declared = config?.mediaType;
  const type = declared === EMPTY || declared === undefined ? artifactType : declared;
  if (type === undefined) return declared === EMPTY ? { name: 'an artifact', type: EMPTY } : undefined;
  const plain = type.replaceAll(/[^\w.+/-]/g, '').slice(0, 100);
  if (plain === '' || OF_IMAGES.has(plain) || plain.includes('wasm')) return undefined;
  return { name: Object.hasOwn(NAMES, plain) ? (NAMES[plain] ?? '') : 'an artifact', type: plain };
}
