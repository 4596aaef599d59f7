/**
 * The repository behind the missing tag: `deploy` reads an output of a job that it does not need, gets nothing, and a fallback makes up a
 * new tag two minutes after the image was pushed. Every run is green.
 */
import type { RunJob, RunStep } from '../../../build/run.ts';
import { parseTime } from '../../../clock.ts';
import { addCommit, type SimulatedRepository } from '../github/repository.ts';

/** `docker.io/mycompany/api-service` in the story; the demo's own registry here. */
export const PIPELINE = {
  repository: 'mycompany/api-service',
  pushed: 'a1b2c3d-2026-05-24-17-52',
  asked: 'a1b2c3d-2026-05-24-17-54',
} as const;

const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';
const RUN = 26374;
const PATH = '.github/workflows/deploy.yml';

const WORKFLOW = `name: deploy
on:
  push:
    branches: [main]
jobs:
  build:
    runs-on: ubuntu-latest
    outputs:
      image-tag: \${{ steps.meta.outputs.tag }}
    steps:
      - uses: actions/checkout@v4
      - id: meta
        name: Name the image
        run: echo "tag=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)" >> "$GITHUB_OUTPUT"
      - name: Build and push
        run: |
          docker build -t "$REGISTRY/mycompany/api-service:\${{ steps.meta.outputs.tag }}" .
          docker push "$REGISTRY/mycompany/api-service:\${{ steps.meta.outputs.tag }}"
  smoke:
    # starts the image once
    needs: build
    runs-on: ubuntu-latest
    steps:
      - run: docker run --rm "$REGISTRY/mycompany/api-service:\${{ needs.build.outputs.image-tag }}" --version
  deploy:
    needs: smoke
    runs-on: ubuntu-latest
    env:
      IMAGE_TAG: \${{ needs.build.outputs.image-tag }}
    steps:
      - uses: actions/checkout@v4
      - name: Roll out
        run: |
          if [ -z "\${IMAGE_TAG:-}" ]; then
            export IMAGE_TAG=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)
          fi
          kubectl -n staging set image deployment/api-service api-service="$REGISTRY/mycompany/api-service:$IMAGE_TAG"
`;

function at(clock: string): number {
  return parseTime(`2026-05-24T${clock}Z`) ?? 0;
}

function step(number: number, name: string, from: string, to: string): RunStep {
  return { number, name, progress: 'completed', conclusion: 'success', startedAt: at(from), completedAt: at(to) };
}

/** Fills an empty repository. `web` is where its pages are, `registry` the demo's own. */
export function tellPipeline(repository: SimulatedRepository, web: string, registry: string): void {
  const files = new Map([
    [PATH, WORKFLOW],
    ['Dockerfile', 'FROM scratch\nCOPY api /api\nENTRYPOINT ["/api"]\n'],
  ]);
  addCommit(repository, { sha: SHA, title: 'Answer health checks faster', at: at('17:50:30'), files });
  repository.branches.set('main', SHA);
  const url = `${web}/${repository.name}/actions/runs/${RUN}`;
  repository.runs.push({
    id: RUN,
    attempt: 1,
    repository: repository.name,
    path: PATH,
    name: 'deploy',
    headSha: SHA,
    headBranch: 'main',
    event: 'push',
    progress: 'completed',
    conclusion: 'success',
    createdAt: at('17:51:02'),
    startedAt: at('17:51:02'),
    updatedAt: at('17:54:40'),
    url,
    referenced: [],
  });
  repository.jobs.set(RUN, jobsOf(url));
  for (const [id, log] of logsOf(registry)) repository.logs.set(id, log);
}

function jobsOf(url: string): readonly RunJob[] {
  const job = (id: number, name: string, [from, to]: readonly [string, string], steps: readonly RunStep[]): RunJob => ({
    id,
    name,
    progress: 'completed',
    conclusion: 'success',
    startedAt: at(from),
    completedAt: at(to),
    url: `${url}/job/${id}`,
    steps,
  });
  return [
    job(
      1,
      'build',
      ['17:51:10', '17:53:05'],
      [
        step(1, 'Set up job', '17:51:10', '17:51:14'),
        step(2, 'Run actions/checkout@v4', '17:51:14', '17:51:20'),
        step(3, 'Name the image', '17:52:08', '17:52:09'),
        step(4, 'Build and push', '17:52:09', '17:53:01'),
      ],
    ),
    job(2, 'smoke', ['17:53:12', '17:53:50'], [step(1, 'Set up job', '17:53:12', '17:53:50')]),
    job(
      3,
      'deploy',
      ['17:53:58', '17:54:38'],
      [
        step(1, 'Set up job', '17:53:58', '17:54:01'),
        step(2, 'Run actions/checkout@v4', '17:54:01', '17:54:06'),
        step(3, 'Roll out', '17:54:06', '17:54:36'),
      ],
    ),
  ];
}

/** As the runner writes them (actions/runner `ScriptHandler.cs`, `JobExtension.cs`). */
function logsOf(registry: string): ReadonlyMap<number, string> {
  const image = `${registry}/mycompany/api-service`;
  const digest = `sha256:${'4f'.repeat(32)}`;
  const stamped = (clock: string, lines: readonly string[]) =>
    lines.map((line) => `2026-05-24T${clock}.0000000Z ${line}`);
  const build = [
    ...stamped('17:52:08', [
      '##[group]Run echo "tag=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)" >> "$GITHUB_OUTPUT"',
      'shell: /usr/bin/bash -e {0}',
      '##[endgroup]',
    ]),
    ...stamped('17:52:09', [
      `##[group]Run docker build -t "$REGISTRY/mycompany/api-service:${PIPELINE.pushed}" .`,
      'shell: /usr/bin/bash -e {0}',
      'env:',
      `  REGISTRY: ${registry}`,
      '##[endgroup]',
    ]),
    ...stamped('17:52:58', [
      `The push refers to repository [${image}]`,
      `${PIPELINE.pushed}: digest: ${digest} size: 1024`,
    ]),
    ...stamped('17:53:03', ['Evaluate and set job outputs', "Set output 'image-tag'", 'Cleaning up orphan processes']),
  ];
  const deploy = [
    ...stamped('17:54:06', [
      '##[group]Run if [ -z "${IMAGE_TAG:-}" ]; then',
      'shell: /usr/bin/bash -e {0}',
      'env:',
      '  IMAGE_TAG: ',
      `  REGISTRY: ${registry}`,
      '##[endgroup]',
    ]),
    ...stamped('17:54:35', ['deployment.apps/api-service image updated']),
    ...stamped('17:54:37', ['Cleaning up orphan processes']),
  ];
  return new Map([
    [1, `${build.join('\n')}\n`],
    [3, `${deploy.join('\n')}\n`],
  ]);
}
