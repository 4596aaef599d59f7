/** The API server takes everything under deploy/, and the service account's rights are neither too few nor too many. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { kubectl, namespace, run, runtime } from './support/box.ts';

let kubeconfig: string;
beforeAll(async () => {
  await installBase();
  await namespace('granted');
  for (const overlay of ['read-pull-secrets', 'remedies'] as const) await grant(overlay, 'granted');
  kubeconfig = await accountKubeconfig();
});

async function can(verb: string, resource: string, where: string): Promise<boolean> {
  return (await run('kubectl', ['--kubeconfig', kubeconfig, 'auth', 'can-i', verb, resource, '-n', where])).code === 0;
}

describe(`deploy/ on ${runtime}`, () => {
  it.each(['deploy/base', 'deploy/overlays/trial', 'deploy/overlays/read-pull-secrets', 'deploy/overlays/remedies'])(
    '%s is accepted by the API server',
    async (folder) => {
      const rendered = await kubectl('kustomize', folder);
      const applied = await run('kubectl', ['apply', '--dry-run=server', '-f', '-'], { input: rendered });
      expect(applied.err).toBe('');
      expect(applied.code).toBe(0);
    },
  );

  it('the Secret template is accepted too', async () => {
    expect(await kubectl('apply', '--dry-run=server', '-f', 'deploy/base/secret.example.yaml')).toContain(
      'secret/pullcheck',
    );
  });

  it('the base reads pods everywhere and Secrets nowhere', async () => {
    expect(await can('list', 'pods', 'kube-system')).toBe(true);
    expect(await can('get', 'secrets', 'kube-system')).toBe(false);
    expect(await can('list', 'secrets', 'granted')).toBe(false);
    expect(await can('delete', 'pods', 'kube-system')).toBe(false);
  });

  it('the overlays grant one namespace only', async () => {
    expect(await can('get', 'secrets', 'granted')).toBe(true);
    expect(await can('patch', 'deployments.apps', 'granted')).toBe(true);
    expect(await can('delete', 'pods', 'granted')).toBe(true);
    expect(await can('update', 'nodes', 'granted')).toBe(false);
  });

  it('bot and worker pass the restricted pod security of their own namespace', async () => {
    const rendered = await kubectl('kustomize', 'deploy/base');
    const warned = await run('kubectl', ['apply', '--dry-run=server', '-f', '-'], { input: rendered });
    expect(warned.err).not.toContain('would violate PodSecurity');
  });
});
