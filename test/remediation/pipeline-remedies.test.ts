/** Buttons that act at the code host: the pull request that mends the pipeline, the failed build once more. */
import { describe, expect, it } from '@jest/globals';
import type { Detail, Finding } from '../../src/diagnosis/check.ts';
import type { BuildTrace, RunTrace } from '../../src/evidence/build-trace.ts';
import { absent, notCollected, observed } from '../../src/evidence/observation.ts';
import { parseReference } from '../../src/image/reference.ts';
import { openFixPullRequest } from '../../src/remediation/remedies/open-fix-pull-request.ts';
import { rerunBuild } from '../../src/remediation/remedies/rerun-build.ts';
import type { Remedy } from '../../src/remediation/remedy.ts';
import { checkFile } from '../../src/workflow/check.ts';
import { evidence } from '../diagnosis/support.ts';
import { aRepository, aRun, aSha } from '../support/fake-code-host.ts';
import { aStory } from '../support/readers.ts';
import { aContainer } from '../support/snapshots.ts';
import { fakeCodeWriter, LOST, PATH, pipelineStory } from './code-host.ts';
import { fakePorts, signal } from './fakes.ts';

const target = { cluster: 'test', namespace: 'staging', kind: 'Deployment', name: 'api' } as const;
const run = aRun({ path: PATH });

function trace(over: Partial<RunTrace> = {}): BuildTrace {
  const workflow = observed({ path: PATH, repository: run.repository, sha: run.headSha, text: LOST });
  const seen: RunTrace = { run, jobs: observed([]), workflow, files: [], earlier: [], ...over };
  return {
    repository: run.repository,
    linkedBy: 'source-label',
    commit: notCollected('not asked'),
    runs: observed([seen]),
    searched: [],
  };
}
function finding(over: Partial<Finding> = {}): Finding {
  return {
    cause: 'ci-output-lost',
    confidence: 'certain',
    because: ['buildTrace'],
    summary: 'The deploy job read an empty tag.',
    detail: {
      run: run.url,
      rule: 'needs-not-declared',
      ref: 'needs.build.outputs.image-tag',
      chain: ['build made 17-52', 'deploy `made` 17-54'],
    },
    alternatives: [],
    ...over,
  };
}
function propose<P extends Detail>(
  remedy: Remedy<P>,
  about: Finding,
  buildTrace = trace(),
  image = 'docker.io/shop/api:1.4.2',
) {
  const given = evidence({
    buildTrace: observed(buildTrace),
    container: observed(aContainer({ image })),
    reference: observed(parseReference(image)),
  });
  return remedy.propose({ target, finding: about, evidence: given, credentialHosts: [] });
}
function world(text?: string) {
  const fake = fakeCodeWriter(pipelineStory(text));
  return { fake, ports: { ...fakePorts(aStory()), codeHost: fake.codeHost } };
}

