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
