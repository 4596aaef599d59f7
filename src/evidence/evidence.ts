/**
 * What is known about one failing (or healthy) container: one row per kind, each an Observation. One collector fills each kind;
 * checks read only the kinds they declare.
 */

import type { KeyringLookup } from '../image/keyring.ts';
import type { Classification } from '../image/pull-error.ts';
import type { ParsedReference } from '../image/reference.ts';
import type { BuildJobs } from './build-jobs.ts';
import type { BuildTrace } from './build-trace.ts';
import type { CrashLog } from './crashes.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { GitOpsSource } from './gitops-source.ts';
import type { Observation, Permission } from './observation.ts';
import type { RegistryAccess, TagAnswer } from './registry-access.ts';
import type { RegistryService } from './registry-service.ts';
import type { RunningImage } from './running-image.ts';
import type { Contrast, FailingPod } from './scope.ts';
import type {
  ContainerSnapshot,
  EventSnapshot,
  NodeList,
  NodeSnapshot,
  PodSnapshot,
  Revision,
  SecretSnapshot,
  ServiceAccountSnapshot,
  WorkloadSnapshot,
} from './snapshots.ts';
import type { TagDetailsAnswer } from './tag-details.ts';
import type { UnattachedSecrets } from './unattached-secrets.ts';

/** The newest words about the failure, from the waiting message or a Failed event. */
export interface PullFailure {
  /** The container's waiting reason now; a kubelet may write any text here. */
  readonly reason: string;
  /** The most telling message (a bare back-off gives way to the Failed event before it). */
  readonly message: string;
  /** `memory`: an earlier look saw it; by now only a bare back-off is left. */
  readonly from: 'status' | 'event' | 'memory';
  readonly at?: number;
  /** Only from memory: how long ago it was seen, in ms. */
  readonly ageMs?: number;
  readonly classification: Classification;
}

/** One pull secret that the pod names, and what reading it gave. */
export interface AttachedSecret {
  readonly name: string;
  /** `pod`: the pod's own list; `service-account`: copied from its service account at creation (same names there). */
  readonly via: 'pod' | 'service-account';
  readonly secret: Observation<SecretSnapshot>;
}

export interface ScopeEvidence {
  /** Every pod that cannot pull, this one included. */
  readonly failing: readonly FailingPod[];
  /** `cluster`, or only the namespace when listing all was forbidden. */
  readonly extent: 'cluster' | 'namespace';
  /** Pods looked at; `truncated` when the list was cut at our cap. */
  readonly pods: number;
  readonly truncated: boolean;
  /** How others fare with what this pod fails with; absent for a pod that does not wait for an image. */
  readonly contrast?: Contrast;
  /** The right that is missing to see the whole cluster; absent when all of it was seen. */
  readonly limitedBy?: Permission;
}

export interface EvidenceKinds {
  readonly pod: PodSnapshot;
  readonly container: ContainerSnapshot;
  /** Of this pod by uid, newest first. */
  readonly events: readonly EventSnapshot[];
  /** Absent when nothing says that a pull failed. */
  readonly pullFailure: PullFailure;
  readonly workload: WorkloadSnapshot;
  /** Newest first. */
  readonly revisions: readonly Revision[];
  readonly node: NodeSnapshot;
  /** All nodes of the cluster; asked only where the pod is on none yet. */
  readonly nodes: NodeList;
  /** The nodes where the pod may land; asked only where the image is not built for the one it is on. */
  readonly landing: NodeList;
  readonly scope: ScopeEvidence;
  readonly reference: ParsedReference;
  readonly serviceAccount: ServiceAccountSnapshot;
  readonly pullSecrets: readonly AttachedSecret[];
  /** What the kubelet would try, computed from pullSecrets; not-collected while a Secret could not be read. */
  readonly keyring: KeyringLookup;
  /** Pull secrets that exist and are not used; asked only where a login is wanted and nothing that the pod names applies. */
  readonly unattachedSecrets: UnattachedSecrets;
  readonly registryAccess: RegistryAccess;
  /** The repository's tags; asked only when the tag is missing. */
  readonly tags: TagAnswer;
  /** When tags were pushed; asked only for those nearest to a missing one, or for one that means another image than what runs. */
  readonly tagDetails: TagDetailsAnswer;
  /** Where else the image is; asked only when it is missing. */
  readonly elsewhere: Elsewhere;
  /** The builds that could have made the image; asked only when it is missing, or when an older one runs. */
  readonly buildTrace: BuildTrace;
  /** Jobs of this cluster that build the image; asked only where it is missing. */
  readonly buildJobs: BuildJobs;
  /** Where the manifest is that Argo CD or Flux deploys; asked only where the image that it asks for is at fault. */
  readonly gitopsSource: GitOpsSource;
  /** What stands behind the image's host inside the cluster; asked only where the registry seems out of reach. */
  readonly registryService: RegistryService;
  /** What the node runs beside what the tag means now; only where the container was started and a tag is used. */
  readonly runningImage: RunningImage;
  /** Last lines of a container that crashed; asked only for such a one. Absent: the node kept none. */
  readonly crashLogs: CrashLog;
}

export type EvidenceKind = keyof EvidenceKinds;
export type Evidence = { readonly [K in EvidenceKind]: Observation<EvidenceKinds[K]> };
export type EvidenceView<K extends EvidenceKind> = Pick<Evidence, K>;
