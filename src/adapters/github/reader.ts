/** Questions about builds, put to GitHub's API. */

import { z } from 'zod';
import { type JobLog, readJobLog } from '../../build/job-log.ts';
import { parseTime } from '../../clock.ts';
import type { CodeHost, RunQuery } from '../../evidence/code-host.ts';
import { absent, mapObserved, type Observation, observed, unreachable } from '../../evidence/observation.ts';
import type { CallMeter } from '../../evidence/ports.ts';
import { type ApiParts, ask, inTime, NotInstalled, type Question } from './api.ts';
import { attestedRunOf } from './attestation.ts';
import { runOf } from './builds.ts';
import { textOf } from './content.ts';
import { NoAnswer } from './failure.ts';
import { listJobs, listRuns } from './lists.ts';
import { downloadLog, type LogText } from './log-file.ts';
import { isDigest, isPath, isRef, parseRepository } from './names.ts';
import { openFirst, pullsFrom, seenOf } from './pulls.ts';
import { observe } from './reply.ts';
import { AttestationsAnswer, CommitAnswer, ContentAnswer, FileTreeAnswer, PullsAnswer, RunAnswer } from './schema.ts';

/** `web`: where people look. */
export function createCodeHost(parts: ApiParts, web: string, meter: CallMeter): CodeHost {
  /** `isFit` false: no such thing can exist, so nobody is asked. */
  async function look<T>(
    repository: string,
    signal: AbortSignal,
    isFit: boolean,
    work: (question: Question) => Promise<Observation<T>>,
  ): Promise<Observation<T>> {
    signal.throwIfAborted();
    const name = parseRepository(repository);
    if (name === undefined || !isFit) return absent;
    try {
      return await inTime({ repository: name, meter, signal }, parts.limits.totalMs, work);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NotInstalled) return absent;
      if (error instanceof NoAnswer) return unreachable(error.message);
      throw error;
    }
  }
  const { variable } = parts.tokens;
  const actions = { permission: 'actions:read', variable };
  const contents = { permission: 'contents:read', variable };

  return {
    web,
    commit: async (repository, ref, signal) =>
      look(repository, signal, isRef(ref), async (question) => {
        const reply = await ask(parts, question, 'commit', async ({ rest }) =>
          // One changed file a page: only the commit itself is wanted.
          rest.repos.getCommit({ ...question.repository, ref, per_page: 1 }),
        );
        // 422: no such sha; 409: the repository is empty.
        if (reply.status === 422 || reply.status === 409) return absent;
        return mapObserved(observe(reply, CommitAnswer, contents), ({ sha, commit, parents }) => {
          const at = parseTime(commit.committer?.date);
          const before = parents?.map((one) => one.sha);
          return {
            sha,
            title: titleOf(commit.message),
            ...(at === undefined ? {} : { at }),
            ...(before ? { parents: before } : {}),
          };
        });
      }),
    runs: async (repository, query, signal) =>
      look(repository, signal, isAskable(query), async (question) => listRuns(parts, question, query, actions)),
    run: async (repository, id, attempt, signal) =>
      look(repository, signal, isNumber(id) && (attempt === undefined || isNumber(attempt)), async (question) => {
        const asked = { ...question.repository, run_id: id };
        const reply = await ask(parts, question, 'run', async ({ rest }) =>
          attempt === undefined
            ? rest.actions.getWorkflowRun(asked)
            : rest.actions.getWorkflowRunAttempt({ ...asked, attempt_number: attempt }),
        );
        return mapObserved(observe(reply, RunAnswer, actions), (answer) => runOf(answer, repository));
      }),
    jobs: async (repository, run, signal) =>
      look(repository, signal, isNumber(run.id) && isNumber(run.attempt), async (question) =>
        listJobs(parts, question, run, actions),
      ),
    jobLog: async (repository, jobId, signal) =>
      look(repository, signal, isNumber(jobId), async (question) => readLog(parts, question, jobId, actions)),
    file: async (repository, path, ref, signal) =>
      look(repository, signal, isPath(path) && isRef(ref), async (question) => {
        const reply = await ask(parts, question, 'file', async ({ rest }) =>
          rest.repos.getContent({ ...question.repository, path, ref }),
        );
        const answer = observe(reply, ContentAnswer, contents);
        return answer.status === 'observed' ? textOf(answer.value) : answer;
      }),
    tree: async (repository, ref, signal) =>
      look(repository, signal, isRef(ref), async (question) => {
        const reply = await ask(parts, question, 'tree', async ({ rest }) =>
          rest.git.getTree({ ...question.repository, tree_sha: ref, recursive: '1' }),
        );
        // 422: no such sha; 409: the repository is empty.
        if (reply.status === 422 || reply.status === 409) return absent;
        return mapObserved(observe(reply, FileTreeAnswer, contents), ({ tree, truncated }) => ({
          paths: tree.flatMap(({ path, type }) => (type === 'blob' && path ? [path] : [])),
          truncated: truncated ?? false,
        }));
      }),
    attestedRun: async (repository, digest, signal) =>
      look(repository, signal, isDigest(digest), async (question) => {
        const reply = await ask(parts, question, 'attestation', async ({ rest }) =>
          rest.repos.listAttestations({ ...question.repository, subject_digest: digest, per_page: 10 }),
        );
        const answer = observe(reply, AttestationsAnswer, { permission: 'attestations:read', variable });
        if (answer.status !== 'observed') return answer;
        const attested = attestedRunOf(answer.value, digest);
        return attested === undefined ? absent : observed(attested.run);
      }),
    pullRequest: async (repository, branch, signal) =>
      look(repository, signal, isRef(branch), async (question) => {
        const reply = await ask(parts, question, 'pull-requests', async ({ rest }) =>
          rest.pulls.list(pullsFrom(question.repository, branch)),
        );
        const answer = observe(reply, PullsAnswer, { permission: 'pull_requests:read', variable });
        if (answer.status !== 'observed') return answer;
        const [pull] = openFirst(answer.value, branch);
        return pull === undefined ? absent : observed(seenOf(pull));
      }),
  };
}

