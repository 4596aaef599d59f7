/** A collector fills one evidence kind. It reads other kinds only if it declares them, and only when it comes to need them. */

import type { ImageSource } from '../build/origin.ts';
import type { WorkloadRef } from '../target/target.ts';
import type { CauseKey, RememberedCause } from './cause-memory.ts';
import type { CodeHost } from './code-host.ts';
import type { Evidence, EvidenceKind, EvidenceKinds } from './evidence.ts';
import type { Observation } from './observation.ts';
import type { ClusterReader, RegistryReader } from './ports.ts';
import type { RegistryCredential } from './registry-access.ts';

/** One container of one pod: what a case is about. `container` empty: the pod itself could not be read. */
export interface CaseSubject {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of a workload that has no pod; `pod` is then empty. */
  readonly owner?: WorkloadRef;
}

/** A cause that an earlier look saw, and how long ago that was. */
export type EarlierCause = RememberedCause & { readonly ageMs: number };

/** What a collector may ask of the outside. Calls are shared, bounded and timed; they never hang and never throw for the outside. */
export interface Outside {
  readonly cluster: ClusterReader;
  readonly registry: RegistryReader;
  /** What time it is, in ms; absent in a look that has no clock. */
  readonly now?: () => number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** The bot's own read-only credential for a registry host, if one is configured. */
  readonly ownCredential: (registry: string) => RegistryCredential | undefined;
  /** Where builds are asked about; absent where none is configured. */
  readonly codeHost?: CodeHost;
  /** Image -> repository, as configured. */
  readonly sources?: readonly ImageSource[];
  /** What an earlier look saw of this container; absent where nothing is kept. Never rejects. */
  readonly recall?: (key: CauseKey) => Promise<EarlierCause | undefined>;
}

/** Gives another kind's observation, collecting it first if nobody has. */
type ReadEvidence<N extends EvidenceKind> = <D extends N>(kind: D) => Promise<Evidence[D]>;

export interface Collector<K extends EvidenceKind, N extends EvidenceKind = EvidenceKind> {
  /** Equals the file name in kebab-case. */
  readonly kind: K;
  /** Every kind that `collect` may read. The graph has no cycle; a test proves it. */
  readonly needs: readonly N[];
  collect(read: ReadEvidence<N>, outside: Outside, subject: CaseSubject): Promise<Observation<EvidenceKinds[K]>>;
}

/** Ties `needs` to what `collect` may read: reading an undeclared kind does not compile. */
export function defineCollector<const K extends EvidenceKind, const N extends EvidenceKind = never>(
  collector: Collector<K, N>,
): Collector<K> {
  return collector;
}
