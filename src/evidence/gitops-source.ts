/** Where the manifest of a GitOps-owned workload is: the controller's own objects, then the file that writes the image down. */
import type { ImagePlace, OtherPlace } from '../image/manifest-image.ts';
import type { GitOpsOwner, ManifestSource } from './gitops.ts';
import type { Observation } from './observation.ts';

export interface ManifestPlace extends ImagePlace {
  /** From the repository's root. */
  readonly path: string;
  /** Page for people, at the commit that was read. */
  readonly url: string;
  /** Outside of the owner's own folder: others are made of it too. */
  readonly isShared: boolean;
}

export interface FoundManifest {
  /** `owner/name` at the code host. */
  readonly repository: string;
  /** Branch that a change goes to, empty: the default one; absent where the owner is pinned to a tag or a commit. */
  readonly base?: string;
  /** Where this image is written down, the likeliest first. */
  readonly places: readonly ManifestPlace[];
  /** Nowhere is, and the workload's one place asks for another tag of it: Git is ahead of the cluster. */
  readonly changed?: ManifestPlace & OtherPlace;
  /** Files that were read. */
  readonly read: readonly string[];
  /** false: there are more files than were read. */
  readonly isComplete: boolean;
}

export interface GitOpsSource {
  readonly owner: GitOpsOwner;
  /** What the owner deploys from. */
  readonly origin: Observation<readonly ManifestSource[]>;
  /** The file, looked for at the code host. */
  readonly manifest: Observation<FoundManifest>;
  /** By convention, unseen: `apps/shop/api-deployment.yaml`. */
  readonly convention: string;
}

/** What the owner's object itself sets over the files, of this tag or digest. */
export function overridesOf(origin: readonly ManifestSource[], selector: string): readonly string[] {
  return origin
    .flatMap(({ overrides }) => overrides)
    .filter(
      (one) =>
        one === selector ||
        one.endsWith(`=${selector}`) ||
        one.endsWith(`:${selector}`) ||
        one.endsWith(`@${selector}`),
    );
}
