/** Who else is affected: pods that cannot pull, one row a pod. */
import type { PullErrorKind } from '../image/pull-error.ts';
import type { WorkloadRef } from '../target/target.ts';

export interface FailingPod {
  readonly namespace: string;
  readonly pod: string;
  readonly workload?: WorkloadRef;
  readonly node?: string;
  readonly container: string;
  readonly image: string;
  /** The image's host; empty when the reference cannot be parsed. */
  readonly registry: string;
  readonly reason: string;
  readonly kind: PullErrorKind;
  readonly secrets: readonly string[];
  /** When the pod was created. */
  readonly since?: number;
}

/** Failing pods that share something: `by` says what. */
export interface ScopeGroup {
  readonly by: 'cause' | 'registry' | 'image' | 'secret' | 'node' | 'namespace' | 'workload';
  readonly value: string;
  readonly pods: number;
  readonly workloads: number;
  readonly namespaces: number;
  readonly nodes: number;
}

/** The runbook's quick assessment (`pullcheck scope`). */
export interface Scope {
  readonly apiVersion: 'pullcheck/v1';
  readonly kind: 'Scope';
  readonly cluster: string;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly items: readonly FailingPod[];
  readonly groups: readonly ScopeGroup[];
  /** `pods` looked at, `failing` of them cannot pull. */
  readonly total: {
    readonly pods: number;
    readonly failing: number;
    readonly workloads: number;
    readonly namespaces: number;
    readonly nodes: number;
  };
  readonly truncated: boolean;
  /** What could not be looked at, one sentence each. */
  readonly gaps: readonly string[];
}

/** One thing that pods share with a failing pod, and how they fare with it. */
export interface Axis {
  readonly by: 'image' | 'registry' | 'secret' | 'node';
  readonly value: string;
  /** Pods that cannot pull now, this one included; and the first of them, by creation. */
  readonly failing: number;
  readonly failingSince?: number;
  readonly failingOn: readonly string[];
  /** Different images among them. */
  readonly images: number;
  /** Pods that got their image from the registry since this one began to fail. */
  readonly pulledSince: number;
  /** On which nodes they did. */
  readonly pulledOn: readonly string[];
  /** Running pods that prove nothing about now: they started before, or may have found the image on their node. */
  readonly earlier: number;
  /** When the newest of those started. */
  readonly lastEarlier?: number;
}

/** Another registry that is in use, and whose host may have been meant. */
export interface NearHost {
  readonly host: string;
  /** Different images that run from there, in the cluster and in the pod's own namespace. */
  readonly images: number;
  readonly here: number;
}

/** How others fare with what one pod fails with. */
export interface Contrast {
  /** When this pod began to fail, as far as its creation tells; absent for one that has run before: then nothing is a contrast. */
  readonly since?: number;
  readonly axes: readonly Axis[];
  /** Pods that cannot pull for which none of these is the same. */
  readonly unrelated: number;
  /** Do all failing pods belong to one workload? */
  readonly oneWorkload: boolean;
  /** Registries whose host is a slip away from this one's, the most used first; absent: none. */
  readonly near?: readonly NearHost[];
}