describe('the pull request with the fix', () => {
  const params = propose(openFixPullRequest, finding());

  it('is shown as a diff, opened once, and its content passes the checker', async () => {
    if (params === undefined) throw new Error('not offered');
    const { fake, ports } = world();
    const planned = await openFixPullRequest.run(params, ports, 'dry-run', signal);
    expect(planned).toMatchObject({ kind: 'planned' });
    const diff = planned.kind === 'planned' ? planned.plan.diff.join('\n') : '';
    expect(diff).toContain('-    needs: push\n');
    expect(diff).toContain('+    needs: [push, build]\n');
    expect(fake.opened).toEqual([]);
    const done = await openFixPullRequest.run(params, ports, 'apply', signal);
    expect(done).toEqual({
      kind: 'handed-over',
      note: expect.stringContaining('https://github.com/acme/shop/pull/12 is open'),
    });
    expect(await openFixPullRequest.run(params, ports, 'apply', signal)).toMatchObject({
      note: expect.stringContaining('was open already'),
    });
    expect(fake.opened).toHaveLength(1);
    const [draft] = fake.opened;
    expect(draft).toMatchObject({ repository: 'acme/shop', base: 'main' });
    expect(draft?.branch).toBe('pullcheck/deploy-yml-needs-not-declared-needs-build-outputs-image-tag');
    const after = draft?.changes[0]?.after ?? '';
    expect(after).toContain('push: # pushes what build made');
    expect(checkFile(PATH, after, () => undefined).filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(draft?.body).toContain(run.url);
    expect(draft?.body).toContain('build made 17-52');
    // Words of others cannot end the block that they stand in.
    expect(draft?.body).not.toContain('`made`');
  });

  it('links back to the thread in which it was asked for, where there is one', async () => {
    if (params === undefined) throw new Error('not offered');
    const thread = 'https://acme.slack.com/archives/C0INCIDENTS/p1767225600000100';
    const [linked, bare] = [world(), world()];
    await openFixPullRequest.run(params, { ...linked.ports, thread }, 'apply', signal);
    await openFixPullRequest.run(params, bare.ports, 'apply', signal);
    expect(linked.fake.opened[0]?.body).toContain(`in the incident’s thread (${thread}).`);
    expect(bare.fake.opened[0]?.body).toContain('in the incident’s thread.');
    expect(bare.fake.opened[0]?.body).not.toContain('/archives/');
  });

  it('is refused when the branch was mended since, and where the file is gone', async () => {
    if (params === undefined) throw new Error('not offered');
    const mended = LOST.replace('needs: push', 'needs: [build, push]').replace(/ +if \[ -z[\s\S]*? fi\n/, '');
    const { fake, ports } = world(mended);
    expect(await openFixPullRequest.run(params, ports, 'apply', signal)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('is not as it was when it ran'),
    });
    const gone = world(''); // no workflow at all
    expect(await openFixPullRequest.run(params, gone.ports, 'apply', signal)).toMatchObject({ kind: 'refused' });
    expect([...fake.opened, ...gone.fake.opened]).toEqual([]);
  });

  it('names the right that is missing, and says it when GitHub is not configured any more', async () => {
    if (params === undefined) throw new Error('not offered');
    const { fake, ports } = world();
    fake.instead.pullRequest = { kind: 'forbidden', reason: 'the push was refused', permission: 'workflows:write' };
    expect(await openFixPullRequest.run(params, ports, 'apply', signal)).toEqual({
      kind: 'refused',
      reason: 'acme/shop: the push was refused. The app or token needs workflows:write.',
    });
    const without = fakePorts(aStory());
    expect(await openFixPullRequest.run(params, without, 'apply', signal)).toMatchObject({
      reason: expect.stringContaining('GITHUB_TOKEN'),
    });
  });

  it('goes to the default branch where a git tag was pushed', () => {
    const tagged = trace({ run: { ...run, headBranch: 'v1.4.2' } });
    expect(propose(openFixPullRequest, finding(), tagged)).toMatchObject({ base: '' });
  });

  it('goes to the default branch, too, where a git tag has a name that a branch could have', async () => {
    const tagged = propose(openFixPullRequest, finding(), trace({ run: { ...run, headBranch: 'autumn-release' } }));
    if (tagged === undefined) throw new Error('not offered');
    expect(tagged).toMatchObject({ base: 'autumn-release' });
    const sha = aSha('head');
    const refs = { main: sha, 'autumn-release': sha };
    const files = { [sha]: { [PATH]: LOST } };
    const shop = aRepository({ commits: [{ sha, title: 'x' }], refs, files });
    const fake = fakeCodeWriter({ repositories: { 'acme/shop': shop } });
    fake.branches = ['main'];
    const ports = { ...fakePorts(aStory()), codeHost: fake.codeHost };
    expect(await openFixPullRequest.run(tagged, ports, 'apply', signal)).toMatchObject({ kind: 'handed-over' });
    expect(fake.opened).toMatchObject([{ base: 'main' }]);
  });

  it('has a branch for each file, however the files are called', async () => {
    const paths = ['.github/workflows/Deploy_api.yml', '.github/workflows/deploy-api.yml', 'ci/deploy-api.yml'];
    const branches = paths.map(async (path) => {
      const sha = aSha('head');
      const files = { [sha]: { [path]: LOST } };
      const fake = fakeCodeWriter({
        repositories: {
          'acme/shop': aRepository({ commits: [{ sha, title: 'x' }], refs: { main: sha }, files }),
        },
      });
      if (params === undefined) throw new Error('not offered');
      const asked = { ...params, path };
      await openFixPullRequest.run(asked, { ...fakePorts(aStory()), codeHost: fake.codeHost }, 'apply', signal);
      return fake.opened[0]?.branch;
    });
    const names = await Promise.all(branches);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^pullcheck\/[a-z0-9-]{1,80}$/);
  });

  it('is one button for the loss and for the fallback that hides it', () => {
    const hidden = { ...finding().detail, rule: 'silent-fallback', ref: 'IMAGE_TAG' };
    expect(propose(openFixPullRequest, finding({ cause: 'ci-silent-fallback', detail: hidden }))).toEqual(params);
  });

  it('is one button too where the loss is in a called workflow and the fallback in a script, and one pull request for all callers', async () => {
    const called = '.github/workflows/image.yml';
    const caller = `name: release
on: push
jobs:
  image:
    uses: ./${called}
  deploy:
    needs: image
    runs-on: ubuntu-latest
    env:
      TAG: \${{ needs.image.outputs.tag }}
    steps:
      - run: ./deploy.sh
`;
    const image = `name: image
on:
  workflow_call:
    outputs:
      tag:
        value: \${{ jobs.docker.outputs.tag }}
jobs:
  docker:
    runs-on: ubuntu-latest
    steps:
      - id: meta
        run: echo "tag=$(git rev-parse --short HEAD)-$(date +%F-%H-%M)" >> "$GITHUB_OUTPUT"
      - run: docker push "shop/api:\${{ steps.meta.outputs.tag }}"
`;
    const script = `#!/usr/bin/env bash
set -euo pipefail
TAG="\${TAG:-$(git rev-parse --short HEAD)-$(date +%F-%H-%M)}"
kubectl set image deployment/api api=docker.io/shop/api:$TAG
`;
    const files = [
      { path: called, text: image },
      { path: 'deploy.sh', text: script },
    ].map((one) => ({ ...one, repository: run.repository, sha: run.headSha }));
    const workflow = observed({ path: PATH, repository: run.repository, sha: run.headSha, text: caller });
    const seen = trace({ workflow, files });
    const chain = [
      'job image / docker pushed 17-52',
      `${PATH}:10 job deploy reads needs.image.outputs.tag`,
      `${called}:6 callers get an empty value`,
      'deploy.sh:3 makes a tag of an empty TAG',
    ];
    const offers = [
      { rule: 'reusable-output-not-declared', ref: 'jobs.docker.outputs.tag' },
      { rule: 'silent-fallback', ref: 'TAG' },
    ].map((one) => propose(openFixPullRequest, finding({ detail: { run: run.url, chain, ...one } }), seen));
    expect(offers[0]).toMatchObject({ rule: 'reusable-output-not-declared', path: PATH });
    expect(offers[1]).toEqual(offers[0]);

    const nightly = '.github/workflows/nightly.yml';
    const other = observed({ path: nightly, repository: run.repository, sha: run.headSha, text: caller });
    const about = finding({ detail: { run: run.url, chain: [], ...offers[0] } });
    const again = propose(openFixPullRequest, about, trace({ workflow: other, files }));
    expect([offers[0]?.path, again?.path]).toEqual([PATH, nightly]);
    const fake = fakeCodeWriter(pipelineStory(caller, { [nightly]: caller, [called]: image, 'deploy.sh': script }));
    const notes = [];
    for (const asked of [offers[0], again]) {
      if (asked === undefined) throw new Error('not offered');
      const ports = { ...fakePorts(aStory()), codeHost: fake.codeHost };
      notes.push(await openFixPullRequest.run(asked, ports, 'apply', signal));
    }
    expect(notes[1]).toMatchObject({ note: expect.stringContaining('was open already') });
    expect(fake.opened.map(({ branch, title }) => `${branch} ${title}`)).toEqual([
      expect.stringMatching(/^pullcheck\/image-yml-reusable-output-not-declared-\S+ .* in image\.yml$/),
    ]);
  });

  it('is not offered where no edit is proven, where the file could not be read, and for a file of another repository', () => {
    const other = finding({ detail: { ...finding().detail, ref: 'needs.build.outputs.other' } });
    expect(propose(openFixPullRequest, other)).toBeUndefined();
    expect(propose(openFixPullRequest, finding(), trace({ workflow: absent }))).toBeUndefined();
    const foreign = observed({ path: PATH, repository: 'else/where', sha: run.headSha, text: LOST });
    expect(propose(openFixPullRequest, finding(), trace({ workflow: foreign }))).toBeUndefined();
  });
});

