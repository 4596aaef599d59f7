/** Runs the failed jobs of a run again: once for each attempt. */

import { z } from 'zod';
import type { RerunResult } from '../../remediation/code-host.ts';
import type { WriteMode } from '../../remediation/ports.ts';
import { runOf } from './builds.ts';
import { checkRights } from './rights.ts';
import { RunAnswer } from './schema.ts';
import { changed, failed, lookUp, nameOf, put, type Session } from './stop.ts';

/** @throws Stop, NoAnswer, NotInstalled, and the caller's reason. */
export async function rerunFailedJobs(
  session: Session,
  wanted: { readonly id: number; readonly attempt: number },
  mode: WriteMode,
): Promise<RerunResult> {
  const { repository } = session.question;
  await checkRights(session, ['actions:write']);
  const answer = await lookUp(session, 'run', RunAnswer, async ({ rest }) =>
    rest.actions.getWorkflowRun({ ...repository, run_id: wanted.id }),
  );
  if (answer === undefined) throw changed(`run ${wanted.id} does not exist any more`);
  const run = runOf(answer, nameOf(session.question));
  if (run.attempt !== wanted.attempt)
    throw changed(`the run was started again meanwhile (attempt ${run.attempt}): ${run.url}`);
  if (run.progress !== 'completed') throw changed(`the run is not over: ${run.url}`);
  if (run.conclusion === 'success' || run.conclusion === 'skipped') throw changed(`no job of it failed: ${run.url}`);
  if (mode === 'dry-run') return { kind: 'planned' };
  const started = await put(
    session,
    { what: 'rerun', permission: 'actions:write', schema: z.unknown() },
    async ({ rest }) => rest.actions.reRunWorkflowFailedJobs({ ...repository, run_id: wanted.id }),
  );
  if (typeof started === 'object' && started !== null && 'rejected' in started)
    throw failed(`GitHub does not run it again: ${String(started.rejected)}`);
  return { kind: 'started', url: `${run.url}/attempts/${wanted.attempt + 1}` };
}
