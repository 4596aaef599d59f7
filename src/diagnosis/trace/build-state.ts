/** How the builds of an image stand: under way, held, failed, cancelled, skipped, done. Only jobs that make this image count. */
import { pushStepsOf } from '../../build/push-steps.ts';
import type { Hold } from '../../build/run.ts';
import { roleOf } from '../../build/workflow-roles.ts';
import { valueOf } from '../../evidence/observation.ts';
import { reaches } from '../../workflow/graph.ts';
import { DEPLOY_COMMAND } from '../../workflow/images.ts';
import { type NotPushed, notPushed } from './not-pushed.ts';
import type { Pipeline, PipelineJob } from './pipeline.ts';

export type BuildState =
  | {
      readonly is: 'running';
      readonly pipeline: Pipeline;
      readonly job?: PipelineJob;
      readonly since?: number;
      /** It has not begun. */
      readonly held?: Hold;
      /** Another run had built the same before. */
      readonly isAgain?: boolean;
    }
  | { readonly is: 'failed'; readonly pipeline: Pipeline; readonly job?: PipelineJob }
  | { readonly is: 'cancelled'; readonly pipeline: Pipeline; readonly job?: PipelineJob }
  | { readonly is: 'done'; readonly pipeline: Pipeline }
  /** It ran well, and its step that pushes did not run, or was told not to push. */
  | { readonly is: 'not-pushed'; readonly pipeline: Pipeline; readonly how: NotPushed }
  /** Its job was skipped, or all of it. */
  | { readonly is: 'skipped'; readonly pipeline: Pipeline; readonly job?: PipelineJob }
  /** No traced run builds it. */
  | { readonly is: 'none' };

const FAILED: ReadonlySet<string> = new Set(['failure', 'timed_out', 'startup_failure', 'stale']);
/** What stood in the way of others; a job that was cancelled did. */
const BLOCKS: ReadonlySet<string> = new Set([...FAILED, 'cancelled']);
const RANK: readonly BuildState['is'][] = ['failed', 'cancelled', 'not-pushed', 'skipped'];

/** What is asked for, as far as it matters here. */
export interface Sought {
  /** Those of several builders that make this image. */
  readonly mine: (jobs: readonly PipelineJob[]) => readonly PipelineJob[];
  /** The missing tag; empty where a digest is missing. */
  readonly asked: string;
  /** The workflow that is known to build it. */
  readonly builder?: string;
}

/** Of several runs the newest says how it stands, unless an earlier one is done; a run that skipped the build says least. */
export function buildStateOf(pipelines: readonly Pipeline[], sought: Sought): BuildState {
  const states = pipelines.map((pipeline) => stateOf(pipeline, sought));
  const done = states.find(({ is }) => is === 'done');
  const running = states.find((state) => state.is === 'running');
  if (running !== undefined) return done === undefined ? running : { ...running, isAgain: true };
  if (done !== undefined) return done;
  const first = states.find(({ is }) => is === 'failed' || is === 'cancelled');
  return first ?? RANK.flatMap((rank) => states.find(({ is }) => is === rank) ?? [])[0] ?? { is: 'none' };
}

function stateOf(pipeline: Pipeline, sought: Sought): BuildState {
  const makers = pipeline.jobs.filter(({ role }) => role === 'builds' || role === 'both');
  const mine = sought.mine(makers);
  const named = makers.filter((one) => !mine.includes(one) && speaksOf(one, sought.asked));
  const builders = [...mine, ...named];
  if (builders.length === 0) return withoutJobs(pipeline, sought);
  const { run } = pipeline.trace;
  const open = builders.find(({ job }) => job.progress !== 'completed');
  if (open !== undefined) {
    const held = open.job.progress === 'waiting' ? (open.job.held ?? run.held) : undefined;
    return { is: 'running', pipeline, job: open, ...since(open.job.startedAt ?? run.startedAt), ...heldBy(held) };
  }
  const ended = builders.filter((one) => !hasPushed(one, sought.asked));
  const failed = ended.find(({ job }) => FAILED.has(job.conclusion ?? ''));
  if (failed !== undefined) return { is: 'failed', pipeline, job: failed };
  const cancelled = ended.find(({ job }) => job.conclusion === 'cancelled');
  if (cancelled !== undefined) return { is: 'cancelled', pipeline, job: cancelled };
  if (builders.every(({ job }) => job.conclusion === 'skipped')) return skipped(pipeline, builders);
  const how = notPushed(builders);
  return how === undefined ? { is: 'done', pipeline } : { is: 'not-pushed', pipeline, how };
}

