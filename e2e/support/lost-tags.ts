/** Incidents of one kind, "the tag does not exist": each a repository with its commits, runs and logs, and what the registry has of it. */
import type { WorkflowRun } from '../../src/build/run.ts';
import type { RepositoryStory } from '../../test/support/fake-code-host.ts';
import { type Builds, ended, OWNER, opened, pushedAs, WHEN } from './builds.ts';
import { byCommit, foreign, IMAGE, makefile, masked, reusable, unneeded } from './pipelines.ts';

/** A password that the runner did not mask: it stands beside the empty value in a job's log, and nobody may repeat it. */
export const LOGGED_PASSWORD = 'canary-registry-password';

export interface Told {
  /** Deployment and repository have this name. */
  readonly name: string;
  /** `HOST/mycompany/NAME` */
  readonly image: string;
  readonly sha: string;
  /** What the pod asks for. */
  readonly asked: string;
  /** What the registry has instead; its tags are pushed as they are listed here. */
  readonly pushed: string;
  /** The run's page, where there is a run. */
  readonly run?: string;
  /** Where the runs' logs hide the owner's name. */
  hide?(): void;
}

type Tell = (builds: Builds, host: string) => Promise<Told>;

function named(host: string, name: string): { readonly name: string; readonly image: string } {
  return { name, image: `${host}/${OWNER}/${name}` };
}

/** What the runs of the pipeline of source 000 left behind; `runs`: all of them, of which `run` is the newest attempt. */
function threeJobs(
  { line, job }: Builds,
  image: string,
  run: WorkflowRun,
  { pushed, runs = [run] }: { readonly pushed: string; readonly runs?: readonly WorkflowRun[] },
): Pick<RepositoryStory, 'runs' | 'jobs' | 'logs'> {
  const build = job(run, 'build', WHEN.build);
  const push = job(run, 'push', WHEN.push);
  const deploy = job(run, 'deploy', WHEN.deploy);
  const script = 'echo "tag=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)" >> "$GITHUB_OUTPUT"';
  return {
    runs,
    jobs: { [run.id]: [build, push, deploy] },
    logs: {
      [build.id]: line(WHEN.named, ...opened(script)) + line(WHEN.build[1], ...ended('image-tag')),
      [push.id]: line(150, ...opened('docker/build-push-action@v6'), ...pushedAs(`${image}:${pushed}`), ...ended()),
      [deploy.id]: line(WHEN.madeUp, ...opened('if [ -z "${IMAGE_TAG:-}" ]; then', { IMAGE_TAG: '' }), ...ended()),
    },
  };
}

/** The incident of the missing tag: made at …-17-52, pushed, asked for as …-17-54. */
export const unneededOutput: Tell = async (builds, host) => {
  const { name, image } = named(host, 'api-service');
  const sha = await builds.commit(name, unneeded(image));
  const short = sha.slice(0, 7);
  const [pushed, asked] = [`${short}-${builds.stamp(WHEN.named)}`, `${short}-${builds.stamp(WHEN.madeUp)}`];
  const run = builds.run(name, sha);
  const left = threeJobs(builds, image, run, { pushed });
  builds.play(name, left);
  function hide(): void {
    const hidden = Object.entries(left.logs).map(([id, text]) => [id, text.replaceAll(OWNER, '***')]);
    builds.play(name, { ...left, logs: Object.fromEntries(hidden) });
  }
  return { name, image, sha, asked, pushed, run: run.url, hide };
};

/** The output holds a secret and is dropped: everything is needed and declared as it should be. */
export const maskedOutput: Tell = async (builds, host) => {
  const { line, job, run: runOf, stamp } = builds;
  const { name, image } = named(host, 'ledger');
  const sha = await builds.commit(name, masked(image));
  const short = sha.slice(0, 7);
  const [pushed, asked] = [`${short}-${stamp(WHEN.named)}`, `${short}-${stamp(WHEN.madeUp)}`];
  const run = runOf(name, sha);
  const [build, deploy] = [job(run, 'build', WHEN.build), job(run, 'deploy', WHEN.deploy)];
  const hidden = image.replace(OWNER, '***');
  const skipped = "##[warning]Skip output 'image' since it may contain secret.";
  const shown = { IMAGE: '', REGISTRY_PASSWORD: LOGGED_PASSWORD };
  builds.play(name, {
    runs: [run],
    jobs: { [run.id]: [build, deploy] },
    logs: {
      [build.id]:
        line(200, ...opened('docker/build-push-action@v6'), ...pushedAs(`${hidden}:${pushed}`)) +
        line(WHEN.build[1], 'Evaluate and set job outputs', skipped, 'Cleaning up orphan processes'),
      [deploy.id]: line(WHEN.madeUp, ...opened('IMAGE="${IMAGE:-…}"', shown), ...ended()),
    },
  });
  return { name, image, sha, asked, pushed, run: run.url };
};

