/** What a finding says of a workload that Argo CD or Flux writes. */
import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/diagnosis/check.ts';
import { manifestLocated } from '../../src/diagnosis/checks/manifest-located.ts';
import { withOwner } from '../../src/diagnosis/gitops-words.ts';
import type { GitOpsSource } from '../../src/evidence/gitops-source.ts';
import { absent, notCollected, observed, valueOf } from '../../src/evidence/observation.ts';
import { evidence } from './support.ts';

const owner = {
  controller: 'argo-cd',
  application: 'shop',
  namespace: 'argocd',
  sign: 'label x',
  isSure: true,
} as const;
const place = {
  path: 'apps/api.yaml',
  line: 7,
  form: 'image',
  isWeak: false,
  isShared: false,
  url: 'https://x',
} as const;
const source: GitOpsSource = {
  owner,
  origin: observed([{ repoUrl: 'https://x', path: '', isPinned: false, valueFiles: [], overrides: [] }]),
  manifest: observed({
    repository: 'acme/deploy',
    base: '',
    places: [place],
    read: ['apps/api.yaml'],
    isComplete: true,
  }),
  convention: 'apps/staging/api-deployment.yaml',
};
function finding(over: Partial<Finding> = {}): Finding {
  return {
    cause: 'tag-not-found',
    confidence: 'certain',
    because: ['registryAccess'],
    summary: 'x',
    detail: {},
    alternatives: [],
    ...over,
  };
}
const given = (gitopsSource = observed(source)) => evidence({ gitopsSource });

describe('a finding about a workload of a GitOps controller', () => {
  it('says where the change belongs, and rests on having looked', () => {
    const told = withOwner(finding(), given());
    expect(told.fix).toContain(
      'It is owned by Argo CD application argocd/shop: change it in acme/deploy apps/api.yaml:7',
    );
    expect(told).toMatchObject({
      because: ['registryAccess', 'gitopsSource'],
      detail: { gitops: 'Argo CD application argocd/shop', manifests: ['acme/deploy apps/api.yaml:7'] },
    });
  });

  it('keeps its own advice first: a stale image is still helped by a restart', () => {
    const told = withOwner(finding({ cause: 'stale-cached-image', fix: 'Restart it.' }), given());
    expect(told.fix).toMatch(/^Restart it\. To ask for another tag or digest: it is owned by Argo CD/);
  });

  it('is left as it is where no manifest is at fault, or the mark may be anybody’s', () => {
    const login = finding({ cause: 'credentials-rejected' });
    expect(withOwner(login, given())).toBe(login);
    const workload = valueOf(evidence().workload);
    if (workload === undefined) throw new Error('no workload');
    const marked = (isSure: boolean) =>
      evidence({ workload: observed({ ...workload, gitOps: { ...owner, isSure } }), gitopsSource: notCollected('x') });
    expect(withOwner(finding(), marked(false)).fix).toBeUndefined();
    expect(withOwner(finding(), marked(true)).fix).toContain('change it in the repository that this deploys from');
  });
});

describe('the step', () => {
  it('names the place, says what is open, and does not arise for others', () => {
    expect(manifestLocated.run(given())).toMatchObject({ verdict: 'pass' });
    const unseen = observed({ ...source, manifest: absent });
    expect(manifestLocated.run(given(unseen))).toMatchObject({ verdict: 'inconclusive', missing: ['gitopsSource'] });
    expect(manifestLocated.run(evidence())).toMatchObject({ verdict: 'not-applicable' });
    expect(manifestLocated.command({ gitopsSource: observed(source) })).toBe(
      'kubectl get applications.argoproj.io shop -n argocd -o yaml',
    );
  });
});