/** A run whose jobs are not there, by its file and by how it ended. */
function withoutJobs(pipeline: Pipeline, { builder }: Sought): BuildState {
  const { run } = pipeline.trace;
  const plans = pipeline.units.some(({ workflow, project }) =>
    workflow.jobs.some((job) => /builds|both/.test(roleOf(job, project))),
  );
  const isBuilder = builder !== undefined && (run.path === builder || run.path.endsWith(`/${builder}`));
  if (!plans && !isBuilder) return { is: 'none' };
  // An attempt that runs only some jobs again: how the build ended is told elsewhere.
  if (run.progress === 'completed' && pipeline.jobs.length > 0) return { is: 'none' };
  // Its jobs are made when their turn comes.
  if (run.progress !== 'completed') {
    return { is: 'running', pipeline, ...since(run.startedAt ?? run.createdAt), ...heldBy(run.held) };
  }
  if (run.conclusion === 'action_required') return { is: 'running', pipeline, held: 'approval' };
  if (run.conclusion === 'cancelled') return { is: 'cancelled', pipeline };
  if (run.conclusion === 'skipped') return { is: 'skipped', pipeline };
  return FAILED.has(run.conclusion ?? '') ? { is: 'failed', pipeline } : { is: 'none' };
}

/** A job before it failed, or its own condition was not met. */
function skipped(pipeline: Pipeline, builders: readonly PipelineJob[]): BuildState {
  const [builder] = builders;
  const before = pipeline.jobs.filter((one) => builders.some((skippedOne) => comesBefore(one, skippedOne)));
  const { job } = firstBlocked(before);
  if (job === undefined) return { is: 'skipped', pipeline, ...(builder === undefined ? {} : { job: builder }) };
  return { is: job.job.conclusion === 'cancelled' ? 'cancelled' : 'failed', pipeline, job };
}

/** Unknown where a job is not in the file: then it may. */
function comesBefore(one: PipelineJob, other: PipelineJob): boolean {
  const [unit, from, to] = [other.unit, other.inFile, one.inFile];
  if (unit === undefined || from === undefined || to === undefined || one.unit !== unit) return true;
  return reaches(unit.workflow, from, to);
}

/** Its push was over when something later in the job failed: by its log, or by the steps that push. */
function hasPushed({ inFile, job, log }: PipelineJob, asked: string): boolean {
  if (job.conclusion === 'success') return false;
  if (asked !== '' && valueOf(log)?.pushed.some(({ tag }) => tag === asked)) return true;
  const steps = inFile === undefined ? [] : pushStepsOf(inFile, job.steps);
  return steps.length > 0 && steps.every(({ shown }) => shown?.conclusion === 'success');
}

/** What failed in it is the push, or the renaming, itself: a roll-out in the same job fails for want of the image. */
export function failedAtPush({ inFile, job, log }: PipelineJob): boolean {
  if (inFile === undefined || (valueOf(log)?.pushed.length ?? 0) > 0) return false;
  const steps = pushStepsOf(inFile, job.steps);
  if (steps.some(({ shown }) => shown?.conclusion === 'failure')) return true;
  const isUnseen = steps.length > 0 && steps.every(({ shown }) => shown === undefined);
  return isUnseen && !inFile.steps.some(({ run }) => run !== undefined && DEPLOY_COMMAND.test(run.value));
}

/** The log of the job shows the tag: in what it ran, or in what it was given. */
export function speaksOf({ log }: PipelineJob, asked: string): boolean {
  const read = valueOf(log);
  if (asked === '' || read === undefined) return false;
  const word = new RegExp(`(?<![\\w.-])${asked.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)}(?![\\w-])`);
  const shown = read.steps.flatMap(({ env, inputs, script, title }) => [
    title,
    script ?? '',
    ...Object.values(env),
    ...Object.values(inputs),
  ]);
  return (
    [...(read.planned ?? []), ...read.pushed].some(({ tag }) => tag === asked) ||
    (read.mentions ?? []).some(({ word: one }) => one === asked) ||
    [...shown, ...read.errors].some((text) => word.test(text))
  );
}

function since(at: number | undefined): { readonly since?: number } {
  return at === undefined ? {} : { since: at };
}

function heldBy(held: Hold | undefined): { readonly held?: Hold } {
  return held === undefined ? {} : { held };
}

/** What kept the build from starting. */
function firstBlocked(jobs: readonly PipelineJob[]): { readonly job?: PipelineJob } {
  const failed = jobs.find(({ job }) => BLOCKS.has(job.conclusion ?? ''));
  return failed === undefined ? {} : { job: failed };
}

/** Step that failed, and the first words of its log. */
export function failureOf({ job, log }: PipelineJob): { readonly step?: string; readonly errors: readonly string[] } {
  const step = job.steps.find(({ conclusion }) => BLOCKS.has(conclusion ?? ''));
  return { ...(step === undefined ? {} : { step: step.name }), errors: (valueOf(log)?.errors ?? []).slice(0, 4) };
}
