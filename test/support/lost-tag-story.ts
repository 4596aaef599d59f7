/**
 * The incident "image exists as …-17-52, the cluster asks for …-17-54": a workflow whose deploy job reads an output of a job that it does
 * not need, and a fallback that hides it. Made for these tests after a public account of such an incident.
 */
import type { RunJob } from '../../src/build/run.ts';
import { parseTime } from '../../src/clock.ts';
import type { CodeHost } from '../../src/evidence/code-host.ts';
import { observed } from '../../src/evidence/observation.ts';
import type { RegistryReader } from '../../src/evidence/ports.ts';
import { aJob, aRepository, aRun, type CodeStory, fakeCodeHost, type RepositoryStory } from './fake-code-host.ts';
import { type FakeRegistry, fakeRegistry } from './readers.ts';

export const REPOSITORY = 'mycompany/api-service';
export const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';
export const PUSHED = 'a1b2c3d-2026-05-24-17-52';
export const ASKED = 'a1b2c3d-2026-05-24-17-54';
export const NAME = 'docker.io/mycompany/api-service';
export const IMAGE = `${NAME}:${ASKED}`;
export const FILE = '.github/workflows/deploy.yml';
export const DIGEST = `sha256:${'0a224269'.repeat(8)}`;

export function at(time: string): number {
  return parseTime(`2026-05-24T${time}Z`) ?? 0;
}

export const WORKFLOW = `name: deploy
on: { push: { branches: [main] } }
jobs:
  build:
    runs-on: ubuntu-latest
    outputs:
      image-tag: \${{ steps.meta.outputs.tag }}
    steps:
      - uses: actions/checkout@v4
      - id: meta
        run: echo "tag=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)" >> "$GITHUB_OUTPUT"
      - run: |
          docker build -t mycompany/api-service:\${{ steps.meta.outputs.tag }} .
          docker push mycompany/api-service:\${{ steps.meta.outputs.tag }}
  push:
    runs-on: ubuntu-latest
    needs: build
    steps:
      - run: echo "promoting \${{ needs.build.outputs.image-tag }}"
  deploy:
    runs-on: ubuntu-latest
    needs: push
    env:
      IMAGE_TAG: \${{ needs.build.outputs.image-tag }}
    steps:
      - uses: actions/checkout@v4
      - run: |
          if [ -z "\${IMAGE_TAG:-}" ]; then
            export IMAGE_TAG=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)
          fi
          kubectl -n staging set image deployment/api api=mycompany/api-service:$IMAGE_TAG
`;

/** Line of the broken read, and of the fallback. */
export const READ_LINE = WORKFLOW.split('\n').findIndex((line) => line.includes('IMAGE_TAG: $')) + 1;
export const FALLBACK_LINE = WORKFLOW.split('\n').findIndex((line) => line.includes('[ -z')) + 1;

type Span = readonly [from: string, to: string];

export function job(id: number, name: string, [from, to]: Span, over: Partial<RunJob> = {}): RunJob {
  const [startedAt, completedAt] = [at(from), at(to)];
  const url = `https://github.com/${REPOSITORY}/actions/runs/17/job/${id}`;
  const steps = [
    { number: 1, name: `Run ${name}`, progress: 'completed', conclusion: 'success', startedAt, completedAt },
  ] as const;
  return aJob({ id, name, startedAt, completedAt, url, steps, ...over });
}

export const JOBS = [
  job(1, 'build', ['17:51:50', '17:52:40']),
  job(2, 'push', ['17:52:50', '17:53:20']),
  job(3, 'deploy', ['17:53:50', '17:54:40']),
];

/** Lines with the time stamps that the runner prints; one that begins with `|` has none. */
export function log(time: string, ...lines: readonly string[]): string {
  return lines.map((line) => (line.startsWith('|') ? line.slice(1) : `2026-05-24T${time}.1234567Z ${line}`)).join('\n');
}

export const BUILD_LOG = log(
  '17:52:20',
  'The push refers to repository [docker.io/mycompany/api-service]',
  `${PUSHED}: digest: ${DIGEST} size: 1234`,
  'Evaluate and set job outputs',
  "Set output 'image-tag'",
  'Cleaning up orphan processes',
);

export const DEPLOY_LOG = log(
  '17:54:05',
  '##[group]Run if [ -z "${IMAGE_TAG:-}" ]; then',
  'if [ -z "${IMAGE_TAG:-}" ]; then',
  '  export IMAGE_TAG=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)',
  'fi',
  'shell: /usr/bin/bash -e {0}',
  'env:',
  '  IMAGE_TAG: ',
  '##[endgroup]',
  'deployment.apps/api image updated',
);

export const RUN = aRun({
  repository: REPOSITORY,
  headSha: SHA,
  createdAt: at('17:51:30'),
  startedAt: at('17:51:30'),
  updatedAt: at('17:54:45'),
  url: `https://github.com/${REPOSITORY}/actions/runs/17`,
});

function repository(over: Partial<RepositoryStory> = {}): RepositoryStory {
  return aRepository({
    runs: [RUN],
    jobs: { 17: JOBS },
    logs: { 1: BUILD_LOG, 3: DEPLOY_LOG },
    commits: [{ sha: SHA, at: at('17:50:00'), title: 'Add a route' }],
    refs: { main: SHA },
    files: { [SHA]: { [FILE]: WORKFLOW } },
    ...over,
  });
}

export function codeHost(
  over: Partial<RepositoryStory> = {},
  trouble?: CodeStory['trouble'],
): CodeHost & { readonly calls: readonly string[] } {
  return fakeCodeHost({ repositories: { [REPOSITORY]: repository(over) }, ...(trouble ? { trouble } : {}) });
}

/** The tag is missing for everybody; its sibling says where it was built. */
export function registry(
  names: readonly string[] = [PUSHED, 'a0ffee1-2026-05-23-09-10'],
): FakeRegistry & RegistryReader {
  const base = fakeRegistry(() => ({ kind: 'missing', code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }), names);
  return {
    ...base,
    origin: async () => observed({ source: `https://github.com/${REPOSITORY}`, runUrl: RUN.url, digest: DIGEST }),
  };
}
