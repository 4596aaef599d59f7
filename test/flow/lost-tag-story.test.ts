/** From the broken pod back to the job that lost the tag, through the whole diagnosis. */
import { describe, expect, it } from '@jest/globals';
import { CALLED_RUN, callerOf, ROLL_OUT } from '../support/called-workflow.ts';
import {
  ASKED,
  at,
  BUILD_LOG,
  codeHost,
  DEPLOY_LOG,
  FALLBACK_LINE,
  FILE,
  JOBS,
  job,
  log,
  NAME,
  PUSHED,
  READ_LINE,
  REPOSITORY,
  RUN,
  registry,
  SHA,
  WORKFLOW,
} from '../support/lost-tag-story.ts';
import { causes, chainOf, look } from '../support/lost-tag-world.ts';

describe('a deploy job that reads the output of a job it does not need, behind a fallback', () => {
  it('is found from the pod, with the chain and the lines as they were', async () => {
    const diagnosis = await look({ host: codeHost() });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
    expect(causes(diagnosis)).toEqual(['ci-output-lost certain', 'ci-silent-fallback certain']);
    expect(diagnosis.verdict.summary).toContain(
      `The image exists under ${PUSHED} (built 17:52 in job build); the pod asks for ${ASKED} (made up 17:54 in job deploy)`,
    );
    expect(diagnosis.findings[0]?.detail).toMatchObject({
      pushedTag: PUSHED,
      askedTag: ASKED,
      run: RUN.url,
      commit: SHA,
      repository: REPOSITORY,
      rule: 'needs-not-declared',
      ref: 'needs.build.outputs.image-tag',
      file: FILE,
      line: READ_LINE,
    });
    expect(chainOf(diagnosis)).toEqual([
      `job build pushed ${PUSHED} at 17:52: https://github.com/${REPOSITORY}/actions/runs/17/job/1`,
      `${FILE}:${READ_LINE} job deploy reads needs.build.outputs.image-tag without needing that job: https://github.com/${REPOSITORY}/blob/${SHA}/${FILE}#L${READ_LINE}`,
      'the log of job deploy shows IMAGE_TAG empty',
      `${FILE}:${FALLBACK_LINE} makes $(git rev-parse --short HEAD)-$(date +%F-%H-%M) of an empty IMAGE_TAG: https://github.com/${REPOSITORY}/blob/${SHA}/${FILE}#L${FALLBACK_LINE}`,
      `17:52 in ${PUSHED} lies in job build, step Run build, 17:54 in ${ASKED} in job deploy, step Run deploy`,
      `the pod asks for ${ASKED}, which came out of job deploy at 17:54; nothing was pushed under that name`,
    ]);
    expect(diagnosis.lights.reference).toBe('bad');
  });

  it('is proven by the clock alone when the logs have expired', async () => {
    const diagnosis = await look({ host: codeHost({}, 'logs-gone') });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
    expect(chainOf(diagnosis).join('\n')).toContain(`17:52 in ${PUSHED} lies in job build`);
  });

  it('is at most likely where neither a log nor the clock proves it', async () => {
    const jobs = JOBS.map((one) => ({ ...one, startedAt: at('10:00:00'), completedAt: at('10:05:00'), steps: [] }));
    const diagnosis = await look({ host: codeHost({ jobs: { 17: jobs } }, 'logs-forbidden') });
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(causes(diagnosis)).toContain('ci-output-lost likely');
  });

  it('is found where a masked owner turns every image into ***/api-service', async () => {
    const masked = BUILD_LOG.replaceAll('mycompany', '***');
    const diagnosis = await look({ host: codeHost({ logs: { 1: masked, 3: DEPLOY_LOG } }) });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
    expect(diagnosis.findings[0]?.detail['pushedTag']).toBe(PUSHED);
  });

  it('is no lost output where the log shows that the value arrived', async () => {
    const arrived = DEPLOY_LOG.replace('IMAGE_TAG: ', `IMAGE_TAG: ${PUSHED}`);
    const elsewhere = JOBS.map((one) => ({
      ...one,
      steps: [],
      startedAt: at('10:00:00'),
      completedAt: at('10:05:00'),
    }));
    const diagnosis = await look({ host: codeHost({ logs: { 1: BUILD_LOG, 3: arrived }, jobs: { 17: elsewhere } }) });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
  });
});

