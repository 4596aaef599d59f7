/** The program's own runs, jobs and commits, written as GitHub's API writes them (docs.github.com, REST). */
import type { RunJob, WorkflowRun } from '../../../build/run.ts';
import { formatTime } from '../../../clock.ts';
import type { SimulatedCommit, SimulatedPull, SimulatedRepository } from './repository.ts';

const STATUS = { waiting: 'queued', running: 'in_progress', completed: 'completed' } as const;

function time(ms: number | undefined): string | null {
  return ms === undefined ? null : formatTime(ms);
}

export function runAnswer(run: WorkflowRun): object {
  return {
    id: run.id,
    run_attempt: run.attempt,
    name: run.name,
    display_title: run.name,
    path: run.path,
    head_sha: run.headSha,
    head_branch: run.headBranch ?? null,
    event: run.event,
    status: STATUS[run.progress],
    conclusion: run.conclusion ?? null,
    created_at: time(run.createdAt),
    run_started_at: time(run.startedAt),
    updated_at: time(run.updatedAt),
    html_url: run.url,
    referenced_workflows: run.referenced,
  };
}

export function jobAnswer(job: RunJob): object {
  const span = (one: Pick<RunJob, 'progress' | 'conclusion' | 'startedAt' | 'completedAt'>) => ({
    status: STATUS[one.progress],
    conclusion: one.conclusion ?? null,
    started_at: time(one.startedAt),
    completed_at: time(one.completedAt),
  });
  const steps = job.steps.map((step) => ({ number: step.number, name: step.name, ...span(step) }));
  return { id: job.id, name: job.name, html_url: job.url, steps, ...span(job) };
}

export function commitAnswer({ sha, title, at }: SimulatedCommit): object {
  return { sha, commit: { message: title, committer: { date: formatTime(at) } } };
}

export function pullAnswer(repository: SimulatedRepository, pull: SimulatedPull, web: string): object {
  const sha = repository.branches.get(pull.head) ?? '';
  return {
    number: pull.number,
    html_url: `${web}/${repository.name}/pull/${pull.number}`,
    state: 'open',
    merged_at: null,
    head: { ref: pull.head, sha },
    base: { ref: pull.base },
  };
}
