/**
 * Questions to the code host (GitHub, or an Enterprise server) about builds. Every method is bounded in pages, bytes and time, idempotent
 * and read-only. It never throws for what the outside does: 404 is `absent` (also a private repository that the token may not see: the
 * sentence that is made of it must say so), a missing right `forbidden` with the app permission as resource (`actions:read`), everything
 * else (down, slow, rate limit used up until …) `unreachable` with a sentence that says which. Throws only when `signal` aborts.
 */
import type { JobLog } from '../build/job-log.ts';
import type { Commit, RunJob, RunList, WorkflowRun } from '../build/run.ts';
import type { Observation } from './observation.ts';

/** Which runs; at least one of these. */
export interface RunQuery {
  readonly headSha?: string;
  readonly branch?: string;
  /** File name or path of the workflow. */
  readonly workflow?: string;
  /** Created in this span, ms. */
  readonly between?: readonly [from: number, to: number];
}

/** Files of a repository at a commit, each by its path from the root. */
export interface FileTree {
  readonly paths: readonly string[];
  /** true: the host gave only a part. */
  readonly truncated: boolean;
}

/** A proposed change. */
export interface PullRequest {
  readonly number: number;
  /** Page for people. */
  readonly url: string;
  /** `closed`: without being merged. */
  readonly state: 'open' | 'merged' | 'closed';
  /** Branch that it goes to. */
  readonly base: string;
}

/** `repository` is `owner/name` everywhere. */
export interface CodeHost {
  /** Where people look: `https://github.com`, for permalinks. */
  readonly web: string;
  /** `ref`: a branch, a tag, a full or a short sha. */
  commit(repository: string, ref: string, signal: AbortSignal): Promise<Observation<Commit>>;
  /** Never `absent` for an existing repository: an empty list is observed. */
  runs(repository: string, query: RunQuery, signal: AbortSignal): Promise<Observation<RunList>>;
  /** `attempt` absent: the newest. */
  run(
    repository: string,
    id: number,
    attempt: number | undefined,
    signal: AbortSignal,
  ): Promise<Observation<WorkflowRun>>;
  jobs(
    repository: string,
    run: { readonly id: number; readonly attempt: number },
    signal: AbortSignal,
  ): Promise<Observation<readonly RunJob[]>>;
  /** `absent`: deleted or expired (404, 410). */
  jobLog(repository: string, jobId: number, signal: AbortSignal): Promise<Observation<JobLog>>;
  /** Text of a file at a commit; `absent` when it is not there, also for a folder or something that is not text. */
  file(repository: string, path: string, ref: string, signal: AbortSignal): Promise<Observation<string>>;
  /** Every file, in one question; `ref` as in `commit`. */
  tree(repository: string, ref: string, signal: AbortSignal): Promise<Observation<FileTree>>;
  /**
   * The run's page that the repository's build attestation of this digest names; undefined when it names none. `absent`: nothing is
   * attested for the digest. Read, not verified: no signature is checked.
   */
  attestedRun(repository: string, digest: string, signal: AbortSignal): Promise<Observation<string | undefined>>;
  /** Of this branch of the repository itself (no fork's): an open one, else the newest. `absent`: there never was one. */
  pullRequest(repository: string, branch: string, signal: AbortSignal): Promise<Observation<PullRequest>>;
}
