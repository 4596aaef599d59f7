/** What the code host tells of the builds that could have made an image. Only facts that matter: logs are kept as what was read from them. */
import type { JobLog } from '../build/job-log.ts';
import type { ImageOrigin } from '../build/origin.ts';
import type { Commit, RunJob, RunList, WorkflowRun } from '../build/run.ts';
import type { Observation } from './observation.ts';

/** How the repository was found, best first: only the first three are the registry's own words about a pushed image. */
export type RepositoryLink = 'provenance' | 'source-label' | 'attestation' | 'configured';

/** A file as it was at one commit. */
export interface SourceFile {
  /** From the repository's root. */
  readonly path: string;
  /** `owner/name`; a called workflow may be another repository's. */
  readonly repository: string;
  readonly sha: string;
  readonly text: string;
}

export interface JobTrace {
  readonly job: RunJob;
  /** Asked of the producer and of the consumer only. `absent`: the code host has deleted it. */
  readonly log: Observation<JobLog>;
}

export interface RunTrace {
  readonly run: WorkflowRun;
  readonly jobs: Observation<readonly JobTrace[]>;
  /** The workflow file that ran. */
  readonly workflow: Observation<SourceFile>;
  /** Why the file may be another than the one that ran; absent: it is that one. */
  readonly fileNote?: string;
  /** What it uses, at the same commit: called workflows, composite actions, scripts, Makefiles (depth 2, at most 10). */
  readonly files: readonly SourceFile[];
  /** What of that could not be read, one short sentence each; absent: all of it was. */
  readonly unread?: readonly string[];
  /** The newest run of the same workflow and branch that began before this one was cancelled. */
  readonly supersededBy?: WorkflowRun;
  /** Commits that earlier attempts, or the run before it, built; to see a re-run that built the same commit again. */
  readonly earlier: readonly { readonly attempt: number; readonly headSha: string; readonly conclusion?: string }[];
}

export interface BuildTrace {
  /** `owner/name`. */
  readonly repository: string;
  readonly linkedBy: RepositoryLink;
  /** What a pushed image nearest to the missing one says of itself, and which tag that is. */
  readonly sibling?: { readonly tag: string; readonly origin: ImageOrigin };
  /** The commit that the deployed tag names; not-collected when it names none. */
  readonly commit: Observation<Commit>;
  /** Runs for that commit (else of the sibling), those that build and those that deploy; newest first, at most 3. */
  readonly runs: Observation<readonly RunTrace[]>;
  /** Every run that was listed, and by what; to see that none is missing. */
  readonly listed?: {
    readonly by: 'commit' | 'time' | 'sibling';
    readonly runs: readonly WorkflowRun[];
    readonly isComplete: boolean;
  };
  /** Path of the workflow that built the sibling, or that is configured: this repository does build the image there. */
  readonly builder?: string;
  /** The run that made the sibling. */
  readonly siblingRun?: WorkflowRun;
  /** Runs of `builder` around the time of the commit; asked only where the commit has none of it. */
  readonly builderRuns?: Observation<RunList>;
  /** `builder` as it is at the commit; asked only where a run of it may have built another commit than its own. */
  readonly builderFile?: Observation<SourceFile>;
  /** ms, when all this was asked; absent where no clock was at hand. */
  readonly lookedAt?: number;
  /** ms, when the workload came to ask for the image. */
  readonly rolledOut?: number;
  /** The branch that the run was for, and its newest commit: is the fix pushed? */
  readonly branch?: { readonly name: string; readonly head: Observation<Commit> };
  /** What was asked, one short sentence each; for "no run was found: …". */
  readonly searched: readonly string[];
}
