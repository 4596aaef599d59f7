/** GitHub Actions runs as the trace sees them: only what is used, instants in ms since the epoch. Facts about the API: docs.github.com, REST "Actions". */

/** How a run, a job or a step ended; GitHub adds words now and then, those become `other`. */
export type Conclusion =
  | 'success'
  | 'failure'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'
  | 'neutral'
  | 'stale'
  | 'startup_failure'
  | 'other';

/** `waiting` also: queued, requested, pending. */
export type Progress = 'waiting' | 'running' | 'completed';

/**
 * What keeps something that has not begun: the rule of an environment or a maintainer's word (`waiting`, `action_required`), another run
 * of its concurrency group (`pending`), the lack of a free runner (`queued`, `requested`).
 */
export type Hold = 'approval' | 'concurrency' | 'runner';

export interface Commit {
  /** Full. */
  readonly sha: string;
  /** When it was committed. */
  readonly at?: number;
  /** First line of its message. */
  readonly title: string;
  /** Full, in their order; absent where they were not told. */
  readonly parents?: readonly string[];
}

/**
 * The commit under which GitHub lists the runs of a commit. A pull request builds a merge commit that GitHub makes for it, called
 * `Merge HEAD into BASE` with both in full, and its runs are listed under HEAD. Anybody may write such a message: its parents must be those.
 */
export function headOf({ sha, title, parents }: Commit): string {
  const [, head, base] = /^Merge ([0-9a-f]{40}) into ([0-9a-f]{40})$/.exec(title) ?? [];
  if (head === undefined || base === undefined) return sha;
  return parents === undefined || (parents.length === 2 && parents[0] === base && parents[1] === head) ? head : sha;
}

/** Started for a branch as it then was, perhaps with a commit as its input: listed under another one. */
export function isElsewhere({ event }: Pick<WorkflowRun, 'event'>): boolean {
  return /^(?:workflow_dispatch|repository_dispatch|workflow_run|issue_comment)$/.test(event);
}

/** A workflow that a run called, at the commit that was used. */
export interface ReferencedWorkflow {
  /** `owner/name/.github/workflows/build.yml`, without `@ref`. */
  readonly path: string;
  readonly sha: string;
}

export interface WorkflowRun {
  readonly id: number;
  /** From 1. */
  readonly attempt: number;
  /** `owner/name`. */
  readonly repository: string;
  /** Of the workflow file, without `@ref`: `.github/workflows/deploy.yml`. */
  readonly path: string;
  /** The workflow's or the run's name, for people. */
  readonly name: string;
  readonly headSha: string;
  readonly headBranch?: string;
  /** `push`, `pull_request`, `schedule`, … */
  readonly event: string;
  readonly progress: Progress;
  readonly conclusion?: Conclusion;
  readonly held?: Hold;
  readonly createdAt: number;
  /** Of this attempt. */
  readonly startedAt?: number;
  readonly updatedAt?: number;
  /** Page for people. */
  readonly url: string;
  readonly referenced: readonly ReferencedWorkflow[];
  /** Of its workflow, from 1, one more for each run: a number that is not there was deleted. */
  readonly number?: number;
  /** Open pull requests whose head it is; none for those of a fork. */
  readonly pullRequests?: readonly number[];
}

export interface RunStep {
  readonly number: number;
  readonly name: string;
  readonly progress: Progress;
  readonly conclusion?: Conclusion;
  readonly startedAt?: number;
  readonly completedAt?: number;
}

export interface RunJob {
  readonly id: number;
  /** As the API shows it: `name:` or the id, a matrix leg in brackets, `caller / called` for a reusable workflow. */
  readonly name: string;
  readonly progress: Progress;
  readonly conclusion?: Conclusion;
  readonly held?: Hold;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly url: string;
  readonly steps: readonly RunStep[];
}

export interface RunList {
  /** Newest first. */
  readonly runs: readonly WorkflowRun[];
  /** true: pages were cut at our cap. */
  readonly truncated: boolean;
}
