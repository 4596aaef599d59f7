/** Marks of Argo CD and Flux, and the addresses of their repositories: plain, odd and hostile. */
import { describe, expect, it } from '@jest/globals';
import { cleanPath, gitOpsOwner, repositoryAt, withoutLogin } from '../../src/evidence/gitops.ts';
import { rankFiles, takenIn, valueFilesIn } from '../../src/evidence/gitops-files.ts';

function owner(
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): ReturnType<typeof gitOpsOwner> {
  return gitOpsOwner({ kind: 'Deployment', namespace: 'staging', name: 'api', labels, annotations });
}
const TRACKING = 'argocd.argoproj.io/tracking-id';

describe('who writes a workload', () => {
  it('is Argo CD by its tracking id, with the namespace of the Application where that is named', () => {
    expect(owner({}, { [TRACKING]: 'shop:apps/Deployment:staging/api' })).toEqual({
      controller: 'argo-cd',
      application: 'shop',
      sign: `annotation ${TRACKING}`,
      isSure: true,
    });
    expect(owner({}, { [TRACKING]: 'team-a_shop:apps/Deployment:staging/api' })).toMatchObject({
      application: 'shop',
      namespace: 'team-a',
    });
  });

  it('is nobody by a tracking id that was copied from another object', () => {
    for (const id of [
      'shop:apps/Deployment:staging/web',
      'shop:apps/Deployment:prod/api',
      'shop:apps/StatefulSet:staging/api',
    ])
      expect(owner({}, { [TRACKING]: id })).toBeUndefined();
  });

  it('is Argo CD by its own label surely, by the common one only perhaps, and not where Helm made the release', () => {
    expect(owner({ 'argocd.argoproj.io/instance': 'shop' })).toMatchObject({ application: 'shop', isSure: true });
    expect(owner({ 'app.kubernetes.io/instance': 'shop' })).toMatchObject({ controller: 'argo-cd', isSure: false });
    expect(owner({ 'app.kubernetes.io/instance': 'shop' }, { 'meta.helm.sh/release-name': 'shop' })).toBeUndefined();
  });

  it('is Flux by the labels of its two controllers', () => {
    const by = (prefix: string) => ({ [`${prefix}/name`]: 'apps', [`${prefix}/namespace`]: 'flux-system' });
    const known = { application: 'apps', namespace: 'flux-system', isSure: true };
    expect(owner(by('kustomize.toolkit.fluxcd.io'))).toMatchObject({ controller: 'flux-kustomize', ...known });
    expect(owner(by('helm.toolkit.fluxcd.io'))).toMatchObject({ controller: 'flux-helm', ...known });
  });

  it('is nobody by words that name no object', () => {
    for (const name of ['', '../admin', 'a b', 'Shop', '<script>', 'x'.repeat(300), 'shop\n']) {
      expect(owner({ 'argocd.argoproj.io/instance': name })).toBeUndefined();
      expect(owner({}, { [TRACKING]: `${name}:apps/Deployment:staging/api` })).toBeUndefined();
    }
  });
});

describe('the address of a repository', () => {
  it.each([
    'https://github.com/acme/deploy',
    'https://github.com/acme/deploy.git',
    'https://GitHub.com/acme/deploy/',
    'ssh://git@github.com/acme/deploy.git',
    'ssh://git@ssh.github.com:443/acme/deploy.git',
    'git@github.com:acme/deploy.git',
    'github.com:acme/deploy',
  ])('%s is acme/deploy', (url) => {
    expect(repositoryAt(url, 'https://github.com')).toBe('acme/deploy');
  });

  it.each([
    'https://gitlab.com/acme/deploy',
    'https://github.com.evil.example/acme/deploy',
    'https://evil.example/github.com/acme/deploy',
    'https://github.com@evil.example/acme/deploy',
    'https://github.com/acme/deploy/../../other/repo',
    'https://github.com/../deploy',
    'https://github.com/acme/..',
    'https://github.com/acme/de ploy',
    'https://github.com/acme/deploy?x=/y',
    'https://github.com/acme',
    'git@github.com:/etc/passwd',
    'file:///github.com/acme/deploy',
    '/srv/git/acme/deploy',
    '',
  ])('%s is none of the code host', (url) => {
    expect(repositoryAt(url, 'https://github.com')).toBeUndefined();
  });

  it('is kept without the login in it', () => {
    expect(withoutLogin('https://bot:s3cret@github.com/acme/deploy.git?token=x#y')).toBe(
      'https://github.com/acme/deploy.git',
    );
    expect(withoutLogin('https://tok@en@github.com/acme/deploy')).toBe('https://github.com/acme/deploy');
    expect(withoutLogin('git@github.com:acme/deploy')).toBe('git@github.com:acme/deploy');
  });

  it('never leads out of the repository', () => {
    expect(['./apps//staging/', 'a/../b', '', '/'].map(cleanPath)).toEqual(['apps/staging', 'b', '', '']);
    expect(['..', 'a/../../b'].map(cleanPath)).toEqual([undefined, undefined]);
  });
});

describe('the files that may hold the image', () => {
  const sought = {
    namespace: 'staging',
    kind: 'Deployment',
    name: 'api',
    owner: { controller: 'argo-cd', application: 'shop', sign: '', isSure: true },
  } as const;

  it('are those of its folder, the usual names first, and no other’s', () => {
    const paths = [
      'README.md',
      'apps/prod/api-deployment.yaml',
      'apps/staging/zebra.yaml',
      'apps/staging/api-deployment.yaml',
      'apps/staging/kustomization.yaml',
      'apps/stagingx/api.yaml',
    ];
    expect(rankFiles(paths, sought, ['apps/staging'], [])).toEqual([
      'apps/staging/api-deployment.yaml',
      'apps/staging/kustomization.yaml',
      'apps/staging/zebra.yaml',
    ]);
    const whole = rankFiles(paths, sought, [''], []);
    expect(whole.slice(0, 2)).toEqual(['apps/staging/api-deployment.yaml', 'apps/staging/kustomization.yaml']);
    expect(rankFiles(['charts/x/values-live.yaml'], sought, ['apps'], ['charts/x/values-live.yaml'])).toHaveLength(1);
  });

  it('are followed from a kustomization to folders of the same repository only', () => {
    const text =
      'resources:\n- ../../base/api\n- https://github.com/other/repo//base\n- git@github.com:other/repo\n- ../../../../etc\nbases: [./more]\n';
    expect(takenIn(text, 'overlays/staging')).toEqual(['base/api', 'overlays/staging/more']);
    expect(takenIn('resources: {a: 1}', 'x')).toEqual([]);
    expect(takenIn(': [', 'x')).toEqual([]);
  });

  it('are value files as Argo CD finds them: beside the chart, from the root, in another source', () => {
    const chart = { repoUrl: '', path: 'charts/api', isPinned: false, overrides: [] };
    const first = {
      ...chart,
      valueFiles: ['values-staging.yaml', '/envs/a.yaml', '$values/envs/b.yaml', 'https://x/y.yaml'],
    };
    const second = { ...chart, path: '', ref: 'values', valueFiles: [] };
    expect(valueFilesIn(first, [first, second])).toEqual(['charts/api/values-staging.yaml', 'envs/a.yaml']);
    expect(valueFilesIn(second, [first, second])).toEqual(['envs/b.yaml']);
  });
});
