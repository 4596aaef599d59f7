/**
 * Where an image that runs was made: an older one than its tag means by now, or one that crashes. A remark; the trouble itself is told by
 * its own check.
 */
import { formatTime } from '../../clock.ts';
import type { BuildTrace, RunTrace } from '../../evidence/build-trace.ts';
import { valueOf } from '../../evidence/observation.ts';
import { minuteOf } from '../words.ts';

export function originNote(trace: BuildTrace): string {
  const { repository, sibling, runs } = trace;
  const traced = valueOf(runs)?.[0];
  const sha = traced?.run.headSha ?? sibling?.origin.revision;
  if (sha === undefined) return `what runs comes from ${repository}; which commit is not told`;
  const when = traced?.run.createdAt ?? sibling?.origin.builtAt;
  const at = when === undefined ? '' : ` at ${minuteOf(formatTime(when))}`;
  const by = traced === undefined ? '' : ` by ${traced.run.url}`;
  return `what runs was built from ${sha.slice(0, 7)} of ${repository}${at}${by}${again(traced)}${branchWords(trace, sha)}`;
}

function again(traced: RunTrace | undefined): string {
  const attempt = traced !== undefined && traced.run.attempt > 1 ? traced.run.attempt : undefined;
  if (attempt !== undefined) return `, which was attempt ${attempt} of the same commit`;
  return traced === undefined || traced.earlier.length === 0 ? '' : ', which built the same commit as the run before';
}

function branchWords({ branch }: BuildTrace, sha: string): string {
  const head = branch && valueOf(branch.head);
  if (head === undefined || branch === undefined) return '';
  return head.sha === sha
    ? `; branch ${branch.name} is still at that commit, so a fix made since is not on the remote`
    : `; branch ${branch.name} is at ${head.sha.slice(0, 7)} by now`;
}