async function readLog(
  parts: ApiParts,
  question: Question,
  jobId: number,
  known: { readonly permission: string; readonly variable: string },
): Promise<Observation<JobLog>> {
  const reply = await ask(parts, question, 'log', async ({ rest }) =>
    rest.actions.downloadJobLogsForWorkflowRun({
      ...question.repository,
      job_id: jobId,
      // Followed by ourselves: it leads to another host, which must not get the token.
      request: { redirect: 'manual' },
    }),
  );
  // Old Enterprise servers answer with the log itself.
  if (reply.status !== 302) {
    const answer = observe(reply, z.string(), known);
    return answer.status === 'observed' ? logOf({ text: answer.value, truncated: false }) : answer;
  }
  const address = URL.parse(reply.headers['location'] ?? '');
  if (address === null) return unreachable('GitHub named no address for the log');
  const { signal, meter } = question;
  const count = () => meter.count('github', 'log-store');
  const log = await downloadLog({ wire: parts.wire, limits: parts.limits, signal, count }, address);
  return log === undefined ? absent : logOf(log);
}

/** A runner's log has time stamps; a sign-in page has none, and would read as a log in which nothing was set. */
function logOf({ text, truncated }: LogText): Observation<JobLog> {
  if (text.trim() === '') return absent;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z /m.test(text.slice(0, 200_000)))
    return unreachable('GitHub gave something that is not a log');
  return observed(readJobLog(text, truncated));
}

function isAskable({ headSha, branch, workflow }: RunQuery): boolean {
  return (
    (headSha === undefined || /^[0-9a-f]{7,64}$/i.test(headSha)) &&
    (branch === undefined || isRef(branch)) &&
    (workflow === undefined || isPath(workflow))
  );
}

function isNumber(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0;
}

function titleOf(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 200);
}