describe('the failed build once more', () => {
  const failed = finding({ cause: 'build-failed' });
  const broken = (over: Partial<typeof run> = {}) => trace({ run: { ...run, conclusion: 'failure', ...over } });
  const params = propose(rerunBuild, failed, broken());

  it('is asked for once and then left to itself', async () => {
    if (params === undefined) throw new Error('not offered');
    const { fake, ports } = world();
    expect(await rerunBuild.run(params, ports, 'dry-run', signal)).toMatchObject({ kind: 'planned' });
    expect(fake.reran).toEqual([]);
    expect(await rerunBuild.run(params, ports, 'apply', signal)).toMatchObject({ kind: 'handed-over' });
    expect(fake.reran).toEqual([run.id]);
    fake.instead.rerun = { kind: 'changed', reason: 'it was run again since' };
    expect(await rerunBuild.run(params, ports, 'apply', signal)).toMatchObject({ kind: 'refused' });
  });

  it('is not offered for a second attempt, a running one, or a tag that a new run would name anew', () => {
    expect(propose(rerunBuild, failed, broken({ attempt: 2 }))).toBeUndefined();
    expect(propose(rerunBuild, failed, broken({ progress: 'running' }))).toBeUndefined();
    expect(propose(rerunBuild, failed, broken(), 'docker.io/shop/api:a1b2c3d-2026-05-24-17-54')).toBeUndefined();
    expect(propose(rerunBuild, finding(), broken())).toBeUndefined();
  });
});
