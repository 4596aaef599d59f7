/** A missing tag of a workload that Argo CD or Flux writes: the file in Git is named, and changed there. */
import { describe, expect, it } from '@jest/globals';
import { forbidden, notCollected, unreachable } from '../../src/evidence/observation.ts';
import { openGitopsPullRequest } from '../../src/remediation/remedies/open-gitops-pull-request.ts';
import { fakeCodeWriter } from '../remediation/code-host.ts';
import { fakePorts } from '../remediation/fakes.ts';
import {
  ASKED,
  anObject,
  argo,
  aSource,
  codeStory,
  diagnose,
  flux,
  gitOpsCalls,
  manifest,
  PUSHED,
  REPOSITORY,
  release,
  SHA,
  TAG,
} from '../support/gitops-world.ts';
import { aStory } from '../support/readers.ts';

describe('a missing tag that Argo CD deploys', () => {
  it('is changed in Git: owner, file and line are named, and the button opens the pull request', async () => {
    const { diagnosis, summary, offered, calls, asked } = await diagnose();
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(summary).toContain('owned by Argo CD application shop');
    expect(summary).toContain('change it in acme/deploy apps/staging/api-deployment.yaml:10, not in the cluster');
    expect(diagnosis.findings[0]?.detail).toMatchObject({
      manifestUrls: [`https://github.com/acme/deploy/blob/${SHA}/apps/staging/api-deployment.yaml#L10`],
    });
    expect(diagnosis.steps.find(({ id }) => id === 'manifest')).toMatchObject({
      command: 'kubectl get applications.argoproj.io -A --field-selector metadata.name=shop -o yaml',
    });
    expect(offered).toEqual(['open-gitops-pull-request']);
    expect(gitOpsCalls(calls)).toEqual(['gitOps Application */shop']);
    expect(calls.length).toBeLessThanOrEqual(12);
    expect(new Set(calls).size).toBe(calls.length);
    expect(asked.length).toBeLessThanOrEqual(10);
  });

  it('is opened once, changes only the tag, and leaves the live object alone', async () => {
    const { diagnosis } = await diagnose();
    const params = openGitopsPullRequest.Params.parse(diagnosis.remedies[0]?.params);
    const fake = fakeCodeWriter(codeStory({}));
    const thread = 'https://acme.slack.com/archives/C0INCIDENTS/p1767225600000100';
    const ports = { ...fakePorts(aStory()), codeHost: fake.codeHost, thread };
    const { signal } = new AbortController();
    const planned = await openGitopsPullRequest.run(params, ports, 'dry-run', signal);
    const diff = planned.kind === 'planned' ? planned.plan.diff : [];
    expect(diff.filter((line) => /^[-+] /.test(line))).toEqual([
      `-          image: ${ASKED} # set by CI`,
      `+          image: ${PUSHED} # set by CI`,
    ]);
    expect(fake.opened).toEqual([]);
    for (const found of ['is open', 'was open already'])
      expect(await openGitopsPullRequest.run(params, ports, 'apply', signal)).toMatchObject({
        kind: 'handed-over',
        note: expect.stringContaining(`https://github.com/acme/deploy/pull/12 ${found}`),
      });
    expect(fake.opened).toMatchObject([
      {
        repository: 'acme/deploy',
        base: 'main',
        branch: 'pullcheck/deploy-apps-staging-api-deployment-a1b2c3d-2026-03-19-17-52',
        changes: [{ path: 'apps/staging/api-deployment.yaml', before: manifest(), after: manifest(PUSHED) }],
      },
    ]);
    expect(fake.opened[0]?.body).toContain(ASKED);
    expect(fake.opened[0]?.body).toContain(`in the incident’s thread (${thread}).`);
    const since = fakeCodeWriter(codeStory({ files: { 'apps/staging/api-deployment.yaml': manifest(PUSHED) } }));
    const late = await openGitopsPullRequest.run(params, { ...ports, codeHost: since.codeHost }, 'apply', signal);
    expect(late).toMatchObject({ kind: 'refused', reason: expect.stringContaining('is not as it was') });
    expect(since.opened).toEqual([]);
    expect(openGitopsPullRequest.verify(params, { diagnosis, stuck: 0, stuckSince: 0 }).kind).toBe('waiting');
  });

  it('in two places: both are named, and no button guesses', async () => {
    const files = { 'apps/staging/api.yaml': manifest(), 'apps/staging/api-deployment.yaml': manifest() };
    const { summary, offered } = await diagnose({ files });
    expect(summary).toContain('apps/staging/api-deployment.yaml:10 and acme/deploy apps/staging/api.yaml:10');
    expect(offered).toEqual([]);
  });

  it('in a manifest of another object too: the workload’s own is meant', async () => {
    const files = { 'apps/staging/a.yaml': manifest(ASKED, 'worker'), 'apps/staging/b.yaml': manifest() };
    const { summary, offered } = await diagnose({ files });
    expect(summary).toContain('change it in acme/deploy apps/staging/b.yaml:10');
    expect(offered).toEqual(['open-gitops-pull-request']);
  });

  it('in a base that others share: named, without a button', async () => {
    const files = {
      'apps/staging/kustomization.yaml': 'resources: [../../base]\n',
      'base/deployment.yaml': manifest(),
      'apps/prod/api.yaml': manifest(),
    };
    const { summary, offered } = await diagnose({ files });
    expect(summary).toContain('change it in acme/deploy base/deployment.yaml:10');
    expect(summary).toContain('outside of its own folder');
    expect(offered).toEqual([]);
  });

  it('set by the Application itself, or at a fixed revision: said, without a button', async () => {
    const set = await diagnose({ objects: [anObject({ sources: [aSource({ overrides: [`image.tag=${TAG}`] })] })] });
    expect(set.summary).toContain(`sets it over the files (image.tag=${TAG})`);
    expect(set.offered).toEqual([]);
    const fixed = await diagnose({ objects: [anObject({ sources: [aSource({ revision: SHA, isPinned: true })] })] });
    expect(fixed.summary).toContain('follows a fixed revision');
    expect(fixed.offered).toEqual([]);
  });

  it('in value files: the one that the Application names counts, and a bare tag there is the image’s if it stands nowhere else', async () => {
    const values = (tag: string) => `image:\n  tag: ${tag}\n`;
    const chart = aSource({ path: 'charts/api', valueFiles: ['values-staging.yaml'] });
    const files = {
      'charts/api/values.yaml': `image:\n  repository: ${REPOSITORY}\n  tag: latest\n`,
      'charts/api/values-prod.yaml': values('1.4.0'),
      'charts/api/values-staging.yaml': values(TAG),
    };
    const { summary, offered } = await diagnose({ objects: [anObject({ sources: [chart] })], files });
    expect(summary).toContain('change it in acme/deploy charts/api/values-staging.yaml:2, not');
    expect(offered).toEqual(['open-gitops-pull-request']);
    const unnamed = {
      ...files,
      'charts/api/values-staging.yaml': values('1.3'),
      'charts/api/values-qa.yaml': values(TAG),
    };
    const likely = await diagnose({ objects: [anObject({ sources: [chart] })], files: unnamed });
    expect(likely.summary).toContain('values-qa.yaml:2 (likely:');
    expect(likely.offered).toEqual([]);
  });

  it('in a kustomization laid over a manifest: the kustomization’s tag is what counts', async () => {
    const images = `resources: [api.yaml]\nimages:\n  - name: ${REPOSITORY}\n    newTag: ${TAG}\n`;
    const files = { 'apps/staging/kustomization.yaml': images, 'apps/staging/api.yaml': manifest() };
    const { summary, offered } = await diagnose({ files });
    expect(summary).toContain('change it in acme/deploy apps/staging/kustomization.yaml:4');
    expect(offered).toEqual(['open-gitops-pull-request']);
  });

  it('in no file that was read: the repository and the folder are said', async () => {
    const { summary, offered } = await diagnose({ files: { 'apps/staging/api.yaml': manifest(PUSHED, 'worker') } });
    expect(summary).toContain('deploys from https://github.com/acme/deploy.git, folder apps/staging');
    expect(summary).toContain('No file that was read writes this image down (1 read)');
    expect(offered).toEqual([]);
  });
});

