/** One repository in memory: commits as whole trees of text, branches, pull requests, and the runs that a scenario tells of. */
import { createHash } from 'node:crypto';
import type { RunJob, WorkflowRun } from '../../../build/run.ts';

export interface SimulatedCommit {
  readonly sha: string;
  readonly parent?: string;
  readonly title: string;
  /** ms. */
  readonly at: number;
  /** Path -> text. */
  readonly files: ReadonlyMap<string, string>;
}

export interface SimulatedPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
}

export interface SimulatedRepository {
  /** `owner/name`. */
  readonly name: string;
  readonly commits: Map<string, SimulatedCommit>;
  /** Trees that were made before their commit, by sha. */
  readonly trees: Map<string, ReadonlyMap<string, string>>;
  readonly branches: Map<string, string>;
  readonly pulls: SimulatedPull[];
  readonly runs: WorkflowRun[];
  /** By run id. */
  readonly jobs: Map<number, readonly RunJob[]>;
  /** By job id, as the runner writes it. */
  readonly logs: Map<number, string>;
}

export function createRepository(name: string): SimulatedRepository {
  return {
    name,
    commits: new Map(),
    trees: new Map(),
    branches: new Map(),
    pulls: [],
    runs: [],
    jobs: new Map(),
    logs: new Map(),
  };
}

/** `sha`: as a scenario needs it; else made from the content. */
export function addCommit(
  repository: SimulatedRepository,
  commit: Omit<SimulatedCommit, 'sha'> & { readonly sha?: string },
): SimulatedCommit {
  const content = JSON.stringify([commit.title, commit.parent, [...commit.files]]);
  const made = { ...commit, sha: commit.sha ?? shaOf(content) };
  repository.commits.set(made.sha, made);
  repository.trees.set(treeOf(made), made.files);
  return made;
}

/** A branch, a full sha, or a short one that means one commit only. */
export function commitAt(repository: SimulatedRepository, ref: string): SimulatedCommit | undefined {
  const sha = repository.branches.get(ref.replace(/^heads\//, '')) ?? ref;
  const exact = repository.commits.get(sha);
  if (exact !== undefined || sha.length < 7) return exact;
  const begun = [...repository.commits.values()].filter((one) => one.sha.startsWith(sha));
  return begun.length === 1 ? begun[0] : undefined;
}

/** A tree's own sha; folders are flat here. */
export function treeOf({ files }: Pick<SimulatedCommit, 'files'>): string {
  return shaOf(JSON.stringify([...files]));
}

export function shaOf(content: string): string {
  return createHash('sha1').update(content).digest('hex');
}
