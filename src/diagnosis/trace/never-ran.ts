/**
 * Nothing ever built this commit. Said only where everything that could contradict it was seen: the repository does build this image
 * (a sibling's run, or the configuration says so), the commit is known, and its list of runs is complete.
 */
import { formatTime } from '../../clock.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { Finding } from '../check.ts';
import { minuteOf } from '../words.ts';
import type { Studied } from './question.ts';

export function neverRan({ trace, mine, asked, image }: Studied): Finding | undefined {
  const commit = valueOf(trace.commit);
  const { listed, builder, repository, linkedBy } = trace;
  if (commit === undefined || builder === undefined || listed?.by !== 'commit' || !listed.isComplete) return undefined;
  // A run of the workflow that builds it was there: it is not for want of a run.
  const isBuilder = ({ path }: { readonly path: string }) => path === builder || path.endsWith(`/${builder}`);
  if (
    listed.runs.some(isBuilder) ||
    mine.some(({ units, jobs }) => units.length === 0 || jobs.some(({ role }) => /builds|both/.test(role)))
  ) {
    return undefined;
  }
  const at = commit.at === undefined ? '' : ` of ${minuteOf(formatTime(commit.at))}`;
  const others = listed.runs.length === 0 ? 'no run at all' : `${listed.runs.length} runs, none of ${builder}`;
  return {
    cause: 'build-never-ran',
    confidence: linkedBy === 'source-label' ? 'likely' : 'certain',
    because: ['buildTrace', 'registryAccess', 'reference'],
    summary: `Nothing built commit ${commit.sha.slice(0, 7)}${at}: ${repository} has ${others} for it, and ${builder} is what builds ${image.repository}.`,
    detail: {
      ...(asked === '' ? {} : { askedTag: asked }),
      repository,
      commit: commit.sha,
      builder,
      searched: trace.searched,
    },
    alternatives: [],
  };
}
