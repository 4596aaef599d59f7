/** Kubernetes objects as the diagnosis sees them: only what is used, every absent field explicit, instants in ms since the epoch. */

import type { Sealed } from '../sealed.ts';
import type { WorkloadRef } from '../target/target.ts';
import type { GitOpsOwner } from './gitops.ts';
import type { ManagedBy } from './managed-by.ts';
import type { Placement, Taint } from './placement.ts';

export interface ContainerSnapshot {
  readonly name: string;
  readonly role: 'init' | 'main' | 'ephemeral';
  /** The image as the spec writes it. */
  readonly image: string;
  readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never' | 'unknown';
  readonly state: 'waiting' | 'running' | 'terminated' | 'unknown';
  readonly ready: boolean;
  readonly restartCount: number;
  /** Of the run that is under way. */
  readonly startedAt?: number;
  /** How long that run has lasted when it was looked at, ms; absent where no clock was given. */
  readonly runningMs?: number;
  /** Why it waits (`ErrImagePull`, `CrashLoopBackOff`, or any text a kubelet writes); absent unless waiting. */
  readonly waitingReason?: string;
  readonly waitingMessage?: string;
  /** The image that the runtime resolved: `repo@sha256:…`; absent until pulled. */
  readonly imageID?: string;
  /** Of the current or the last termination. */
  readonly exitCode?: number;
  readonly terminatedReason?: string;
  /** The runtime's words, or what the container left behind; what looks like a secret is masked. */
  readonly terminatedMessage?: string;
  /** Ports that it declares; absent: none. */
  readonly ports?: readonly ContainerPort[];
  /** As the spec writes it, `512Mi`; absent: none. */
  readonly memoryLimit?: string;
}

export interface ContainerPort {
  readonly name?: string;
  readonly port: number;
  /** The same on its node's own addresses. In a pod on its node's network the API sets it to `port`. */
  readonly hostPort?: number;
}

/** Under this type `unmet` holds the pod's own reason of phase Failed: its node refused it (`SysctlForbidden`) or took it away (`Evicted`). */
export const ENDED = 'Ended';

export interface PodSnapshot {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly phase: string;
  readonly node?: string;
  /** Address of its node. */
  readonly hostIP?: string;
  /** It uses its node's own network. */
  readonly hostNetwork?: boolean;
  readonly createdAt?: number;
  readonly deletedAt?: number;
  readonly serviceAccount: string;
  /** Names in spec.imagePullSecrets, in order, empty names left out. */
  readonly imagePullSecrets: readonly string[];
  /** Init containers first, then main ones, each in spec order. */
  readonly containers: readonly ContainerSnapshot[];
  /** The direct controller (a ReplicaSet for a Deployment's pod). */
  readonly controller?: { readonly kind: string; readonly name: string; readonly uid: string };
  /** Where it may be scheduled; absent: nothing is required. */
  readonly placement?: Placement;
  /** Conditions that are False, with their reason: why it is not scheduled or not ready; and `ENDED`. */
  readonly unmet: readonly { readonly type: string; readonly reason: string; readonly message: string }[];
}

export interface EventSnapshot {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** Its name, from `involvedObject.fieldPath` (`spec.containers{app}` is `app`); absent for the pod itself. */
  readonly container?: string;
  readonly count: number;
  readonly firstAt?: number;
  /** Newest of lastTimestamp, series, eventTime, creation; absent only when all are null. */
  readonly lastAt?: number;
}

/** What was said of a pod that may be gone. */
export interface PodEvents {
  /** Empty where nothing was said. */
  readonly uid: string;
  /** Newest first. */
  readonly events: readonly EventSnapshot[];
}

export interface WorkloadSnapshot extends WorkloadRef {
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt?: number;
  /** Desired, current on the newest revision, and available. */
  readonly replicas: { readonly desired: number; readonly updated: number; readonly available: number };
  /** `key=value,…`, to list its pods. */
  readonly selector: string;
  readonly images: Readonly<Record<string, string>>;
  /** Of the pod template, empty names left out. Absent: it has no list, and each new pod is given its service account's of that moment. */
  readonly imagePullSecrets?: readonly string[];
  readonly paused: boolean;
  /** Labels and annotations that say who owns the object (`argocd.argoproj.io/…`, `kustomize.toolkit.fluxcd.io/…`). */
  readonly managedBy?: string;
  /** The Argo CD or Flux object that writes it; absent where no mark says so. */
  readonly gitOps?: GitOpsOwner;
  /** Conditions that tell of a failure: `ReplicaFailure` (no pod may be made). Absent: none. */
  readonly unmet?: readonly { readonly type: string; readonly reason: string; readonly message: string }[];
  /** Of a Job that failed: its condition, and what its pods look like; nothing in `template` is a pod's own state. */
  readonly ended?: { readonly reason: string; readonly message: string; readonly template: PodSnapshot };
}

/** One revision of a workload: which images, since when. */
export interface Revision {
  readonly revision: number;
  readonly name: string;
  readonly createdAt?: number;
  /** Container name -> image. */
  readonly images: Readonly<Record<string, string>>;
  /** Pods of it that are ready now. */
  readonly ready: number;
  readonly isCurrent: boolean;
}

export interface ServiceAccountSnapshot {
  readonly name: string;
  readonly imagePullSecrets: readonly string[];
}

export interface SecretSnapshot {
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly resourceVersion: string;
  readonly createdAt?: number;
  /** Newest write that the managed fields tell of; absent when they tell nothing. */
  readonly updatedAt?: number;
  /** Who else writes it; absent where nothing on it says so. */
  readonly managedBy?: ManagedBy;
  /** Key -> decoded value. */
  readonly data: Readonly<Record<string, Sealed>>;
}

export interface NodeSnapshot {
  readonly name: string;
  readonly os: string;
  readonly arch: string;
  /** Windows only: `10.0.20348.2227`. */
  readonly osVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly runtime: string;
  readonly kubelet: string;
  readonly ready: boolean;
  readonly pressure: readonly string[];
}

export interface NodeList {
  readonly nodes: readonly NodeSnapshot[];
  /** true: the cluster has more than our cap, the list is a prefix. */
  readonly truncated: boolean;
}
