/** How the builds of an image stand: under way, failed, done. Only jobs that make this image count. */
import { roleOf } from '../../build/workflow-roles.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { Pipeline, PipelineJob } from './pipeline.ts';

export type BuildState =
  | {
      readonly is: 'running';
      readonly pipeline: Pipeline;
      readonly job?: PipelineJob;
      readonly since?: number;
      /** Another run had built the same before. */
      readonly isAgain?: boolean;
    }
  | { readonly is: 'failed'; readonly pipeline: Pipeline; readonly job?: PipelineJob }
  | { readonly is: 'done'; readonly pipeline: Pipeline }
  /** No traced run builds it. */
  | { readonly is: 'none' };

const FAILED: ReadonlySet<string> = new Set([
  'failure',
  'timed_out',
  'cancelled',
  'startup_failure',
  'action_required',
]);

/** Of several runs the newest says how it stands, unless an earlier one is done. */
export function buildStateOf(
  pipelines: readonly Pipeline[],
  mine: (jobs: readonly PipelineJob[]) => readonly PipelineJob[],
): BuildState {
  const states = pipelines.map((pipeline) => stateOf(pipeline, mine));
  const done = states.find(({ is }) => is === 'done');
  const running = states.find((state) => state.is === 'running');
  if (running !== undefined) return done === undefined ? running : { ...running, isAgain: true };
  return done ?? states.find(({ is }) => is === 'failed') ?? { is: 'none' };
}

function stateOf(pipeline: Pipeline, mine: (jobs: readonly PipelineJob[]) => readonly PipelineJob[]): BuildState {
  const { run } = pipeline.trace;
  const builders = mine(pipeline.jobs.filter(({ role }) => role === 'builds' || role === 'both'));
  const plans = pipeline.units.some(({ workflow, project }) =>
    workflow.jobs.some((job) => /builds|both/.test(roleOf(job, project))),
  );
  if (builders.length === 0) {
    if (!plans) return { is: 'none' };
    // Its jobs are made when their turn comes.
    if (run.progress !== 'completed') return { is: 'running', pipeline, ...since(run.startedAt ?? run.createdAt) };
    return FAILED.has(run.conclusion ?? '') ? { is: 'failed', pipeline, ...firstFailed(pipeline) } : { is: 'none' };
  }
  const open = builders.find(({ job }) => job.progress !== 'completed');
  if (open !== undefined) return { is: 'running', pipeline, job: open, ...since(open.job.startedAt ?? run.startedAt) };
  const failed = builders.find(({ job }) => FAILED.has(job.conclusion ?? ''));
  if (failed !== undefined) return { is: 'failed', pipeline, job: failed };
  if (builders.every(({ job }) => job.conclusion === 'skipped')) {
    const why = firstFailed(pipeline);
    return why.job === undefined ? { is: 'none' } : { is: 'failed', pipeline, ...why };
  }
  return { is: 'done', pipeline };
}

function since(at: number | undefined): { readonly since?: number } {
  return at === undefined ? {} : { since: at };
}

/** What kept the build from starting. */
function firstFailed({ jobs }: Pipeline): { readonly job?: PipelineJob } {
  const failed = jobs.find(({ job }) => FAILED.has(job.conclusion ?? ''));
  return failed === undefined ? {} : { job: failed };
}

/** Step that failed, and the first words of its log. */
export function failureOf({ job, log }: PipelineJob): { readonly step?: string; readonly errors: readonly string[] } {
  const step = job.steps.find(({ conclusion }) => FAILED.has(conclusion ?? ''));
  return { ...(step === undefined ? {} : { step: step.name }), errors: (valueOf(log)?.errors ?? []).slice(0, 4) };
}
