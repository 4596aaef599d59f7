/** Runs, jobs and steps of the API as the program's own. */

import type { Conclusion, Progress, RunJob, RunStep, WorkflowRun } from '../../build/run.ts';
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

/** `repository` is the one that was asked. */
export function runOf(answer: RunAnswer, repository: string): WorkflowRun {
  const { head_branch: headBranch } = answer;
  const startedAt = instantOf(answer.run_started_at);
  const updatedAt = instantOf(answer.updated_at);
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
      (step): RunStep => ({ number: step.number, name: oneLine(step.name), ...progressOf(step), ...spanOf(step) }),
    ),
  };
}

/** `.github/workflows/x.yml@refs/heads/main` -> without what follows `@`; file names may hold one too, refs begin at the last. */
function withoutRef(path: string): string {
  return path.replace(/@[^@]*$/, '');
}

type State = { readonly status?: string | null | undefined; readonly conclusion?: string | null | undefined };

function progressOf({ status, conclusion }: State): { readonly progress: Progress; readonly conclusion?: Conclusion } {
  if (conclusion) return { progress: 'completed', conclusion: isConclusion(conclusion) ? conclusion : 'other' };
  if (status === 'completed') return { progress: 'completed' };
  return { progress: status === 'in_progress' ? 'running' : 'waiting' };
}

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
