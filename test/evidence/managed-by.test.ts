/** Who keeps an object, by what the keepers leave on it. */
import { describe, expect, it } from '@jest/globals';
import { managedBy, overwriting } from '../../src/evidence/managed-by.ts';

const none = { owners: [], labels: {}, annotations: {} };

describe('who else writes a Secret', () => {
  it.each([
    [{ ...none, owners: [{ kind: 'ExternalSecret', name: 'login' }] }, 'External Secrets', 'at-once'],
    [{ ...none, labels: { 'reconcile.external-secrets.io/created-by': 'abc' } }, 'External Secrets', 'at-once'],
    [{ ...none, owners: [{ kind: 'SealedSecret', name: 'login' }] }, 'Sealed Secrets', 'later'],
    [{ ...none, annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:x' } }, 'Argo CD', 'later'],
    [{ ...none, labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'Flux', 'later'],
    [
      {
        ...none,
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'r' },
      },
      'Helm',
      'later',
    ],
    [{ ...none, labels: { 'app.kubernetes.io/managed-by': 'some-job' } }, 'some-job', 'later'],
    [{ ...none, annotations: { 'reflector.v1.k8s.emberstack.com/reflects': 'a/b' } }, 'Reflector', 'at-once'],
  ])('%j', (marked, controller, rewrites) => {
    expect(managedBy(marked)).toMatchObject({ controller, rewrites });
  });

  it('is nobody where nothing says so', () => {
    expect(managedBy(none)).toBeUndefined();
    expect(managedBy({ ...none, labels: { app: 'x' }, owners: [{ kind: 'Pod', name: 'p' }] })).toBeUndefined();
  });

  it('never repeats an annotation that holds the content', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"canary"}' };
    expect(managedBy({ ...none, annotations })).toBeUndefined();
  });

  it('is said with the place where a change belongs', () => {
    const keeper = managedBy({ ...none, owners: [{ kind: 'ExternalSecret', name: 'login' }] });
    expect(keeper && overwriting('secret/regcred', keeper)).toBe(
      'secret/regcred is kept by External Secrets (owner ExternalSecret/login), which writes its own content back as soon as it differs. Change it in the secret store that it reads.',
    );
  });
});
