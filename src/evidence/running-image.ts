/** Is what a node runs the image that the tag means now? Pure. */
import type { ImageId } from '../image/image-id.ts';
import { parsePlatform } from '../image/platform.ts';
import { type ImageReference, repositoryName } from '../image/reference.ts';
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
  /** What the registry still shows of it under its digest; asked only where that is not what the tag means now. */
  readonly before?: ManifestView;
  readonly now: ManifestView;
  /**
   * `unknown`: node and registry speak of different things (a config here, an index there), or the node knows the image by the name of
   * another repository, and what lies there could not be compared.
   */
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

/** The node knows it by the name of another repository: a manifest there may be the same image, pushed or packed a second time. */
export function isRenamed(running: ImageId, image: ImageReference): boolean {
  return running.repository !== undefined && running.repository !== repositoryName(image);
}

/**
 * One image can have several manifests: packed again, pushed under a second name, or (the common one) an index written anew by a build
 * from its cache, with other attestations around the same platform manifests. `platform` is the node's, `os/arch`.
 */
export function matchManifests(
  before: ManifestView,
  now: ManifestView,
  platform: string | undefined,
): RunningImage['match'] {
  if (before.configDigest !== undefined && now.configDigest !== undefined) {
    return before.configDigest === now.configDigest ? 'same' : 'different';
  }
  const [old, current] = [manifestFor(before, platform), manifestFor(now, platform)];
  if (old === undefined || current === undefined) return 'unknown';
  return old === current ? 'same' : 'different';
}

/** Digest of the one manifest that a node of this platform runs; undefined where the index does not tell it apart. */
export function manifestFor(
  { digest, manifests, platforms }: ManifestView,
  platform: string | undefined,
): string | undefined {
  if (manifests.length === 0) return digest;
  if (platform === undefined || manifests.length !== platforms.length) return undefined;
  const fitting = manifests.filter((_digest, at) => {
    const { os, arch } = parsePlatform(platforms[at] ?? '');
    return `${os}/${arch}` === platform;
  });
  return fitting.length === 1 ? fitting[0] : undefined;
}
