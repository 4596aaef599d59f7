/** The manifests of `deploy/` on a real API server: accepted as they stand, and the rights as they are meant. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Envtest, startEnvtest, withEnvtest } from '../support/envtest.ts';

withEnvtest('deploy/ on a real API server', () => {
  let server: Envtest;
  beforeAll(async () => {
    server = await startEnvtest();
  });
  afterAll(async () => {
    await server.stop();
  });

  function kubectl(...args: string[]): string {
    const program = join(process.env['KUBEBUILDER_ASSETS'] ?? '', 'kubectl');
    return execFileSync(program, ['--kubeconfig', server.kubeconfig, ...args], { encoding: 'utf8' });
  }

  it('is accepted as it stands, unknown fields refused', () => {
    kubectl('create', 'namespace', 'shop');
    const applied = [
      kubectl('apply', '--validate=strict', '-k', 'deploy/overlays/trial'),
      kubectl('apply', '--validate=strict', '-f', 'deploy/base/secret.example.yaml'),
      kubectl('apply', '--validate=strict', '-n', 'shop', '-k', 'deploy/overlays/read-pull-secrets'),
      kubectl('apply', '--validate=strict', '-n', 'shop', '-k', 'deploy/overlays/find-pull-secrets'),
      kubectl('apply', '--validate=strict', '-n', 'shop', '-k', 'deploy/overlays/read-logs'),
      kubectl('apply', '--validate=strict', '-k', 'deploy/overlays/read-gitops'),
      kubectl('apply', '--validate=strict', '-n', 'shop', '-k', 'deploy/overlays/remedies'),
    ].join('');
    for (const object of [
      'deployment.apps/pullcheck-bot',
      'deployment.apps/pullcheck-worker',
      'statefulset.apps/redis',
    ]) {
      expect(applied).toContain(`${object} created`);
    }
  });

  it('lets the service account read everywhere, and act only where an overlay says so', () => {
    const may = (namespace: string, ...what: string[]): string => {
      const as = 'system:serviceaccount:pullcheck:pullcheck';
      try {
        return kubectl('auth', 'can-i', ...what, '-n', namespace, '--as', as).trim();
      } catch {
        return 'no';
      }
    };
    // The authorizer learns of a new binding by a watch.
    for (let tries = 0; tries < 50 && may('shop', 'patch', 'deployments.apps') === 'no'; tries += 1);
    expect(may('default', 'list', 'pods')).toBe('yes');
    expect(may('default', 'get', 'secrets')).toBe('no');
    expect(may('shop', 'get', 'secrets')).toBe('yes');
    expect([may('shop', 'list', 'secrets'), may('default', 'list', 'secrets')]).toEqual(['yes', 'no']);
    expect(may('default', 'get', 'pods', '--subresource=log')).toBe('no');
    expect(may('shop', 'get', 'pods', '--subresource=log')).toBe('yes');
    expect(may('shop', 'patch', 'deployments.apps')).toBe('yes');
    expect(may('default', 'patch', 'deployments.apps')).toBe('no');
  });
});
