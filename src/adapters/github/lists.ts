/** Lists of several pages, cut at our caps. */
import type { RunJob, RunList, WorkflowRun } from '../../build/run.ts';
import { formatTime } from '../../clock.ts';
import type { RunQuery } from '../../evidence/code-host.ts';
import { type Observation, observed } from '../../evidence/observation.ts';
import { type ApiParts, ask, type Question } from './api.ts';
import { jobOf, runOf } from './builds.ts';
import { observe } from './reply.ts';
import { JobsAnswer, RunsAnswer } from './schema.ts';

type Known = Parameters<typeof observe>[2];

/** Newest first. */
export async function listRuns(
  parts: ApiParts,
  question: Question,
  query: RunQuery,
  known: Known,
): Promise<Observation<RunList>> {
  const { runPages, runsPerPage } = parts.limits;
  const name = `${question.repository.owner}/${question.repository.repo}`;
  const found = new Map<number, WorkflowRun>();
  let truncated = false;
  for (let page = 1; page <= runPages; page += 1) {
    const asked = { ...question.repository, ...filterOf(query), per_page: runsPerPage, page };
    const reply = await ask(parts, question, 'runs', async ({ rest }) =>
      query.workflow === undefined
        ? rest.actions.listWorkflowRunsForRepo(asked)
        : rest.actions.listWorkflowRuns({ ...asked, workflow_id: fileOf(query.workflow) }),
    );
    const answer = observe(reply, RunsAnswer, known);
    if (answer.status !== 'observed') return answer;
    // A run that began between two pages moves others to the next one.
    for (const run of answer.value.workflow_runs) found.set(run.id, runOf(run, name));
    truncated = page * runsPerPage < answer.value.total_count && answer.value.workflow_runs.length > 0;
    if (!truncated) break;
  }
  const runs = [...found.values()].filter((run) => isWithin(run, query));
  return observed({ runs: runs.toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id), truncated });
}

function filterOf({ headSha, branch, between }: RunQuery): Record<string, string | boolean> {
  return {
    ...(headSha === undefined ? {} : { head_sha: headSha }),
    ...(branch === undefined ? {} : { branch }),
    // The API knows whole seconds.
    ...(between === undefined ? {} : { created: `${second(between[0])}..${second(between[1] + 999)}` }),
  };
}

/** The API knows a workflow by the name of its file. */
function fileOf(workflow: string): string {
  return workflow.split('/').at(-1) ?? workflow;
}

function second(ms: number): string {
  return formatTime(ms).replace(/\.\d+Z$/, 'Z');
}

/** What the server was asked for is checked here too: a filter that it does not know would be ignored. */
function isWithin(run: WorkflowRun, { headSha, branch, between, workflow }: RunQuery): boolean {
  return (
    (workflow === undefined || fileOf(run.path) === fileOf(workflow)) &&
    (headSha === undefined || run.headSha === headSha) &&
    (branch === undefined || run.headBranch === branch) &&
    (between === undefined || (run.createdAt >= between[0] && run.createdAt <= between[1]))
  );
}

/** In the order of the API; more than the cap's are left out, which no matrix reaches. */
export async function listJobs(
  parts: ApiParts,
  question: Question,
  run: { readonly id: number; readonly attempt: number },
  known: Known,
): Promise<Observation<readonly RunJob[]>> {
  const jobs = new Map<number, RunJob>();
  for (let page = 1; page <= parts.limits.jobPages; page += 1) {
    const reply = await ask(parts, question, 'jobs', async ({ rest }) =>
      rest.actions.listJobsForWorkflowRunAttempt({
        ...question.repository,
        run_id: run.id,
        attempt_number: run.attempt,
        per_page: 100,
        page,
      }),
    );
    const answer = observe(reply, JobsAnswer, known);
    if (answer.status !== 'observed') return answer;
    for (const job of answer.value.jobs) jobs.set(job.id, jobOf(job));
    if (answer.value.jobs.length === 0 || page * 100 >= answer.value.total_count) break;
  }
  return observed([...jobs.values()]);
}
