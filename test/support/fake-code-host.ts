/** A code host that a test makes up: plain data in, the port's answers out. It records every call and never throws for the outside. */
import { createHash } from 'node:crypto';
import { readJobLog } from '../../src/build/job-log.ts';
import type { Commit, RunJob, WorkflowRun } from '../../src/build/run.ts';
import type { CodeHost, PullRequest, RunQuery } from '../../src/evidence/code-host.ts';
import {
  absent,
  codeHostPermission,
  forbidden,
  type Observation,
  observed,
  unreachable,
} from '../../src/evidence/observation.ts';

/** What one repository holds. */
export interface RepositoryStory {
  readonly runs: readonly WorkflowRun[];
  /** By run id, or by `ID/ATTEMPT` where attempts differ. */
  readonly jobs: Readonly<Record<string, readonly RunJob[]>>;
  /** By job id: the text as the API would give it. A job without one has no log (any more). */
  readonly logs: Readonly<Record<number, string>>;
  /** Oldest first. */
  readonly commits: readonly Commit[];
  /** Branch or tag -> full sha. */
  readonly refs: Readonly<Record<string, string>>;
  /** Full sha -> path -> text. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Digest -> the run that its attestation names; undefined: there is one, and it names no run. */
  readonly attested: Readonly<Record<string, string | undefined>>;
  /** Branch -> its newest pull request. */
  readonly pulls: Readonly<Record<string, PullRequest>>;
}

/** `logs-gone`, `logs-forbidden`: only logs; the others meet every question. `slow`: no answer until the caller gives up. */
export type CodeTrouble = 'logs-gone' | 'logs-forbidden' | 'forbidden' | 'down' | 'rate-limited' | 'slow';

export interface CodeStory {
  /** By `owner/name`. */
  readonly repositories: Readonly<Record<string, RepositoryStory>>;
  readonly trouble?: CodeTrouble;
}

export interface FakeCodeHost extends CodeHost {
  /** `run acme/shop 17`, `jobLog acme/shop 41`, … in the order asked. */
  readonly calls: readonly string[];
}

const RATE_LIMITED = 'GitHub: the rate limit is used up until 2026-03-02T18:20:00.000Z';
const DOWN = 'GitHub api.github.com: connection refused';

/** A full sha that looks like one and is always the same for a seed. */
export function aSha(seed: string): string {
  return createHash('sha1').update(seed).digest('hex');
}

export function aRepository(over: Partial<RepositoryStory> = {}): RepositoryStory {
  return { runs: [], jobs: {}, logs: {}, commits: [], refs: {}, files: {}, attested: {}, pulls: {}, ...over };
}

export function aRun(over: Partial<WorkflowRun> = {}): WorkflowRun {
  const repository = over.repository ?? 'acme/shop';
  const id = over.id ?? 17;
  return {
    id,
    attempt: 1,
    repository,
    path: '.github/workflows/deploy.yml',
    name: 'deploy',
    headSha: aSha('a'),
    headBranch: 'main',
    event: 'push',
    progress: 'completed',
    conclusion: 'success',
    createdAt: Date.parse('2026-03-02T17:50:00Z'),
    startedAt: Date.parse('2026-03-02T17:50:00Z'),
    updatedAt: Date.parse('2026-03-02T17:55:00Z'),
    url: `https://github.com/${repository}/actions/runs/${id}`,
    referenced: [],
    ...over,
  };
}

export function aJob(over: Partial<RunJob> = {}): RunJob {
  const id = over.id ?? 41;
  return {
    id,
    name: 'build',
    progress: 'completed',
    conclusion: 'success',
    startedAt: Date.parse('2026-03-02T17:50:10Z'),
    completedAt: Date.parse('2026-03-02T17:53:00Z'),
    url: `https://github.com/acme/shop/actions/runs/17/job/${id}`,
    steps: [],
    ...over,
  };
}

