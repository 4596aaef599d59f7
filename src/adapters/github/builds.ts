/** Runs, jobs and steps of the API as the program's own. */

import type { Conclusion, Hold, Progress, RunJob, RunStep, WorkflowRun } from '../../build/run.ts';
import { parseTime } from '../../clock.ts';
import type { JobAnswer, RunAnswer } from './schema.ts';

const CONCLUSIONS: ReadonlySet<string> = new Set<Conclusion>([
  'success',
  'failure',
  'cancelled',
  'skipped',
  'timed_out',
  'action_required',
  'neutral',
  'stale',
  'startup_failure',
]);

/** Of one branch there are rarely several. */
const MOST_PULLS = 3;

/** `repository` is the one that was asked. */
export function runOf(answer: RunAnswer, repository: string): WorkflowRun {
  const { head_branch: headBranch } = answer;
  const startedAt = instantOf(answer.run_started_at);
  const updatedAt = instantOf(answer.updated_at);
  const pulls = (answer.pull_requests ?? []).map(({ number }) => number).slice(0, MOST_PULLS);
  return {
    id: answer.id,
    attempt: answer.run_attempt ?? 1,
    repository,
    path: withoutRef(answer.path),
    name: oneLine(answer.name || answer.display_title || answer.path),
    headSha: answer.head_sha,
    ...(headBranch ? { headBranch } : {}),
    event: answer.event,
    ...progressOf(answer),
    ...(answer.run_number ? { number: answer.run_number } : {}),
    ...(pulls.length === 0 ? {} : { pullRequests: pulls }),
    createdAt: parseTime(answer.created_at) ?? 0,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    url: answer.html_url,
    referenced: (answer.referenced_workflows ?? []).map(({ path, sha }) => ({ path: withoutRef(path), sha })),
  };
}

export function jobOf(answer: JobAnswer): RunJob {
  return {
    id: answer.id,
    name: oneLine(answer.name),
    ...progressOf(answer),
    ...spanOf(answer),
    url: answer.html_url ?? '',
    steps: (answer.steps ?? []).map(
      (step): RunStep => ({ number: step.number, name: oneLine(step.name), ...stepProgress(step), ...spanOf(step) }),
    ),
  };
}

/** `.github/workflows/x.yml@refs/heads/main` -> without what follows `@`; file names may hold one too, refs begin at the last. */
function withoutRef(path: string): string {
  return path.replace(/@[^@]*$/, '');
}

type State = { readonly status?: string | null | undefined; readonly conclusion?: string | null | undefined };

function stepProgress(state: State): Omit<Told, 'held'> {
  const { held: _none, ...told } = progressOf(state);
  return told;
}

type Told = { readonly progress: Progress; readonly conclusion?: Conclusion; readonly held?: Hold };

function progressOf({ status, conclusion }: State): Told {
  if (conclusion) return { progress: 'completed', conclusion: isConclusion(conclusion) ? conclusion : 'other' };
  if (status === 'completed') return { progress: 'completed' };
  if (status === 'in_progress') return { progress: 'running' };
  const held = HOLDS[status ?? ''];
  return { progress: 'waiting', ...(held === undefined ? {} : { held }) };
}

/** docs.github.com, REST "Actions": only GitHub sets these. */
const HOLDS: Readonly<Record<string, Hold>> = {
  waiting: 'approval',
  action_required: 'approval',
  pending: 'concurrency',
  queued: 'runner',
  requested: 'runner',
};

function isConclusion(word: string): word is Conclusion {
  return CONCLUSIONS.has(word);
}

type Span = { readonly started_at?: string | null | undefined; readonly completed_at?: string | null | undefined };

function spanOf(span: Span): { readonly startedAt?: number; readonly completedAt?: number } {
  const startedAt = instantOf(span.started_at);
  const completedAt = instantOf(span.completed_at);
  return {
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
  };
}

/** The API writes the year 1 where it has no time. */
function instantOf(text: string | null | undefined): number | undefined {
  const at = parseTime(text);
  return at === undefined || at <= 0 ? undefined : at;
}

/** Names are written by whoever pushes. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