/** A called workflow of the same repository promises what its job does not declare. */
export const reusableOutput: Tell = async (builds, host) => {
  const { line, job, run: runOf, stamp } = builds;
  const { name, image } = named(host, 'shop');
  const sha = await builds.commit(name, reusable(image));
  const short = sha.slice(0, 7);
  const [pushed, asked] = [`${short}-${stamp(WHEN.named)}`, `${short}-${stamp(WHEN.madeUp)}`];
  const path = `${OWNER}/${name}/${IMAGE}`;
  const run = runOf(name, sha, { name: 'release', referenced: [{ path, sha }] });
  const [build, deploy] = [job(run, 'image / docker', WHEN.build), job(run, 'deploy', WHEN.deploy)];
  builds.play(name, {
    runs: [run],
    jobs: { [run.id]: [build, deploy] },
    logs: {
      [build.id]: line(200, ...opened('docker/build-push-action@v6'), ...pushedAs(`${image}:${pushed}`), ...ended()),
      [deploy.id]: line(WHEN.madeUp, ...opened('./scripts/deploy.sh', { TAG: '' }), ...ended()),
    },
  });
  return { name, image, sha, asked, pushed, run: run.url };
};

/** The workflow that builds is another repository's, at a commit of its own. */
export const foreignWorkflow: Tell = async (builds, host) => {
  const { line, job, run: runOf, stamp } = builds;
  const { name, image } = named(host, 'cart');
  const sha = await builds.commit(name, foreign(image));
  const short = sha.slice(0, 7);
  const [pushed, asked] = [`${short}-${stamp(WHEN.named)}`, `${short}-${stamp(WHEN.madeUp)}`];
  const referenced = [{ path: `${OWNER}/pipelines/${IMAGE}`, sha: '7'.repeat(40) }];
  const run = runOf(name, sha, { referenced });
  const [build, smoke, deploy] = [
    job(run, 'image / docker', WHEN.build),
    job(run, 'smoke', WHEN.push),
    job(run, 'deploy', WHEN.deploy),
  ];
  builds.play(name, {
    runs: [run],
    jobs: { [run.id]: [build, smoke, deploy] },
    logs: {
      [build.id]:
        line(200, ...opened('docker/build-push-action@v6'), ...pushedAs(`${image}:${pushed}`)) +
        line(WHEN.build[1], ...ended('tag')),
      [deploy.id]: line(WHEN.madeUp, ...opened('IMAGE_TAG="${IMAGE_TAG:-…}"', { IMAGE_TAG: '' }), ...ended()),
    },
  });
  return { name, image, sha, asked, pushed, run: run.url };
};

/** Deployed as `main`, which nobody pushes: the Makefile makes it of nothing. */
export const makefileFallback: Tell = async (builds, host) => {
  const { line, job, run: runOf } = builds;
  const { name, image } = named(host, 'register');
  const sha = await builds.commit(name, makefile(image));
  const run = runOf(name, sha, { updatedAt: builds.ago(-30) });
  const [build, test, deploy] = [
    job(run, 'Build', WHEN.build),
    job(run, 'Test', WHEN.push),
    job(run, 'Deploy to staging', [95, -25]),
  ];
  builds.play(name, {
    runs: [run],
    jobs: { [run.id]: [build, test, deploy] },
    logs: {
      [build.id]:
        line(200, ...opened('docker/build-push-action@v6'), ...pushedAs(`${image}:${sha}`)) +
        line(WHEN.build[1], ...ended('image_tag')),
      [deploy.id]: line(WHEN.madeUp, ...opened('make staging deploy', { IMAGE_TAG: '' }), ...ended()),
    },
  });
  return { name, image, sha, asked: 'main', pushed: sha, run: run.url };
};

const OLD = '0ddba11c'.repeat(5);

