/** One possible act. It proves itself: proposed from evidence, described by a dry run, run, verified on fresh evidence, undone if worse. */
import type { z } from 'zod';
import type { Detail, Finding } from '../diagnosis/check.ts';
import type { Diagnosis, Standing } from '../diagnosis/diagnosis.ts';
import type { CodeHost } from '../evidence/code-host.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { WorkloadSnapshot } from '../evidence/snapshots.ts';
import type { Target } from '../target/target.ts';
import type { RemedyPorts, WriteReceipt } from './ports.ts';
import type { LookedAt } from './restart-guard.ts';

/** `reversible`: can be undone; `disruptive`: restarts something that works; `secret-bearing`: writes a credential. */
export type Risk = 'reversible' | 'disruptive' | 'secret-bearing';

/** What `propose` may look at. */
export interface Proposal {
  readonly target: Target;
  readonly finding: Finding;
  readonly evidence: Evidence;
  /** Registry hosts for which a credential source is configured. */
  readonly credentialHosts: readonly string[];
}

/** What a person confirms. */
export interface RemedyPlan {
  /** What changes, as a unified-diff-like list (`- old`, `+ new`); no secret value. */
  readonly diff: readonly string[];
  /** What will happen, honestly, in sentences. */
  readonly consequences: readonly string[];
}

export type RemedyOutcome =
  | { readonly kind: 'planned'; readonly plan: RemedyPlan }
  | { readonly kind: 'applied'; readonly receipts: readonly WriteReceipt[]; readonly plan: RemedyPlan }
  /** Done and read back, and nothing more to watch: `note` says where it stands and whose turn it is. */
  | { readonly kind: 'handed-over'; readonly note: string }
  /** Nothing was changed, and why: changed since the diagnosis, new credential refused by the registry, would kill healthy pods. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Fresh evidence: a diagnosis of the same target, how many of its pods a new scope shows stuck, how far its rollout is. */
export interface After {
  readonly diagnosis: Diagnosis;
  readonly stuck: number;
  /** Of those, made after the act: only they speak about it, the words of the others may be older. */
  readonly stuckSince: number;
  /** Of the owner; absent where it has none that rolls out, or it could not be read. */
  readonly replicas?: WorkloadSnapshot['replicas'];
}

export type Verification =
  | { readonly kind: 'recovered'; readonly note: string }
  /** Not yet; look again. */
  | { readonly kind: 'waiting'; readonly note: string }
  /** `worse`: what the act put in place fails itself, so it is undone. */
  | { readonly kind: 'not-recovered'; readonly note: string; readonly worse: boolean };

/** `params`: to offer it with, now that this is known. */
export interface Stands<P> extends Standing {
  readonly params: P;
}

export interface Remedy<P extends Detail = Detail> {
  /** Verb-object, equals the file name: `rotate-pull-secret`. */
  readonly id: string;
  readonly title: string;
  readonly risk: Risk;
  readonly Params: z.ZodType<P>;
  /** Pure: the parameters when this act would really help, else undefined. */
  propose(proposal: Proposal): P | undefined;
  /** Pure: why it is not offered for this finding although such a fault calls for it, by all that was seen of the target; one sentence. */
  withheld?(proposal: Proposal, cases: readonly LookedAt[]): string | undefined;
  /** Pure: what a person would type instead. */
  command(params: P): string;
  /** What an earlier act of the same kind left behind that people still see; absent: nothing lasts. Asked before it is offered. */
  standing?(params: P, host: CodeHost, signal: AbortSignal): Promise<Stands<P> | undefined>;
  /** Pure: what it writes, as kubectl names it; two acts on the same object never run at the same time. */
  object(params: P): string;
  /**
   * Reads the live object again in both modes; writes only in `apply`, with a resourceVersion precondition. Run again after a crash it
   * goes on where it was and writes nothing twice. Throws RemedyError (retryable) when it cannot tell what was written.
   */
  run(params: P, ports: RemedyPorts, mode: 'dry-run' | 'apply', signal: AbortSignal): Promise<RemedyOutcome>;
  /** Pure, on evidence gathered after the act. */
  verify(params: P, after: After): Verification;
  /** Puts back what `run` changed, where that is possible; absent: nothing to undo. */
  undo?(params: P, ports: RemedyPorts, signal: AbortSignal): Promise<RemedyOutcome>;
  /** After recovery or an undo: removes what was kept for an undo. A sentence when something had to be left behind. */
  settle?(params: P, ports: RemedyPorts, signal: AbortSignal): Promise<string | undefined>;
  /** Pure: where the state before is kept when it neither helped nor was undone. */
  kept?(params: P): string;
}
