/** One commit, its one workflow, and what became of its build: run 41, with one job. */
import type { RunJob, WorkflowRun } from '../../src/build/run.ts';
import { createManualClock } from './clock.ts';
import { aSha } from './fake-code-host.ts';
import { at, codeHost, FILE, job, NAME, REPOSITORY, RUN, registry, SHA } from './lost-tag-story.ts';
import { look } from './lost-tag-world.ts';

export const DAY = 86_400_000;
/** What a build of the commit pushes. */
export const TAG = 'a1b2c3d';
export const IMAGE = `${NAME}:${TAG}`;
export const SIBLING = 'a0ffee1';
export const OLDER = aSha('older');

export const BUILD = `name: build
on: { push: { branches: [main] } }
concurrency: { group: "\${{ github.ref }}", cancel-in-progress: true }
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Push
        run: docker push mycompany/api-service:\${GITHUB_SHA::7}
`;

export const COMMIT = { sha: SHA, at: at('17:50:00'), title: 'Add a route' };
/** The run that made the sibling. */
export const BEFORE: WorkflowRun = {
  ...RUN,
  headSha: OLDER,
  createdAt: at('09:00:00'),
  updatedAt: at('09:05:00'),
  number: 40,
};

export interface Told {
  readonly runs?: readonly WorkflowRun[];
  readonly jobs?: Readonly<Record<string, readonly RunJob[]>>;
  readonly logs?: Readonly<Record<number, string>>;
  readonly text?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly title?: string;
  /** ms after the commit when the look is taken. */
  readonly later?: number;
  readonly tag?: string;
  readonly names?: readonly string[];
}

/** The diagnosis of a pod that asks for the commit's image. */
export function told({
  runs = [],
  jobs = {},
  logs = {},
  text = BUILD,
  files = {},
  title = COMMIT.title,
  later = 600_000,
  ...over
}: Told) {
  const head = aSha('next');
  const host = codeHost({
    runs: [...runs, BEFORE],
    jobs,
    logs,
    commits: [
      { ...COMMIT, title },
      { sha: OLDER, at: at('08:55:00'), title: 'Before' },
      { sha: head, at: at('18:10:00'), title: 'Next' },
    ],
    refs: { main: head },
    files: { [SHA]: { [FILE]: text, ...files }, [OLDER]: { [FILE]: BUILD } },
  });
  const clock = createManualClock(COMMIT.at + later);
  const image = `${NAME}:${over.tag ?? TAG}`;
  return look({ host, image, images: registry(over.names ?? [SIBLING]), deps: { clock } });
}

/** Ended, with its one job. */
export function ended(
  conclusion: NonNullable<WorkflowRun['conclusion']>,
  over: Partial<WorkflowRun> = {},
): WorkflowRun {
  return { ...RUN, id: 41, number: 41, conclusion, url: `https://github.com/${REPOSITORY}/actions/runs/41`, ...over };
}

const STEP = { number: 4, name: 'Push', progress: 'completed' } as const;

export function buildJob(conclusion: NonNullable<RunJob['conclusion']>, pushStep = conclusion): RunJob {
  return job(1, 'build', ['17:51:50', '17:52:40'], { conclusion, steps: [{ ...STEP, conclusion: pushStep }] });
}