/** The build failed, and the job that deploys did not ask. */
export const failedBuild: Tell = async (builds, host) => failing(builds, named(host, 'billing'), 1);

/** The fix was committed and never pushed: the same commit was built three times. */
export const rebuiltCommit: Tell = async (builds, host) => failing(builds, named(host, 'invoices'), 3);

async function failing(
  builds: Builds,
  { name, image }: { readonly name: string; readonly image: string },
  attempts: number,
): Promise<Told> {
  const { line, job, run: runOf } = builds;
  const sha = await builds.commit(name, byCommit(image));
  const run = runOf(name, sha, { conclusion: 'failure', attempt: attempts });
  const step = { number: 3, name: 'Build and push', progress: 'completed', conclusion: 'failure' } as const;
  const build = job(run, 'build', WHEN.build, { conclusion: 'failure', steps: [step] });
  const deploy = job(run, 'deploy', WHEN.deploy);
  builds.play(name, {
    runs: Array.from({ length: attempts }, (_, index) => ({ ...run, attempt: index + 1 })),
    jobs: { [run.id]: [build, deploy] },
    logs: {
      [build.id]: line(
        200,
        ...opened('docker/build-push-action@v6'),
        '#14 [builder 4/6] RUN npm ci',
        '#14 3.911 npm error 404 Not Found - GET https://packages.example/@mycompany%2fmoney',
        '#14 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
        '##[error]buildx failed with: ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
        ...ended(),
      ),
      [deploy.id]: line(60, ...opened('kubectl -n staging set image'), ...ended()),
    },
  });
  return { name, image, sha, asked: sha, pushed: OLD, run: run.url };
}

/** The sibling's run says which workflow builds it; the commit that is asked for has none. */
export const noBuild: Tell = async (builds, host) => {
  const { job, run: runOf } = builds;
  const { name, image } = named(host, 'search');
  const before = await builds.commit(name, byCommit(image));
  const run = runOf(name, before);
  builds.play(name, {
    runs: [run],
    jobs: { [run.id]: [job(run, 'build', WHEN.build), job(run, 'deploy', WHEN.deploy)] },
  });
  const sha = await builds.commit(name, { 'README.md': '# search\n' });
  return { name, image, sha, asked: sha, pushed: before, run: run.url };
};

/** Deployed by somebody who did not wait. */
export const runningBuild: Tell = async (builds, host) => {
  const { job, run: runOf } = builds;
  const { name, image } = named(host, 'mail');
  const sha = await builds.commit(name, byCommit(image));
  const { conclusion: _none, ...run } = runOf(name, sha, { progress: 'running' });
  const {
    conclusion: _yet,
    completedAt: _end,
    ...build
  } = job(run, 'build', [90, 0], { progress: 'running', steps: [] });
  builds.play(name, { runs: [run], jobs: { [run.id]: [build] } });
  return { name, image, sha, asked: sha, pushed: OLD, run: run.url };
};

/** Red herring: the pipeline has the fault, but this very tag was pushed, and somebody deleted it. */
export const deletedTag: Tell = async (builds, host) => {
  const { name, image } = named(host, 'parcels');
  const sha = await builds.commit(name, unneeded(image));
  const asked = `${sha.slice(0, 7)}-${builds.stamp(WHEN.named)}`;
  const run = builds.run(name, sha);
  builds.play(name, threeJobs(builds, image, run, { pushed: asked }));
  return { name, image, sha, asked, pushed: `0ddba11-${builds.stamp(90_000)}`, run: run.url };
};

/**
 * Red herring: the pod asks for what the first attempt pushed, since deleted; the second attempt of the same commit pushed another tag.
 * Neither minute lies in a job of the attempt that can be read.
 */
export const earlierAttempt: Tell = async (builds, host) => {
  const { name, image } = named(host, 'stock');
  const sha = await builds.commit(name, unneeded(image));
  const short = sha.slice(0, 7);
  const [pushed, asked] = [`${short}-${builds.stamp(WHEN.named)}`, `${short}-${builds.stamp(2_000)}`];
  const run = builds.run(name, sha, { attempt: 2, createdAt: builds.ago(2_100), updatedAt: builds.ago(5) });
  const runs = [{ ...run, attempt: 1, conclusion: 'failure' } as const, run];
  builds.play(name, threeJobs(builds, image, run, { pushed, runs }));
  return { name, image, sha, asked, pushed, run: run.url };
};
