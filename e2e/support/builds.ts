/** The runs behind images that are missing: their jobs at real times of a few minutes ago, and logs as the runner writes them. */
import type { RunJob, WorkflowRun } from '../../src/build/run.ts';
import { formatTime } from '../../src/clock.ts';
import type { RepositoryStory } from '../../test/support/fake-code-host.ts';
import { GITHUB_TEST_TOKEN, type GithubWorld, startGithub } from '../../test/support/github/world.ts';

export const OWNER = 'mycompany';
/** Seconds ago, far enough apart that no minute lies in two jobs. */
export const WHEN = {
  build: [310, 176],
  named: 240,
  push: [170, 130],
  deploy: [95, 5],
  madeUp: 60,
} as const;

type Span = readonly [from: number, to: number];

export interface Builds {
  readonly github: GithubWorld;
  /** For the program: where GitHub is and with what it is asked. */
  readonly env: Readonly<Record<string, string>>;
  /** ms, this many seconds before the story's present. */
  readonly ago: (seconds: number) => number;
  /** `2026-05-24-17-52`, as `date +%F-%H-%M` prints it. */
  readonly stamp: (seconds: number) => string;
  /** `17:52` */
  readonly minute: (seconds: number) => string;
  /** A line of a log, at its time. */
  readonly line: (seconds: number, ...texts: readonly string[]) => string;
  /** Commits to main; the commit's first seven are letters and digits, so that nobody takes them for a number. */
  readonly commit: (name: string, files: Readonly<Record<string, string>>) => Promise<string>;
  readonly job: (run: WorkflowRun, name: string, span: Span, over?: Partial<RunJob>) => RunJob;
  readonly run: (name: string, headSha: string, over?: Partial<WorkflowRun>) => WorkflowRun;
  readonly play: (name: string, story: Partial<Pick<RepositoryStory, 'runs' | 'jobs' | 'logs'>>) => void;
}

export async function startBuilds(names: readonly string[]): Promise<Builds> {
  const github = await startGithub({ repositories: names.map((name) => `${OWNER}/${name}`) });
  const present = Date.now();
  let last = 0;
  const next = () => (last += 1);
  const ago = (seconds: number) => present - seconds * 1000;
  return {
    github,
    env: { GITHUB_TOKEN: GITHUB_TEST_TOKEN, GITHUB_API_URL: github.url },
    ago,
    stamp: (seconds) => formatTime(ago(seconds)).slice(0, 16).replace(/[T:]/g, '-'),
    minute: (seconds) => formatTime(ago(seconds)).slice(11, 16),
    line: (seconds, ...texts) =>
      texts.map((text) => `${new Date(ago(seconds)).toISOString().replace('Z', '1234Z')} ${text}\n`).join(''),
    async commit(name, files) {
      for (;;) {
        const sha = await github.push({ repository: `${OWNER}/${name}`, title: `Change ${next()}`, files });
        const short = sha.slice(0, 7);
        if (/\d/.test(short) && /[a-f]/.test(short)) return sha;
      }
    },
    job: (run, name, [from, to], over = {}) => {
      const id = next();
      const [startedAt, completedAt] = [ago(from), ago(to)];
      const steps = [
        { number: 1, name: `Run ${name}`, progress: 'completed', conclusion: 'success', startedAt, completedAt },
      ] as const;
      const url = `${run.url}/job/${id}`;
      return { id, name, progress: 'completed', conclusion: 'success', startedAt, completedAt, url, steps, ...over };
    },
    run: (name, headSha, over = {}) => {
      const id = 26_000 + next();
      return {
        id,
        attempt: 1,
        repository: `${OWNER}/${name}`,
        path: '.github/workflows/deploy.yml',
        name: 'deploy',
        headSha,
        headBranch: 'main',
        event: 'push',
        progress: 'completed',
        conclusion: 'success',
        createdAt: ago(320),
        startedAt: ago(315),
        updatedAt: ago(0),
        url: `${github.url}/${OWNER}/${name}/actions/runs/${id}`,
        referenced: [],
        ...over,
      };
    },
    play: (name, story) => github.play(`${OWNER}/${name}`, story),
  };
}

/** A step's opening lines: its script or action, then its resolved environment. */
export function opened(first: string, env: Readonly<Record<string, string>> = {}): readonly string[] {
  return [
    `##[group]Run ${first}`,
    'shell: /usr/bin/bash -e {0}',
    'env:',
    ...Object.entries(env).map(([name, value]) => `  ${name}: ${value}`),
    '##[endgroup]',
  ];
}

/** BuildKit's words for an image that arrived. */
export function pushedAs(reference: string): readonly string[] {
  const digest = `sha256:${'4f'.repeat(32)}`;
  return [
    '#20 exporting to image',
    `#20 pushing layers 1.2s done`,
    `#20 pushing manifest for ${reference}@${digest} 0.4s done`,
  ];
}

/** A job's end; `set` are the outputs that it gave. */
export function ended(...set: readonly string[]): readonly string[] {
  const outputs =
    set.length === 0 ? [] : ['Evaluate and set job outputs', ...set.map((name) => `Set output '${name}'`)];
  return ['Post job cleanup.', ...outputs, 'Cleaning up orphan processes'];
}
