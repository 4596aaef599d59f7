/**
 * Questions that the diagnosis asks of the outside. Readers never throw for what the outside does: a failure is an Observation
 * or a typed outcome. They throw only when `signal` aborts.
 */

import type { ImageOrigin } from '../build/origin.ts';
import type { ImageReference } from '../image/reference.ts';
import type { WorkloadKind } from '../target/target.ts';
import type { JobList } from './build-jobs.ts';
import type { CrashLog } from './crashes.ts';
import type { GitOpsObject, GitOpsRef } from './gitops.ts';
import type { EndpointSnapshot, NetworkPolicySnapshot, ServiceSnapshot } from './network-snapshots.ts';
import type { Observation } from './observation.ts';
import type { AccessAttempt, LoginAnswer, RegistryCredential, RepositoryList, TagAnswer } from './registry-access.ts';
import type {
  EventSnapshot,
  NodeList,
  NodeSnapshot,
  PodEvents,
  PodSnapshot,
  Revision,
  SecretSnapshot,
  ServiceAccountSnapshot,
  WorkloadSnapshot,
} from './snapshots.ts';
import type { TagDetailsAnswer } from './tag-details.ts';
import type { SecretRows } from './unattached-secrets.ts';

export interface PodList {
  readonly pods: readonly PodSnapshot[];
  /** true: the cluster has more than our cap, the list is a prefix. */
  readonly truncated: boolean;
}

export interface NamespaceList {
  readonly names: readonly string[];
  /** true: the cluster has more than our cap, the list is a prefix. */
  readonly truncated: boolean;
}

/** The pods of a list that may wait for an image. */
export interface UnreadyList {
  /** Every pod of which a container waits for its image, and perhaps others; those being deleted need not be here. */
  readonly pods: readonly PodSnapshot[];
  /** How many there are altogether, the ready ones too. */
  readonly total: number;
  /** true: the cluster has more than our cap, or a page expired: only the first `total` were looked at. */
  readonly truncated: boolean;
}

/** One run of one container. */
export interface LogRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

