/** The program's own runs and jobs, written as GitHub's API writes them. Source of the field names: docs.github.com, REST "Actions". */
import type { Hold, Progress, RunJob, WorkflowRun } from '../../../src/build/run.ts';

export function runAnswer(run: WorkflowRun): Record<string, unknown> {
  return {
    id: run.id,
    run_attempt: run.attempt,
    run_number: run.number ?? null,
    name: run.name,
    display_title: run.name,
    // Newer servers append the ref.
    path: `${run.path}@refs/heads/${run.headBranch ?? 'main'}`,
    head_sha: run.headSha,
    head_branch: run.headBranch ?? null,
    event: run.event,
    status: statusOf(run),
    conclusion: run.conclusion ?? null,
    created_at: time(run.createdAt),
    run_started_at: time(run.startedAt),
    updated_at: time(run.updatedAt),
    html_url: run.url,
    pull_requests: (run.pullRequests ?? []).map((number) => ({ number })),
    previous_attempt_url: null,
    referenced_workflows: run.referenced.map(({ path, sha }) => ({
      path: `${path}@${sha}`,
      sha,
      ref: 'refs/heads/main',
    })),
    repository: { full_name: run.repository },
  };
}

export function jobAnswer(job: RunJob): Record<string, unknown> {
  return {
    id: job.id,
    name: job.name,
    status: statusOf(job),
    conclusion: job.conclusion ?? null,
    started_at: time(job.startedAt),
    completed_at: time(job.completedAt),
    html_url: job.url,
    runner_name: null,
    steps: job.steps.map((step) => ({
      number: step.number,
      name: step.name,
      status: statusOf(step),
      conclusion: step.conclusion ?? null,
      started_at: time(step.startedAt),
      completed_at: time(step.completedAt),
    })),
  };
}

/** An attestation as the API lists it: a Sigstore bundle around an in-toto statement with SLSA provenance. */
export function attestationAnswer(digest: string, run: string | undefined): Record<string, unknown> {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'ghcr.io/acme/shop', digest: { sha256: digest.replace('sha256:', '') } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: { runDetails: { metadata: run === undefined ? {} : { invocationId: run } } },
  };
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  return { bundle: { dsseEnvelope: { payload, payloadType: 'application/vnd.in-toto+json' } }, repository_id: 1 };
}

function statusOf({ progress, held }: { readonly progress: Progress; readonly held?: Hold }): string {
  if (progress !== 'waiting') return { running: 'in_progress', completed: 'completed' }[progress];
  return { approval: 'waiting', concurrency: 'pending', runner: 'queued' }[held ?? 'runner'];
}

function time(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString().replace(/\.000Z$/, 'Z');
}