describe('a missing tag that Flux deploys', () => {
  const kustomization = anObject({
    kind: 'Kustomization',
    namespace: 'flux-system',
    name: 'apps',
    sources: [aSource({ repoUrl: '', path: './apps/staging' })],
    sourceRef: { kind: 'GitRepository', namespace: 'flux-system', name: 'fleet' },
    manages: [],
  });
  const fleet = anObject({
    kind: 'GitRepository',
    namespace: 'flux-system',
    name: 'fleet',
    sources: [aSource({ repoUrl: 'ssh://git@github.com/acme/deploy', path: '', revision: 'live' })],
    manages: [],
  });

  it('by a Kustomization is changed where its new tag is written', async () => {
    const images = `images:\n  - name: api\n    newName: ${REPOSITORY}\n    newTag: ${TAG}\n`;
    const files = { 'apps/staging/kustomization.yaml': images, 'apps/staging/deployment.yaml': manifest('api') };
    const { diagnosis, summary, offered, calls } = await diagnose({
      owner: flux,
      objects: [kustomization, fleet],
      files,
    });
    expect(summary).toContain('Flux Kustomization flux-system/apps');
    expect(summary).toContain('change it in acme/deploy apps/staging/kustomization.yaml:4');
    expect(offered).toEqual(['open-gitops-pull-request']);
    expect(diagnosis.remedies[0]?.params).toMatchObject({ base: 'live', to: PUSHED });
    expect(gitOpsCalls(calls)).toEqual([
      'gitOps Kustomization flux-system/apps',
      'gitOps GitRepository flux-system/fleet',
    ]);
    expect(calls.length).toBeLessThanOrEqual(12);
  });

  it('by a HelmRelease is changed in the release’s own manifest', async () => {
    const text = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: api, namespace: staging }
spec:
  values:
    image:
      repository: ${REPOSITORY}
      tag: ${TAG}
`;
    const helm = anObject({
      kind: 'HelmRelease',
      namespace: 'staging',
      name: 'api',
      sources: [aSource({ repoUrl: '', overrides: [`image.tag=${TAG}`] })],
      sourceRef: { kind: 'HelmRepository', namespace: 'staging', name: 'charts' },
      owner: flux,
      manages: [],
    });
    const { summary, offered, calls } = await diagnose({
      owner: release,
      objects: [helm, kustomization, fleet],
      files: { 'apps/staging/api/release.yaml': text },
    });
    expect(summary).toContain('Flux HelmRelease staging/api');
    expect(summary).toContain('change it in acme/deploy apps/staging/api/release.yaml:8');
    expect(offered).toEqual(['open-gitops-pull-request']);
    // One more than others: release, Kustomization, repository.
    expect(gitOpsCalls(calls)).toHaveLength(3);
    expect(calls.length).toBeLessThanOrEqual(12);
  });

  it('from something that is not Git is said', async () => {
    const bucket = { ...kustomization, sourceRef: { kind: 'OCIRepository', namespace: 'flux-system', name: 'oci' } };
    const { summary, offered } = await diagnose({ owner: flux, objects: [bucket] });
    expect(summary).toContain('takes its files from OCIRepository, not from a GitRepository');
    expect(offered).toEqual([]);
  });
});

describe('what could not be seen', () => {
  it('of the controller: the right, the missing kind, the missing object; the mark alone still counts', async () => {
    const right = { verb: 'list', apiGroup: 'argoproj.io', resource: 'applications' };
    const denied = await diagnose({ instead: { gitOps: async () => forbidden(right) } });
    expect(denied.diagnosis.verdict.cause).toBe('tag-not-found');
    expect(denied.diagnosis.gaps.join('\n')).toContain('resources: ["applications"], verbs: ["list"]');
    const none = await diagnose({ instead: { gitOps: async () => notCollected('this cluster has no applications') } });
    expect(none.summary).toContain('this cluster has no applications');
    const gone = await diagnose({ objects: [] });
    expect(gone.summary).toContain('the Application: does not exist');
    for (const { summary, offered } of [denied, none, gone]) {
      expect(summary).toContain('owned by Argo CD application shop');
      expect(summary).toContain('probably apps/staging/api-deployment.yaml');
      expect(offered).toEqual([]);
    }
  });

  it('of the repository: no code host, another host, no right, down', async () => {
    const without = await diagnose({ noHost: true });
    expect(without.summary).toContain('probably apps/staging/api-deployment.yaml');
    expect(without.summary).toContain('GITHUB_TOKEN');
    const elsewhere = await diagnose({
      objects: [anObject({ sources: [aSource({ repoUrl: 'https://gitlab.example/acme/deploy' })] })],
    });
    expect(elsewhere.summary).toContain('https://gitlab.example/acme/deploy is not a repository of https://github.com');
    expect(elsewhere.asked.filter((call) => call.includes('deploy'))).toEqual([]);
    const denied = await diagnose({ trouble: 'forbidden' });
    expect(denied.diagnosis.gaps.join('\n')).toContain('contents:read');
    const down = await diagnose({ trouble: 'down' });
    expect(down.diagnosis.gaps.join('\n')).toContain('connection refused');
    for (const { offered } of [without, elsewhere, denied, down]) expect(offered).toEqual([]);
  });

  it('of a label that anybody writes is nothing: the live object stays ours to change', async () => {
    const maybe = { ...argo, sign: 'label app.kubernetes.io/instance', isSure: false };
    for (const world of [
      { owner: maybe, objects: [] },
      { owner: maybe, objects: [anObject({ manages: ['Deployment/staging/other'], destination: 'staging' })] },
      { owner: maybe, instead: { gitOps: async () => unreachable('down') } },
    ]) {
      const { summary, offered, diagnosis } = await diagnose(world);
      expect(summary).not.toContain('Argo CD');
      expect(offered).toEqual(['set-image']);
      expect(diagnosis.gaps.join()).not.toContain('manifest');
    }
    const proven = await diagnose({ owner: maybe });
    expect(proven.summary).toContain('owned by Argo CD application shop');
    expect(proven.offered).toEqual(['open-gitops-pull-request']);
  });

  it('of two Applications of one name: neither is taken', async () => {
    const objects = [anObject({ manages: [] }), anObject({ namespace: 'argocd-2', manages: [] })];
    const { summary, offered } = await diagnose({ objects });
    expect(summary).toContain('several Applications are called shop (in argocd, argocd-2)');
    expect(offered).toEqual([]);
  });

  it('is not asked for where nothing marks the workload', async () => {
    const { summary, offered, calls, asked } = await diagnose({ owner: 'nobody' });
    expect(gitOpsCalls(calls)).toEqual([]);
    expect(asked.filter((call) => call.startsWith('tree'))).toEqual([]);
    expect(summary).not.toContain('owned by');
    expect(offered).toEqual(['set-image']);
  });
});