/** Reads one cluster. Every method is a single API call (paging aside), idempotent, read-only. */
export interface ClusterReader {
  /** The cluster's name in results. */
  readonly cluster: string;
  pod(namespace: string, name: string, signal: AbortSignal): Promise<Observation<PodSnapshot>>;
  /** `namespace` absent: all. `selector` is a label selector. Never `absent`: an empty list is observed. */
  pods(
    query: { readonly namespace?: string; readonly selector?: string },
    signal: AbortSignal,
  ): Promise<Observation<PodList>>;
  /**
   * What `pods` would show of those that cannot get their image, much cheaper where most are well: the printed rows, then the pods
   * in doubt one by one. Never `absent`.
   */
  unreadyPods(query: { readonly namespace?: string }, signal: AbortSignal): Promise<Observation<UnreadyList>>;
  /** Of the object with this uid, newest first. */
  events(namespace: string, uid: string, signal: AbortSignal): Promise<Observation<readonly EventSnapshot[]>>;
  /** Of the newest pod that is or was called so. Never `absent`: where nothing was said, or it expired, they are empty. */
  podEvents(namespace: string, name: string, signal: AbortSignal): Promise<Observation<PodEvents>>;
  workload(
    ref: { readonly namespace: string; readonly kind: WorkloadKind; readonly name: string },
    signal: AbortSignal,
  ): Promise<Observation<WorkloadSnapshot>>;
  /** The direct owner's own controller: a ReplicaSet's Deployment, a Job's CronJob; absent when it has none. */
  controllerOf(
    ref: { readonly namespace: string; readonly kind: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<Observation<{ readonly kind: WorkloadKind; readonly name: string }>>;
  /** ReplicaSets of a Deployment, ControllerRevisions of a StatefulSet or DaemonSet; newest first; empty for Jobs. */
  revisions(workload: WorkloadSnapshot, signal: AbortSignal): Promise<Observation<readonly Revision[]>>;
  serviceAccount(namespace: string, name: string, signal: AbortSignal): Promise<Observation<ServiceAccountSnapshot>>;
  secret(namespace: string, name: string, signal: AbortSignal): Promise<Observation<SecretSnapshot>>;
  /**
   * Which Secrets there are: names, types and keys, never their content, which the server is not asked for. `namespace` absent: all;
   * `type`: only of that type. Never `absent`.
   */
  secretRows(
    query: { readonly namespace?: string; readonly type?: string },
    signal: AbortSignal,
  ): Promise<Observation<SecretRows>>;
  /** Secrets of one type with their content. `namespace` absent: all; `name`: only those called so. Never `absent`. */
  secretsOfType(
    query: { readonly namespace?: string; readonly name?: string; readonly type: string },
    signal: AbortSignal,
  ): Promise<Observation<readonly SecretSnapshot[]>>;
  node(name: string, signal: AbortSignal): Promise<Observation<NodeSnapshot>>;
  /** `namespace` absent: all. Never `absent`. */
  services(
    query: { readonly namespace?: string },
    signal: AbortSignal,
  ): Promise<Observation<readonly ServiceSnapshot[]>>;
  /** What stands behind one Service, by its EndpointSlices. Never `absent`: a Service without any has an empty list. */
  endpoints(namespace: string, service: string, signal: AbortSignal): Promise<Observation<readonly EndpointSnapshot[]>>;
  /** Of one namespace. Never `absent`. */
  networkPolicies(namespace: string, signal: AbortSignal): Promise<Observation<readonly NetworkPolicySnapshot[]>>;
  /** Jobs, with what is on their command lines; `namespace` absent: all. Never `absent`. */
  jobs(query: { readonly namespace?: string }, signal: AbortSignal): Promise<Observation<JobList>>;
  /**
   * Objects of Argo CD and Flux of this kind and name; more than one only where the namespace is left open. `absent`: there is none;
   * not-collected where the cluster does not know the kind.
   */
  gitOps(ref: GitOpsRef, signal: AbortSignal): Promise<Observation<readonly GitOpsObject[]>>;
  /** What the namespaces are called; asked only where one seems not to exist. Never `absent`. */
  namespaces(signal: AbortSignal): Promise<Observation<NamespaceList>>;
  /** Every node. Never `absent`: an empty list is observed. */
  nodes(signal: AbortSignal): Promise<Observation<NodeList>>;
  /** The end of a container's log, what looks like a secret masked. `previous`: of the run before this one. */
  crashLog(ref: LogRef, signal: AbortSignal): Promise<Observation<CrashLog>>;
}

/** Asks one registry, safely: bounded bodies, pages, redirects and time; a credential goes only to the host it was asked for. */
export interface RegistryReader {
  /** GET of the manifest with one credential, through the token flow where the registry asks for it. */
  manifest(reference: ImageReference, credential: RegistryCredential, signal: AbortSignal): Promise<AccessAttempt>;
  /** All pages of the tag list, up to the cap. */
  tags(reference: ImageReference, credential: RegistryCredential, signal: AbortSignal): Promise<TagAnswer>;
  /**
   * What this registry's own API tells of these tags, the most wanted first: one question, and none where it has no such API. The
   * credential goes to the registry's own host only. Tags that it does not tell of are left out.
   */
  tagDetails(
    reference: ImageReference,
    tags: readonly string[],
    credential: RegistryCredential,
    signal: AbortSignal,
  ): Promise<TagDetailsAnswer>;
  /**
   * What an existing image says of where it was made: provenance beside it, labels of its config, annotations. Believe none of it before
   * it is checked: anyone who pushes may write it. `absent`: there is no such image for this credential. A reader without the method
   * cannot tell.
   */
  origin?(
    reference: ImageReference,
    credential: RegistryCredential,
    signal: AbortSignal,
  ): Promise<Observation<ImageOrigin>>;
  /** The repositories that it holds, one page of them; undefined: it does not tell. A reader without the method cannot ask. */
  repositories?(
    reference: ImageReference,
    credential: RegistryCredential,
    signal: AbortSignal,
  ): Promise<RepositoryList | undefined>;
  /** GET of `/v2/` with one credential: is it good, whatever it may read? `accepted` to anonymous: anybody is let in there. */
  login(reference: ImageReference, credential: RegistryCredential, signal: AbortSignal): Promise<LoginAnswer>;
}

/** Counts calls to each outside; adapters report every request that left. */
export interface CallMeter {
  count(system: 'kubernetes' | 'registry' | 'github', what: string): void;
}