/** `story` may be a function: then it is asked anew at each call, so that a test can change it on the way. */
export function fakeCodeHost(story: CodeStory | (() => CodeStory)): FakeCodeHost {
  const calls: string[] = [];
  const told = typeof story === 'function' ? story : () => story;

  /** `repository` is the first word of `what`. */
  async function say<T>(
    method: Exclude<keyof CodeHost, 'web'>,
    what: string,
    ask: { readonly permission: string; readonly signal: AbortSignal },
    answer: (repository: RepositoryStory) => Observation<T>,
  ): Promise<Observation<T>> {
    ask.signal.throwIfAborted();
    calls.push(`${method} ${what}`);
    await Promise.resolve();
    const { repositories, trouble } = told();
    if (trouble === 'slow') return await never(ask.signal);
    if (trouble === 'down') return unreachable(DOWN);
    if (trouble === 'rate-limited') return unreachable(RATE_LIMITED);
    if (trouble === 'forbidden') return forbidden(codeHostPermission(ask.permission));
    const repository = repositories[what.split(' ', 1)[0] ?? ''];
    return repository ? answer(repository) : absent;
  }

  return {
    web: 'https://github.com',
    calls,
    commit: (repository, ref, signal) =>
      say('commit', `${repository} ${ref}`, { permission: 'contents:read', signal }, (held) =>
        found(commitOf(held, ref)),
      ),
    runs: (repository, query, signal) =>
      say('runs', `${repository} ${Object.values(query).join(' ')}`, { permission: 'actions:read', signal }, (held) =>
        observed({ runs: newest(held.runs).filter((run) => isAsked(run, query)), truncated: false }),
      ),
    run: (repository, id, attempt, signal) =>
      say('run', [repository, id, attempt].join(' ').trim(), { permission: 'actions:read', signal }, (held) =>
        found(
          attempt === undefined
            ? newest(held.runs).find((run) => run.id === id)
            : held.runs.find((run) => run.id === id && run.attempt === attempt),
        ),
      ),
    jobs: (repository, { id, attempt }, signal) =>
      say('jobs', `${repository} ${id}/${attempt}`, { permission: 'actions:read', signal }, (held) =>
        found(held.jobs[`${id}/${attempt}`] ?? held.jobs[id]),
      ),
    jobLog: (repository, jobId, signal) =>
      say('jobLog', `${repository} ${jobId}`, { permission: 'actions:read', signal }, (held) => {
        const { trouble } = told();
        if (trouble === 'logs-forbidden') return forbidden(codeHostPermission('actions:read'));
        const text = trouble === 'logs-gone' ? undefined : held.logs[jobId];
        return text === undefined ? absent : observed(readJobLog(text, false));
      }),
    file: (repository, path, ref, signal) =>
      say('file', `${repository} ${path} ${ref}`, { permission: 'contents:read', signal }, (held) =>
        found(held.files[commitOf(held, ref)?.sha ?? '']?.[path]),
      ),
    tree: (repository, ref, signal) =>
      say('tree', `${repository} ${ref}`, { permission: 'contents:read', signal }, (held) => {
        const files = held.files[commitOf(held, ref)?.sha ?? ''];
        return files === undefined ? absent : observed({ paths: Object.keys(files).sort(), truncated: false });
      }),
    attestedRun: (repository, digest, signal) =>
      say('attestedRun', `${repository} ${digest}`, { permission: 'attestations:read', signal }, (held) =>
        digest in held.attested ? observed(held.attested[digest]) : absent,
      ),
    pullRequest: (repository, branch, signal) =>
      say('pullRequest', `${repository} ${branch}`, { permission: 'pull_requests:read', signal }, (held) =>
        found(held.pulls[branch]),
      ),
  };
}

function found<T>(value: T | undefined): Observation<T> {
  return value === undefined ? absent : observed(value);
}

/** Newest attempt of each run, newest run first. */
function newest(runs: readonly WorkflowRun[]): readonly WorkflowRun[] {
  return runs
    .filter((run) => !runs.some((other) => other.id === run.id && other.attempt > run.attempt))
    .toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id);
}

function isAsked(run: WorkflowRun, { headSha, branch, between, workflow }: RunQuery): boolean {
  return (
    (workflow === undefined || run.path === workflow || run.path.endsWith(`/${workflow}`)) &&
    (headSha === undefined || run.headSha === headSha) &&
    (branch === undefined || run.headBranch === branch) &&
    (between === undefined || (run.createdAt >= between[0] && run.createdAt <= between[1]))
  );
}

function commitOf(held: RepositoryStory, ref: string): Commit | undefined {
  const sha = held.refs[ref === 'HEAD' ? 'main' : ref] ?? ref;
  const named = held.commits.filter((commit) => commit.sha === sha || (sha.length >= 7 && commit.sha.startsWith(sha)));
  return named.length === 1 ? named[0] : undefined;
}

function never(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  return promise;
}
