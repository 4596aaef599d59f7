/** The part of WHOLE_EVIDENCE that tells how an image was built and who deploys it. */
import type { EvidenceKinds } from '../../src/evidence/evidence.ts';
import { observed } from '../../src/evidence/observation.ts';
import { IMAGE, NOON } from './snapshots.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;
const SHA = 'c'.repeat(40);

const RUN = {
  id: 7,
  attempt: 1,
  repository: 'team/api',
  path: '.github/workflows/build.yml',
  name: 'Build',
  headSha: SHA,
  headBranch: 'main',
  event: 'push',
  progress: 'completed',
  conclusion: 'failure',
  createdAt: NOON - 900_000,
  startedAt: NOON - 900_000,
  updatedAt: NOON - 600_000,
  url: 'https://github.com/team/api/actions/runs/7',
  referenced: [{ path: 'team/shared/.github/workflows/image.yml', sha: SHA }],
} as const;

const FILE = { path: '.github/workflows/build.yml', repository: 'team/api', sha: SHA, text: 'on: push\njobs: {}\n' };
const STEP_TIMES = { progress: 'completed', conclusion: 'failure', startedAt: NOON, completedAt: NOON } as const;
export const OWNER = {
  controller: 'argo-cd',
  application: 'shop',
  namespace: 'argocd',
  sign: 'annotation argocd.argoproj.io/tracking-id',
  isSure: true,
} as const;

type Builds = 'buildTrace' | 'buildJobs' | 'gitopsSource';

export const WHOLE_BUILDS: { readonly [K in Builds]: readonly EvidenceKinds[K][] } = {
  buildTrace: [
    {
      repository: 'team/api',
      linkedBy: 'source-label',
      sibling: { tag: '1.4.1', origin: { source: 'https://github.com/team/api', revision: SHA, runUrl: RUN.url } },
      commit: observed({ sha: SHA, at: NOON, title: 'Raise the version' }),
      runs: observed([
        {
          run: RUN,
          jobs: observed([
            {
              job: {
                id: 1,
                name: 'build',
                ...STEP_TIMES,
                url: RUN.url,
                steps: [{ number: 1, name: 'Push', ...STEP_TIMES }],
              },
              log: observed({
                outputsSet: ['tag'],
                outputsMasked: ['digest'],
                steps: [
                  { title: 'make push', env: { TAG: '1' }, inputs: { tags: 'x' }, at: NOON, script: 'make push' },
                ],
                pushed: [{ repository: 'registry.example.com/team/api', tag: '1.4.1', digest: DIGEST, at: NOON }],
                planned: [{ repository: 'registry.example.com/team/api', tag: '1.4.2' }],
                mentions: [{ word: '1.4.2', at: NOON }],
                errors: ['it failed'],
                truncated: false,
              }),
            },
          ]),
          workflow: observed(FILE),
          fileNote: 'it may be another one',
          files: [{ ...FILE, path: 'scripts/push.sh', text: 'set -e\nmake push\n' }],
          earlier: [{ attempt: 1, headSha: SHA, conclusion: 'failure' }],
        },
      ]),
      listed: { by: 'commit', runs: [RUN], isComplete: true },
      builder: '.github/workflows/build.yml',
      rolledOut: NOON,
      branch: { name: 'main', head: observed({ sha: SHA, at: NOON, title: 'Raise the version' }) },
      searched: ['runs for the commit'],
    },
  ],
  buildJobs: [
    {
      jobs: [
        {
          name: 'build-api',
          namespace: 'ci',
          builder: 'kaniko',
          createdAt: NOON,
          endedAt: NOON,
          state: 'failed',
          reason: 'BackoffLimitExceeded',
          destination: IMAGE,
          match: 'exact',
          sameRegistry: true,
        },
      ],
      extent: 'cluster',
      truncated: false,
      log: observed({ lines: ['error pushing image', 'exit 1'], isCut: false }),
    },
  ],
  gitopsSource: [
    {
      owner: OWNER,
      origin: observed([
        {
          repoUrl: 'https://github.com/team/deploy',
          path: 'apps/shop',
          revision: 'main',
          isPinned: false,
          chart: 'api',
          ref: 'values',
          valueFiles: ['values.yaml'],
          overrides: ['image.tag=1.4.2'],
        },
      ]),
      manifest: observed({
        repository: 'team/deploy',
        base: 'main',
        places: [
          {
            path: 'apps/shop/api.yaml',
            line: 9,
            form: 'image',
            url: 'https://github.com/team/deploy/blob/main/apps/shop/api.yaml#L9',
            isWeak: false,
            isShared: false,
            object: 'Deployment/api',
            range: [1, 5],
          },
        ],
        read: ['apps/shop/api.yaml'],
        isComplete: true,
      }),
      convention: 'apps/shop/api-deployment.yaml',
    },
  ],
};
