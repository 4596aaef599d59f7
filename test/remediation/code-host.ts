/** A writer to the code host that keeps what it is told, over files that a test makes up. */

import { observed } from '../../src/evidence/observation.ts';
import type { PullRequestDraft, PullRequestResult, RerunResult } from '../../src/remediation/code-host.ts';
import type { RemedyPorts } from '../../src/remediation/ports.ts';
import { aRepository, aSha, type CodeStory, fakeCodeHost } from '../support/fake-code-host.ts';
import { WORKFLOW } from '../support/lost-tag-story.ts';

export const PATH = '.github/workflows/deploy.yml';
/** The pipeline of the incident, with a comment that an edit must leave alone. */
export const LOST = WORKFLOW.replace('  push:\n', '  push: # pushes what build made\n');

/** `acme/shop` with this workflow at the end of `main`. */
export function pipelineStory(text: string = LOST, more: Readonly<Record<string, string>> = {}): CodeStory {
  const sha = aSha('head');
  const repository = aRepository({
    commits: [{ sha, title: 'x' }],
    refs: { main: sha },
    files: { [sha]: { [PATH]: text, ...more } },
  });
  return { repositories: { 'acme/shop': repository } };
}

export interface FakeWriter {
  readonly codeHost: NonNullable<RemedyPorts['codeHost']>;
  readonly opened: readonly PullRequestDraft[];
  readonly reran: readonly number[];
  /** All there are; absent: whatever is asked for is one. */
  branches?: readonly string[];
  /** The next answer, instead of success. */
  instead: { pullRequest?: PullRequestResult; rerun?: RerunResult };
}

export function fakeCodeWriter(story: CodeStory): FakeWriter {
  const opened: PullRequestDraft[] = [];
  const reran: number[] = [];
  const fake: FakeWriter = {
    opened,
    reran,
    instead: {},
    codeHost: {
      reader: fakeCodeHost(story),
      writer: {
        defaultBranch: async () => observed('main'),
        openPullRequest: async (draft, mode) => {
          if (fake.instead.pullRequest) return fake.instead.pullRequest;
          if (fake.branches?.includes(draft.base) === false)
            return { kind: 'changed', reason: `there is no branch ${draft.base} any more`, base: 'missing' };
          if (mode === 'dry-run') return { kind: 'planned' };
          const existed = opened.some(({ branch }) => branch === draft.branch);
          if (!existed) opened.push(draft);
          return { kind: 'opened', number: 12, url: `https://github.com/${draft.repository}/pull/12`, existed };
        },
        rerunFailedJobs: async ({ repository, id }, mode) => {
          if (fake.instead.rerun) return fake.instead.rerun;
          if (mode === 'dry-run') return { kind: 'planned' };
          reran.push(id);
          return { kind: 'started', url: `https://github.com/${repository}/actions/runs/${id}` };
        },
      },
    },
  };
  return fake;
}
