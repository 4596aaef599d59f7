/** Where an image that still runs was made, when its tag means another one by now. A remark: the old image is told by its own check. */

import { formatTime } from '../../clock.ts';
import type { BuildTrace } from '../../evidence/build-trace.ts';
import { valueOf } from '../../evidence/observation.ts';
import { minuteOf } from '../words.ts';

export function originNote({ repository, sibling, runs, branch }: BuildTrace): string {
  const run = valueOf(runs)?.[0]?.run;
  const origin = sibling?.origin;
  const sha = run?.headSha ?? origin?.revision;
  if (sha === undefined) return `what runs comes from ${repository}; which commit is not told`;
  const when = run?.createdAt ?? origin?.builtAt;
  const at = when === undefined ? '' : ` at ${minuteOf(formatTime(when))}`;
  const by = run === undefined ? '' : ` by ${run.url}`;
  return `what runs was built from ${sha.slice(0, 7)} of ${repository}${at}${by}${branchWords(branch, sha)}`;
}

function branchWords(branch: BuildTrace['branch'], sha: string): string {
  const head = branch && valueOf(branch.head);
  if (head === undefined || branch === undefined) return '';
  return head.sha === sha
    ? `; branch ${branch.name} is still at that commit, so a fix made since is not on the remote`
    : `; branch ${branch.name} is at ${head.sha.slice(0, 7)} by now`;
}
