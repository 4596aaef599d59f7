/** Pull requests of one branch, as the list of them tells. */
import type { PullRequest } from '../../evidence/code-host.ts';
import type { RepositoryName } from './names.ts';
import type { PullAnswer } from './schema.ts';

/** Open, merged and closed ones, newest first; `base` absent: to whatever branch. */
export function pullsFrom(repository: RepositoryName, branch: string, base?: string) {
  return {
    ...repository,
    state: 'all',
    head: `${repository.owner}:${branch}`,
    ...(base === undefined ? {} : { base }),
    sort: 'created',
    direction: 'desc',
    per_page: 10,
  } as const;
}

/** Only of this branch, whatever the filter was taken for; open ones before the others. */
export function openFirst(pulls: readonly PullAnswer[], branch: string): readonly PullAnswer[] {
  const ours = pulls.filter(({ head }) => head.ref === branch);
  return [...ours.filter(({ state }) => state === 'open'), ...ours.filter(({ state }) => state !== 'open')];
}

/** As the evidence has it. */
export function seenOf({ number, html_url, state, merged_at, base }: PullAnswer): PullRequest {
  const ended = merged_at ? 'merged' : 'closed';
  return { number, url: html_url, state: state === 'open' ? 'open' : ended, base: base.ref };
}
