/** Is what a node runs the image that the tag means now? Pure. */
import type { ImageId } from '../image/image-id.ts';
import type { ManifestView } from './registry-access.ts';

/** Pods of the workload that run one image on one node. */
export interface NodeCopy {
  /** Empty where the pod is on no node. */
  readonly node: string;
  /** Digest of what its runtime names. */
  readonly digest: string;
  readonly pods: readonly string[];
}

/** What the node runs, beside what the registry says that the tag means now. */
export interface RunningImage {
  readonly running: ImageId;
  /** Digest of its config, where the registry still has its manifest; asked only when the manifests differ. */
  readonly runningConfig?: string;
  readonly now: ManifestView;
  /** `unknown`: node and registry speak of different things (a config here, an index there). */
  readonly match: 'same' | 'different' | 'unknown';
  /** By node, where they differ; this pod's own only where the workload's pods cannot be listed. */
  readonly copies: readonly NodeCopy[];
}

/**
 * A node may name the index, the manifest of its platform, or the image's config: each of them is the same image. An index does not
 * tell its configs, and a HEAD tells no more than one digest: a difference there is not known.
 */
export function matchImage(running: ImageId, now: ManifestView): RunningImage['match'] {
  const known = [now.digest, ...now.manifests, ...(now.configDigest === undefined ? [] : [now.configDigest])];
  if (known.includes(running.digest)) return 'same';
  if (running.of === 'config' && now.configDigest === undefined) return 'unknown';
  return 'different';
}
