/** What became of the pull request that a remedy opened before, in words for people. */
import type { Standing } from '../../diagnosis/diagnosis.ts';
import type { CodeHost } from '../../evidence/code-host.ts';
import { valueOf } from '../../evidence/observation.ts';

/** Which pull request, and what to say and ask of it. */
export interface Proposed {
  readonly repository: string;
  readonly branch: string;
  /** Empty: the default branch. */
  readonly base: string;
  /** Who goes on once it is merged: `the next run of the pipeline uses it`. */
  readonly next: string;
  /** Whether what was to be changed is still there at `ref`; undefined: it could not be read. */
  isStillThere(ref: string): Promise<boolean | undefined>;
}

/** undefined: there was none, or it cannot be seen now. */
export async function standingOf(
  { repository, branch, base, next, isStillThere }: Proposed,
  host: CodeHost,
  signal: AbortSignal,
): Promise<Standing | undefined> {
  const pull = valueOf(await host.pullRequest(repository, branch, signal));
  if (pull === undefined || (base !== '' && pull.base !== base)) return undefined;
  const { number, url, state } = pull;
  const name = `Pull request #${number} of ${repository}`;
  switch (state) {
    case 'open':
      return { number, url, state, settled: true, note: `${name} is open already and waits to be merged; ${next}.` };
    case 'closed':
      return { number, url, state, settled: false, note: `${name} was closed without being merged: read there why.` };
    case 'merged': {
      const there = await isStillThere(pull.base);
      const note =
        there === true ? `${name} was merged, and the fault is there again.` : `${name} was merged; ${next}.`;
      return { number, url, state, settled: there === false, note };
    }
  }
}
