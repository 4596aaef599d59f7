/** A build that failed, was cancelled, is held or under way, as a finding. */
import { errorWords } from '../../build/log-errors.ts';
import { formatTime } from '../../clock.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { Confidence, Detail, Finding } from '../check.ts';
import { minuteOf, tidy } from '../words.ts';
import { type BuildState, failureOf } from './build-state.ts';
import type { Pipeline, PipelineJob } from './pipeline.ts';
import type { Studied } from './question.ts';

const BECAUSE = ['buildTrace', 'registryAccess', 'reference'] as const;

/** The tag names the commit of that run, and the file says that the job makes images; less is only likely. */
function sureness({ isCommitKnown, trace }: Studied, { units }: Pipeline): Confidence {
  return isCommitKnown && units.length > 0 && trace.linkedBy !== 'source-label' ? 'certain' : 'likely';
}

const HELD = {
  approval: 'waits for an approval',
  concurrency: 'waits for another run of its concurrency group',
  runner: 'waits for a runner',
} as const;

export function buildRunning(
  studied: Studied,
  { pipeline, job, since, held, isAgain = false }: Extract<BuildState, { is: 'running' }>,
): Finding {
  const { run } = pipeline.trace;
  const started = since === undefined ? '' : ` since ${minuteOf(formatTime(since))}`;
  const what = job === undefined ? `run ${run.name}` : `job ${job.job.name}`;
  const state = (job?.job ?? run).progress === 'waiting' ? 'waits for its turn' : 'is under way';
  const waits = held === undefined ? state : `has not begun: it ${HELD[held]}`;
  return {
    cause: 'build-running',
    // What ended before under another name may do so again.
    confidence: isAgain ? 'likely' : sureness(studied, pipeline),
    because: BECAUSE,
    summary: `The build of ${run.headSha.slice(0, 7)} ${waits}${started} (${what}, ${run.url}); ${missing(studied)} is not there yet.`,
    detail: {
      ...detailOf(studied, pipeline),
      ...(since === undefined ? {} : { since: formatTime(since) }),
      ...(held === undefined ? {} : { waitsFor: held }),
    },
    ...(held === 'approval' ? { fix: `Approve it, or deploy an image that exists: ${run.url}` } : {}),
    alternatives: [],
  };
}

export function buildFailed(studied: Studied, { pipeline, job }: Extract<BuildState, { is: 'failed' }>): Finding {
  const { run } = pipeline.trace;
  const failure = job === undefined ? { errors: [] } : failureOf(job);
  const step = failure.step === undefined ? '' : `, step ${failure.step}`;
  const where =
    job === undefined
      ? `run ${run.name} ${ended(run.conclusion)}`
      : `job ${job.job.name}${step} ${ended(job.job.conclusion)}`;
  const words = errorWords(failure.errors);
  const said = words === undefined ? logGap(job?.log.status) : `: ${tidy(words)}`;
  return {
    cause: 'build-failed',
    confidence: sureness(studied, pipeline),
    because: BECAUSE,
    summary: `The build of ${run.headSha.slice(0, 7)} failed, so ${missing(studied)} was never pushed: ${where}${said}.${again(studied, pipeline)} ${run.url}`,
    detail: { ...detailOf(studied, pipeline), ...placeOf(job), errors: failure.errors.map(tidy) },
    alternatives: [],
  };
}

/** Nobody knows from the API who cancelled it; a newer run of the branch is the usual reason, and its log may say it. */
export function buildCancelled(studied: Studied, { pipeline, job }: Extract<BuildState, { is: 'cancelled' }>): Finding {
  const { run, supersededBy: next } = pipeline.trace;
  const short = run.headSha.slice(0, 7);
  const failure = job === undefined ? { errors: [] } : failureOf(job);
  const step = failure.step === undefined ? '' : `, step ${failure.step}`;
  const where = job === undefined ? '' : ` (job ${job.job.name}${step})`;
  const told = failure.errors.find(
    (line) => /cancel+(?:ed|ing)\b(?! *\.?$)/i.test(line) && !/operation was/i.test(line),
  );
  const newer =
    next === undefined
      ? undefined
      : `run ${next.id} of ${next.headSha.slice(0, 7)} on ${next.headBranch ?? ''} (${next.url})`;
  const isGroup = pipeline.units.some(({ workflow }) => /^\s*concurrency:/m.test(workflow.text));
  const why =
    newer === undefined
      ? 'who or what cancelled it is not told'
      : isGroup
        ? `superseded by ${newer}`
        : `${newer} had begun before it ended`;
  const said = told === undefined ? '' : `: ${tidy(told)}`;
  return {
    cause: 'build-failed',
    // It did not end by itself; who deploys it may have meant another image by now.
    confidence: 'likely',
    because: BECAUSE,
    summary: `The build of ${short} was cancelled${where}, so ${missing(studied)} was never pushed: ${why}${said}. ${run.url}`,
    detail: {
      ...detailOf(studied, pipeline),
      ...placeOf(job),
      conclusion: 'cancelled',
      ...(next === undefined ? {} : { supersededBy: next.url, supersededByCommit: next.headSha }),
      errors: failure.errors.map(tidy),
    },
    fix:
      next === undefined
        ? `Run the build of ${short} again, or deploy an image that exists.`
        : `Deploy what run ${next.id} builds, or run the build of ${short} again.`,
    alternatives: ['tag-not-found'],
  };
}

const ENDS: Readonly<Record<string, string>> = {
  timed_out: 'ran out of time',
  startup_failure: 'could not be started: GitHub does not accept its workflow file, or one that it calls',
  stale: 'was given up by GitHub after it had waited too long',
};

function ended(conclusion = 'failed'): string {
  return ENDS[conclusion] ?? `ended as ${conclusion}`;
}

function placeOf(job: PipelineJob | undefined): Detail {
  if (job === undefined) return {};
  const { step } = failureOf(job);
  return { job: job.job.name, jobUrl: job.job.url, ...(step === undefined ? {} : { step }) };
}

function logGap(status: string | undefined): string {
  if (status === 'absent') return ' (its log is gone)';
  return status === 'forbidden' ? ' (its log may not be read: the permission actions:read is missing)' : '';
}

function missing({ image, asked }: Studied): string {
  return asked === '' ? (image.digest ?? image.repository) : asked;
}

/** A fix that was committed and not pushed shows as the same commit built again. */
function again({ trace }: Studied, { trace: { run, earlier } }: Pipeline): string {
  const same = earlier.filter(({ headSha, conclusion }) => headSha === run.headSha && conclusion !== 'success');
  const head = trace.branch && valueOf(trace.branch.head);
  const short = run.headSha.slice(0, 7);
  if (same.length > 0) {
    const number = run.attempt > 1 ? `Attempt ${run.attempt}` : `Run ${run.id}`;
    const remote = head?.sha === run.headSha ? ` (${trace.branch?.name} is still at ${short})` : '';
    return ` ${number} built ${short} again: a fix made since is not on the remote${remote}.`;
  }
  return head !== undefined && head.sha !== run.headSha
    ? ` Branch ${trace.branch?.name ?? ''} has moved on to ${head.sha.slice(0, 7)} since.`
    : '';
}

function detailOf({ asked, trace }: Studied, { trace: { run } }: Pipeline): Detail {
  return {
    ...(asked === '' ? {} : { askedTag: asked }),
    repository: run.repository,
    commit: run.headSha,
    run: run.url,
    runId: run.id,
    attempt: run.attempt,
    linkedBy: trace.linkedBy,
  };
}
