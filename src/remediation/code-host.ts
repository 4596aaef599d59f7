/** What remedies may do at the code host: propose a change, and ask for a run again. Never throws for what the outside says. */
import type { Observation } from '../evidence/observation.ts';
import type { WriteMode } from './write-mode.ts';

export interface FileChange {
  /** From the repository's root. */
  readonly path: string;
  /** What must stand there now, else nothing is written. */
  readonly before: string;
  readonly after: string;
}

export interface PullRequestDraft {
  /** `owner/name`. */
  readonly repository: string;
  readonly base: string;
  /** Made from the finding, so that a second press finds the first one's pull request. */
  readonly branch: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly changes: readonly FileChange[];
  /** Number of a closed pull request of this branch that whoever asks knows of: it is no reason to refuse. */
  readonly despite?: number;
}

export type PullRequestResult =
  | { readonly kind: 'planned' }
  /** `existed`: an open pull request of that branch with this content was there already. */
  | { readonly kind: 'opened'; readonly number: number; readonly url: string; readonly existed: boolean }
  /** The file is not what was checked any more; `base`: there is no such branch, as where the name is that of a git tag. */
  | { readonly kind: 'changed'; readonly reason: string; readonly base?: 'missing' }
  /** `permission` is the app permission to add (`workflows:write`). */
  | { readonly kind: 'forbidden'; readonly reason: string; readonly permission: string }
  | { readonly kind: 'failed'; readonly reason: string };

export type RerunResult =
  | { readonly kind: 'planned' }
  | { readonly kind: 'started'; readonly url: string }
  /** It runs already, or was run again since. */
  | { readonly kind: 'changed'; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly reason: string; readonly permission: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface CodeHostWriter {
  /** Name of the branch that pull requests go to. */
  defaultBranch(repository: string, signal: AbortSignal): Promise<Observation<string>>;
  /** `dry-run` reads and checks everything, and writes nothing. */
  openPullRequest(draft: PullRequestDraft, mode: WriteMode, signal: AbortSignal): Promise<PullRequestResult>;
  /** Runs the failed jobs of a completed run again, if `attempt` still is its newest. */
  rerunFailedJobs(
    run: { readonly repository: string; readonly id: number; readonly attempt: number },
    mode: WriteMode,
    signal: AbortSignal,
  ): Promise<RerunResult>;
}
