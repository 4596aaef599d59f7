/** A build that failed or is under way, as a finding. */
import { formatTime } from '../../clock.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { Confidence, Detail, Finding } from '../check.ts';
import { minuteOf, tidy } from '../words.ts';
import { type BuildState, failureOf } from './build-state.ts';
import type { Pipeline } from './pipeline.ts';
import type { Studied } from './question.ts';

const BECAUSE = ['buildTrace', 'registryAccess', 'reference'] as const;

/** The tag names the commit of that run, and the file says that the job makes images; less is only likely. */
function sureness({ isCommitKnown, trace }: Studied, { units }: Pipeline): Confidence {
  return isCommitKnown && units.length > 0 && trace.linkedBy !== 'source-label' ? 'certain' : 'likely';
}

export function buildRunning(
  studied: Studied,
  { pipeline, job, since, isAgain = false }: Extract<BuildState, { is: 'running' }>,
): Finding {
  const { run } = pipeline.trace;
  const started = since === undefined ? '' : ` since ${minuteOf(formatTime(since))}`;
  const what = job === undefined ? `run ${run.name}` : `job ${job.job.name}`;
  const waits = run.progress === 'waiting' ? 'waits for its turn' : 'is under way';
  return {
    cause: 'build-running',
    // What ended before under another name may do so again.
    confidence: isAgain ? 'likely' : sureness(studied, pipeline),
    because: BECAUSE,
    summary: `The build of ${run.headSha.slice(0, 7)} ${waits}${started} (${what}, ${run.url}); ${missing(studied)} is not there yet.`,
    detail: { ...detailOf(studied, pipeline), ...(since === undefined ? {} : { since: formatTime(since) }) },
    alternatives: [],
  };
}

export function buildFailed(studied: Studied, { pipeline, job }: Extract<BuildState, { is: 'failed' }>): Finding {
  const { run } = pipeline.trace;
  const failure = job === undefined ? { errors: [] } : failureOf(job);
  const step = failure.step === undefined ? '' : `, step ${failure.step}`;
  const where =
    job === undefined
      ? `run ${run.name} ended as ${run.conclusion ?? 'failed'}`
      : `job ${job.job.name}${step} ended as ${job.job.conclusion ?? 'failed'}`;
  const [first] = failure.errors;
  const said = first === undefined ? logGap(job?.log.status) : `: ${tidy(first)}`;
  return {
    cause: 'build-failed',
    confidence: sureness(studied, pipeline),
    because: BECAUSE,
    summary: `The build of ${run.headSha.slice(0, 7)} failed, so ${missing(studied)} was never pushed: ${where}${said}.${again(studied, pipeline)} ${run.url}`,
    detail: {
      ...detailOf(studied, pipeline),
      ...(job === undefined ? {} : { job: job.job.name, jobUrl: job.job.url }),
      ...(failure.step === undefined ? {} : { step: failure.step }),
      errors: failure.errors.map(tidy),
    },
    alternatives: [],
  };
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
