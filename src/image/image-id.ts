/**
 * What a container's status calls `imageID`. containerd and dockershim write the manifest that was pulled (`repo@sha256:…`,
 * dockershim with `docker-pullable://` before it); an image without a name in a registry, and newer CRI-O, give the digest of
 * the image's config: `sha256:…`, or its bare digits.
 */
import { parseReference, repositoryName } from './reference.ts';

export interface ImageId {
  /** What the digest is of: the manifest (or index) that was pulled, or the image's config. */
  readonly of: 'manifest' | 'config';
  /** `sha256:…` */
  readonly digest: string;
  /** Under which name the node knows it, as `docker.io/library/nginx`; absent for a config. */
  readonly repository?: string;
}

const DIGEST = /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;

/** undefined: in a form that is not known here. */
export function parseImageId(text: string): ImageId | undefined {
  const bare = text.replace(/^docker(?:-pullable)?:\/\//, '');
  if (/^[0-9a-f]{64}$/.test(bare)) return { of: 'config', digest: `sha256:${bare}` };
  if (DIGEST.test(bare)) return { of: 'config', digest: bare };
  const parsed = parseReference(bare);
  if (!parsed.ok || parsed.reference.digest === undefined) return undefined;
  return { of: 'manifest', digest: parsed.reference.digest, repository: repositoryName(parsed.reference) };
}