describe('other shapes of the same loss', () => {
  it('an output that a secret in its value made the runner drop', async () => {
    const workflow = WORKFLOW.replace('needs: push\n', 'needs: [build, push]\n');
    const build = BUILD_LOG.replace(
      "Set output 'image-tag'",
      "##[warning]Skip output 'image-tag' since it may contain secret.",
    );
    const diagnosis = await look({
      host: codeHost({ files: { [SHA]: { [FILE]: workflow } }, logs: { 1: build, 3: DEPLOY_LOG } }),
    });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
    expect(chainOf(diagnosis).join('\n')).toContain('dropped because it may contain a secret');
  });

  it('an output that holds a secret by its file: the fault is where it is declared, and the secret is not called empty', async () => {
    const workflow = WORKFLOW.replace('needs: push\n', 'needs: [build, push]\n').replace(
      'echo "tag=$',
      'echo "tag=${{ secrets.REGISTRY_USER }}-$',
    );
    const diagnosis = await look({ host: codeHost({ files: { [SHA]: { [FILE]: workflow } } }, 'logs-gone') });
    const [first] = diagnosis.findings;
    expect(first).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
    expect(first?.detail).toMatchObject({ rule: 'output-may-be-masked', ref: 'outputs.image-tag', line: 7 });
    expect(chainOf(diagnosis).join('\n')).toContain('which holds secrets.REGISTRY_USER and is dropped by the runner');
    expect(first?.fix).toContain('without the secret');
  });

  it('a deploy that names a registry with its port: the port is no tag', async () => {
    const workflow = WORKFLOW.replace('api=mycompany/', 'api=docker.io:443/mycompany/');
    const diagnosis = await look({ host: codeHost({ files: { [SHA]: { [FILE]: workflow } } }) });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
  });

  it('a tag that one job made and another pushed: each with its minute', async () => {
    const workflow = WORKFLOW.replace('echo "promoting ', 'docker push "mycompany/api-service:');
    const logs = {
      1: BUILD_LOG.replace(/\n[^\n]*digest:[^\n]*/, ''),
      2: BUILD_LOG.replaceAll('17:52:20', '17:53:10'),
      3: DEPLOY_LOG,
    };
    const diagnosis = await look({ host: codeHost({ files: { [SHA]: { [FILE]: workflow } }, logs }) });
    expect(diagnosis.verdict.summary).toContain(
      'under a1b2c3d-2026-05-24-17-52 (built 17:52 in job build, pushed 17:53 in job push)',
    );
  });

  it('an output that was declared, read rightly, and never set in that run', async () => {
    const workflow = WORKFLOW.replace('needs: push\n', 'needs: [build, push]\n');
    const build = BUILD_LOG.replace(/\n[^\n]*Set output 'image-tag'/, '');
    const diagnosis = await look({
      host: codeHost({ files: { [SHA]: { [FILE]: workflow } }, logs: { 1: build, 3: DEPLOY_LOG } }),
    });
    expect(diagnosis.verdict).toMatchObject({ cause: 'ci-output-lost', confidence: 'certain' });
    expect(diagnosis.verdict.summary).toContain('which was never set');
  });

  it('a deploy that lies in a called workflow', async () => {
    const caller = callerOf('./.github/workflows/roll-out.yml');
    const diagnosis = await look({
      host: codeHost({
        ...CALLED_RUN,
        files: { [SHA]: { [FILE]: caller, '.github/workflows/roll-out.yml': ROLL_OUT } },
      }),
    });
    expect(causes(diagnosis)).toEqual(['ci-output-lost certain', 'ci-silent-fallback certain']);
    expect(diagnosis.findings[1]?.detail).toMatchObject({ file: '.github/workflows/roll-out.yml' });
  });

  it('an output that the called workflow declares under another name', async () => {
    const called = `name: image
on: { workflow_call: { outputs: { tag: { value: "\${{ jobs.image.outputs.imageTag }}" } } } }
jobs:
  image:
    runs-on: ubuntu-latest
    outputs:
      image-tag: \${{ steps.meta.outputs.tag }}
    steps:
      - id: meta
        run: echo "tag=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)" >> "$GITHUB_OUTPUT"
      - run: docker push mycompany/api-service:\${{ steps.meta.outputs.tag }}
`;
    const deploy = WORKFLOW.slice(WORKFLOW.indexOf('  deploy:\n')).replace('needs: push', 'needs: build');
    const caller = `name: deploy
on: push
jobs:
  build:
    uses: ./.github/workflows/image.yml
${deploy.replace('outputs.image-tag', 'outputs.tag')}`;
    const diagnosis = await look({
      host: codeHost({
        files: { [SHA]: { [FILE]: caller, '.github/workflows/image.yml': called } },
        jobs: { 17: [job(1, 'build / image', ['17:51:50', '17:52:40']), ...JOBS.slice(2)] },
      }),
    });
    expect(causes(diagnosis)).toEqual(['ci-output-lost certain', 'ci-silent-fallback certain']);
    expect(diagnosis.findings[0]?.detail).toMatchObject({
      file: '.github/workflows/image.yml',
      line: 2,
      rule: 'reusable-output-not-declared',
    });
    expect(chainOf(diagnosis).join('\n')).toContain(`blob/${SHA}/.github/workflows/image.yml#L2`);
  });

  it('a composite action that hands an empty tag to a Makefile, which says main', async () => {
    const action = `name: deploy
inputs: { sha: { required: true } }
runs:
  using: composite
  steps:
    - shell: bash
      env: { IMAGE_TAG: "\${{ inputs.sha }}" }
      run: make deploy
`;
    const makefile = `deploy:
	$(if $(IMAGE_TAG), , $(eval export IMAGE_TAG=main))
	kubectl set image deployment/api api=mycompany/api-service:$(IMAGE_TAG)
`;
    const caller = `${WORKFLOW.slice(0, WORKFLOW.indexOf('  deploy:\n'))}  deploy:
    runs-on: ubuntu-latest
    needs: push
    steps:
      - uses: actions/checkout@v4
      - uses: ./.github/actions/deploy
        with:
          sha: \${{ needs.build.outputs.image-tag }}
`;
    const given = log('17:54:05', '##[group]Run ./.github/actions/deploy', 'with:', '  sha: ', '##[endgroup]');
    const diagnosis = await look({
      image: `${NAME}:main`,
      host: codeHost({
        files: { [SHA]: { [FILE]: caller, '.github/actions/deploy/action.yml': action, Makefile: makefile } },
        logs: { 1: BUILD_LOG, 3: given },
      }),
    });
    expect(causes(diagnosis)).toEqual(['ci-output-lost certain', 'ci-silent-fallback certain']);
    expect(diagnosis.findings[1]?.detail).toMatchObject({ file: 'Makefile', line: 2 });
  });

  it('a deploy that asks for 40 characters of the commit where the build pushed 7', async () => {
    const workflow = WORKFLOW.replaceAll('-$(date +%F-%H-%M)', '').replace(
      /    env:\n {6}IMAGE_TAG[\s\S]*$/,
      `    steps:
      - run: kubectl set image deployment/api api=mycompany/api-service:\${{ github.sha }}
`,
    );
    const build = BUILD_LOG.replaceAll(PUSHED, 'a1b2c3d');
    const diagnosis = await look({
      image: `${NAME}:${SHA}`,
      images: registry(['a1b2c3d', 'a0ffee1']),
      host: codeHost({ files: { [SHA]: { [FILE]: workflow } }, logs: { 1: build } }),
    });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    expect(diagnosis.findings[0]?.detail).toMatchObject({ rule: 'sha-format-divergence', pushedTag: 'a1b2c3d' });
    expect(diagnosis.verdict.summary).toContain('the image exists under a1b2c3d (pushed 17:52 by job build)');
  });

  it('a script that makes up a tag when it gets none', async () => {
    const script = `#!/bin/bash
IMAGE_TAG=\${IMAGE_TAG:-$(git rev-parse --short HEAD)-$(date +%F-%H-%M)}
kubectl set image deployment/api api=mycompany/api-service:$IMAGE_TAG
`;
    const caller = `${WORKFLOW.slice(0, WORKFLOW.indexOf('  deploy:\n'))}  deploy:
    runs-on: ubuntu-latest
    needs: push
    steps:
      - uses: actions/checkout@v4
      - run: ./scripts/deploy.sh
`;
    const diagnosis = await look({
      host: codeHost({ files: { [SHA]: { [FILE]: caller, 'scripts/deploy.sh': script } }, logs: { 1: BUILD_LOG } }),
    });
    expect(causes(diagnosis)).toEqual(['ci-silent-fallback certain']);
    expect(diagnosis.findings[0]?.detail).toMatchObject({ file: 'scripts/deploy.sh', line: 2 });
  });
});
