/** Does the node run what the reference means now? Read from the container's image id and the registry's manifest. Pure. */
import type { Observation } from '../evidence/observation.ts';
import type { ManifestView, RegistryAccess } from '../evidence/registry-access.ts';
import type { ContainerSnapshot } from '../evidence/snapshots.ts';

/** `pinned`: by digest, or pulled anew at each start, so that it cannot be old. `unknown`: the two were not compared. */
export type Sameness = 'pinned' | 'same' | 'other' | 'unknown';

export function sameImage(container: ContainerSnapshot, registryAccess: Observation<RegistryAccess>): Sameness {
  if (container.pullPolicy === 'Always' || container.image.includes('@')) return 'pinned';
  if (registryAccess.status !== 'observed') return 'unknown';
  for (const { outcome } of registryAccess.value.attempts) {
    if (outcome.kind === 'found') return compare(container.imageID ?? '', outcome.manifest);
  }
  return 'unknown';
}

/**
 * Runtimes report `repo@sha256:…` of the index or of the platform's manifest, or the bare digest of the image's config, which an
 * index does not tell.
 */
function compare(imageId: string, manifest: ManifestView): Sameness {
  const digest = /sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.exec(imageId)?.[0];
  if (digest === undefined) return 'unknown';
  if ([manifest.digest, ...manifest.manifests, manifest.configDigest].includes(digest)) return 'same';
  const isConfig = !imageId.includes('@');
  const told = isConfig ? manifest.configDigest !== undefined : manifest.headOnly !== true;
  return told ? 'other' : 'unknown';
}
