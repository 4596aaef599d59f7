/** One run as evidence: its jobs, the file that ran with what it uses, and the logs of those jobs that build or deploy. */
import { type Commit, headOf, type WorkflowRun } from '../build/run.ts';
import { jobNamed, roleByName, roleOf } from '../build/workflow-roles.ts';
import { openProject } from '../workflow/project.ts';
import { readWorkflow } from '../workflow/read-workflow.ts';
import type { JobTrace, RunTrace, SourceFile } from './build-trace.ts';
import type { CodeHost } from './code-host.ts';
import type { Follow } from './collect-used-files.ts';
import { notCollected, type Observation, observed } from './observation.ts';

const MOST_LOGS = 6;
const MINUTE = 60_000;

/** A run beside the file that it ran. */
export interface RunFile {
  readonly run: WorkflowRun;
  readonly workflow: Observation<SourceFile>;
  readonly fileNote?: string;
}

/**
 * The event decides whose file it is (GitHub, "Events that trigger workflows"). `merge`: the commit of the tag, which may be the merge
 * commit that the pull request built.
 */
export async function readRunFile(
  host: CodeHost,
  run: WorkflowRun,
  merge: Commit | undefined,
  signal: AbortSignal,
): Promise<RunFile> {
  const isTarget = run.event === 'pull_request_target' || run.event === 'issue_comment';
  const isPull = !isTarget && run.event.startsWith('pull_request');
  const head = isTarget ? await host.commit(run.repository, 'HEAD', signal) : undefined;
  if (head !== undefined && head.status !== 'observed') return { run, workflow: head };
  const merged = isPull ? await mergeOf(host, run, merge, signal) : undefined;
  const sha = head?.value.sha ?? merged ?? run.headSha;
  const text = await host.file(run.repository, run.path, sha, signal);
  const note = isTarget
    ? `${run.event} ran the file of the default branch, which is read as it is now`
    : isPull && merged === undefined
      ? 'a pull request runs the file of its merge commit, here its head is read'
      : undefined;
  const workflow: Observation<SourceFile> =
    text.status === 'observed' ? observed({ path: run.path, repository: run.repository, sha, text: text.value }) : text;
  return { run, workflow, ...(note === undefined ? {} : { fileNote: note }) };
}

/**
 * The merge commit that a pull request's run built. `refs/pull/N/merge` moves with both of its branches: it is the run's own only where it
 * merges the run's head and is not younger than the run.
 */
async function mergeOf(
  host: CodeHost,
  { repository, headSha, createdAt, pullRequests }: WorkflowRun,
  known: Commit | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const isItsOwn = (commit: Commit) => commit.sha !== headSha && headOf(commit) === headSha;
  if (known !== undefined && isItsOwn(known)) return known.sha;
  const [number, ...others] = pullRequests ?? [];
  if (number === undefined || others.length > 0) return undefined;
  const merge = await host.commit(repository, `refs/pull/${number}/merge`, signal);
  if (merge.status !== 'observed' || !isItsOwn(merge.value)) return undefined;
  return merge.value.at !== undefined && merge.value.at <= createdAt ? merge.value.sha : undefined;
}

/** Everything about one run. */
export async function traceRun(
  host: CodeHost,
  { run, workflow, fileNote }: RunFile,
  follow: Follow,
  signal: AbortSignal,
): Promise<RunTrace> {
  const [jobs, { files, unread }] = await Promise.all([
    host.jobs(run.repository, { id: run.id, attempt: run.attempt }, signal),
    workflow.status === 'observed' ? follow(workflow.value, run) : { files: [], unread: [] },
  ]);
  const earlier = run.attempt > 1 ? await host.run(run.repository, run.id, run.attempt - 1, signal) : undefined;
  const before = earlier?.status === 'observed' ? [attemptOf(earlier.value)] : [];
  const isCancelled =
    run.conclusion === 'cancelled' ||
    (jobs.status === 'observed' && jobs.value.some(({ conclusion }) => conclusion === 'cancelled'));
  const next = isCancelled ? await supersederOf(host, run, signal) : undefined;
  const own = {
    run,
    workflow,
    files,
    ...(unread.length === 0 ? {} : { unread }),
    earlier: before,
    ...(fileNote === undefined ? {} : { fileNote }),
    ...(next === undefined ? {} : { supersededBy: next }),
  };
  if (jobs.status !== 'observed') return { ...own, jobs };
  const wanted = jobs.value.filter((job) => hasPart(job.name, workflow, files)).slice(0, MOST_LOGS);
  const traced = await Promise.all(
    jobs.value.map(async (job): Promise<JobTrace> => {
      if (!wanted.includes(job)) return { job, log: notCollected('it neither builds nor deploys') };
      if (job.conclusion === 'skipped') return { job, log: notCollected('it was skipped') };
      if (job.progress !== 'completed') return { job, log: notCollected('it has not ended') };
      return { job, log: await host.jobLog(run.repository, job.id, signal) };
    }),
  );
  return { ...own, jobs: observed(traced) };
}

/** A newer run of the same concurrency group ends the ones before it (docs.github.com, "Control the concurrency"); most groups are a workflow on a branch. */
async function supersederOf(host: CodeHost, run: WorkflowRun, signal: AbortSignal): Promise<WorkflowRun | undefined> {
  const { repository, path, headBranch, createdAt, updatedAt } = run;
  if (headBranch === undefined || updatedAt === undefined) return undefined;
  const query = { workflow: path, branch: headBranch, between: [createdAt, updatedAt + MINUTE] } as const;
  const answer = await host.runs(repository, query, signal);
  const newer = answer.status === 'observed' ? answer.value.runs : [];
  return newer.find((one) => one.id !== run.id && one.path === path && one.createdAt > createdAt);
}

function attemptOf({ attempt, headSha, conclusion }: WorkflowRun): RunTrace['earlier'][number] {
  return { attempt, headSha, ...(conclusion === undefined ? {} : { conclusion }) };
}

/** Producers and consumers only: those that build or deploy, and those whose outputs they read. */
function hasPart(shown: string, source: Observation<SourceFile>, files: readonly SourceFile[]): boolean {
  const workflow = source.status === 'observed' ? readWorkflow(source.value.path, source.value.text) : undefined;
  if (source.status !== 'observed' || workflow === undefined) return roleByName(shown) !== 'other';
  const job = jobNamed(workflow, shown);
  if (job === undefined) return roleByName(shown) !== 'other';
  const project = openProject(source.value.path, (path) => files.find((file) => file.path === path)?.text);
  if (roleOf(job, project) !== 'other') return true;
  const deployers = workflow.jobs.filter((one) => /deploys|both/.test(roleOf(one, project)));
  return deployers.some((one) => readsFrom(workflow.slots, one.id, job.id));
}

function readsFrom(
  slots: NonNullable<ReturnType<typeof readWorkflow>>['slots'],
  consumer: string,
  producer: string,
): boolean {
  return slots.some(
    ({ job, expressions }) =>
      job?.id === consumer &&
      expressions.some(({ reads }) =>
        reads.some(({ path }) => path[0] === 'needs' && path[1]?.toLowerCase() === producer.toLowerCase()),
      ),
  );
}
