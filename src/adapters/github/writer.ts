/** What remedies may do at GitHub. */
import { absent, mapObserved, type Observation, unreachable } from '../../evidence/observation.ts';
import type { CodeHostWriter } from '../../remediation/code-host.ts';
import { type ApiParts, ask, inTime, NotInstalled } from './api.ts';
import { NoAnswer } from './failure.ts';
import { parseRepository } from './names.ts';
import { openPullRequest } from './pull-request.ts';
import { observe } from './reply.ts';
import { rerunFailedJobs } from './rerun.ts';
import { RepositoryAnswer } from './schema.ts';
import { type Refusal, refusalOf, type Session } from './stop.ts';

/** A write is many small requests, one after the other. */
const TIMES_LONGER = 3;
/** Remedies are not measured. */
const meter = { count: () => undefined };

export function createCodeHostWriter(parts: ApiParts): CodeHostWriter {
  async function write<T>(
    repository: string,
    signal: AbortSignal,
    work: (session: Session) => Promise<T>,
  ): Promise<T | Refusal> {
    signal.throwIfAborted();
    const name = parseRepository(repository);
    if (name === undefined) return { kind: 'failed', reason: 'no repository is called so' };
    try {
      return await inTime({ repository: name, meter, signal }, TIMES_LONGER * parts.limits.totalMs, async (question) =>
        work({ parts, question }),
      );
    } catch (error) {
      signal.throwIfAborted();
      return refusalOf(error, repository);
    }
  }
  return {
    async defaultBranch(repository, signal): Promise<Observation<string>> {
      signal.throwIfAborted();
      const name = parseRepository(repository);
      if (name === undefined) return absent;
      try {
        return await inTime({ repository: name, meter, signal }, parts.limits.totalMs, async (question) => {
          const reply = await ask(parts, question, 'repository', async ({ rest }) => rest.repos.get({ ...name }));
          const known = { permission: 'metadata:read', variable: parts.tokens.variable };
          return mapObserved(observe(reply, RepositoryAnswer, known), (found) => found.default_branch);
        });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof NotInstalled) return absent;
        if (error instanceof NoAnswer) return unreachable(error.message);
        throw error;
      }
    },
    openPullRequest: async (draft, mode, signal) =>
      write(draft.repository, signal, async (session) => openPullRequest(session, draft, mode)),
    rerunFailedJobs: async (run, mode, signal) =>
      write(run.repository, signal, async (session) => rerunFailedJobs(session, run, mode)),
  };
}
