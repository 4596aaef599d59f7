/** What became of the pull request that a remedy opened before, in words for people. */
import type { Standing } from '../../diagnosis/diagnosis.ts';
import type { CodeHost, PullRequest } from '../../evidence/code-host.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { Stands } from '../remedy.ts';

/** Which pull request, and what to say and ask of it. */
interface Proposed<P> {
  /** `base` empty: the default branch. */
  readonly params: P;
  readonly branch: string;
  /** Who goes on once it is merged: `the next run of the pipeline has it`. */
  readonly next: string;
  /** Whether what was to be changed is still there at `ref`; undefined: it could not be read. */
  readonly isStillThere: (ref: string) => Promise<boolean | undefined>;
}

/** undefined: there was none, or it cannot be seen now. Where it was closed, `params` say that this one is known of. */
export async function standingOf<P extends { readonly repository: string; readonly base: string }>(
  proposed: Proposed<P>,
  host: CodeHost,
  signal: AbortSignal,
): Promise<Stands<P & { readonly despite?: number }> | undefined> {
  const { params, branch } = proposed;
  const pull = valueOf(await host.pullRequest(params.repository, branch, signal));
  if (pull === undefined || (params.base !== '' && pull.base !== params.base)) return undefined;
  const { number, state } = pull;
  const standing = await describe(pull, proposed);
  return { ...standing, params: state === 'closed' ? { ...params, despite: number } : params };
}

async function describe<P extends { readonly repository: string }>(
  { number, url, state, base }: PullRequest,
  { params, next, isStillThere }: Proposed<P>,
): Promise<Standing> {
  const name = `Pull request #${number} of ${params.repository}`;
  switch (state) {
    case 'open':
      return { number, url, state, settled: true, note: `${name} is open already and waits to be merged; ${next}.` };
    case 'closed':
      return { number, url, state, settled: false, note: `${name} was closed without being merged: read there why.` };
    case 'merged': {
      const there = await isStillThere(base);
      const note =
        there === true ? `${name} was merged, and the fault is there again.` : `${name} was merged; ${next}.`;
      return { number, url, state, settled: there === false, note };
    }
  }
}
