/** The code host of one diagnosis: each question once, all of them together within one budget, so that a slow one delays nobody. */
import { type Clock, formatDuration } from '../clock.ts';
import { errorLine } from '../errors.ts';
import type { CodeHost } from './code-host.ts';
import { type Observation, unreachable } from './observation.ts';

/** ms, from the first question. */
const BUDGET = 10_000;
/** Questions of one diagnosis, answered ones included; the usual look at a missing tag has 10 to 20. */
const MOST = 120;

export type AskOnce = <T>(
  key: readonly unknown[],
  ask: (signal: AbortSignal) => Promise<T>,
  failed: (why: Error) => T,
) => Promise<T>;

/** `closed` is aborted when the diagnosis is over. Keys begin with `code-host`. */
export function shareCodeHost(host: CodeHost, once: AskOnce, clock: Clock, closed: AbortSignal): CodeHost {
  const late = new AbortController();
  let started = false;
  let asked = 0;

  function look<T>(
    key: readonly unknown[],
    ask: (signal: AbortSignal) => Promise<Observation<T>>,
  ): Promise<Observation<T>> {
    if (!started) {
      started = true;
      const why = new Error(`no answer within ${formatDuration(BUDGET)}, the time that builds may take`);
      clock.sleep(BUDGET, closed).then(
        () => late.abort(why),
        () => undefined,
      );
    }
    return once(
      ['code-host', ...key],
      (signal) => {
        late.signal.throwIfAborted();
        asked += 1;
        if (asked > MOST)
          return Promise.resolve(unreachable(`the code host: ${MOST} questions are the most for one diagnosis`));
        return ask(AbortSignal.any([signal, late.signal]));
      },
      (error) => unreachable(`the code host: ${errorLine(error)}`),
    );
  }

  return {
    web: host.web,
    commit: (repository, ref) => look(['commit', repository, ref], (signal) => host.commit(repository, ref, signal)),
    runs: (repository, query) => look(['runs', repository, query], (signal) => host.runs(repository, query, signal)),
    run: (repository, id, attempt) =>
      look(['run', repository, id, attempt ?? null], (signal) => host.run(repository, id, attempt, signal)),
    jobs: (repository, run) =>
      look(['jobs', repository, run.id, run.attempt], (signal) => host.jobs(repository, run, signal)),
    jobLog: (repository, id) => look(['log', repository, id], (signal) => host.jobLog(repository, id, signal)),
    file: (repository, path, ref) =>
      look(['file', repository, path, ref], (signal) => host.file(repository, path, ref, signal)),
    tree: (repository, ref) => look(['tree', repository, ref], (signal) => host.tree(repository, ref, signal)),
    attestedRun: (repository, digest) =>
      look(['attested', repository, digest], (signal) => host.attestedRun(repository, digest, signal)),
    pullRequest: (repository, branch) =>
      look(['pull-request', repository, branch], (signal) => host.pullRequest(repository, branch, signal)),
  };
}
