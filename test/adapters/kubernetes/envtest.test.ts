import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildJobsContract } from '../../contract/build-jobs.ts';
import type { ClusterBed } from '../../contract/cluster-bed.ts';
import { clusterNetworkContract } from '../../contract/cluster-network.ts';
import { clusterReaderContract } from '../../contract/cluster-reader.ts';
import { clusterWriterContract } from '../../contract/cluster-writer.ts';
import { gitOpsContract } from '../../contract/gitops.ts';
import { secretListContract } from '../../contract/secret-list.ts';
import { unreadyPodsContract } from '../../contract/unready-pods.ts';
import { type Envtest, startEnvtest, withEnvtest } from '../../support/envtest.ts';

withEnvtest('cluster contract on a real API server', () => {
  let running: Promise<Envtest> | undefined;
  /** One API server for both suites: each test has a namespace of its own. */
  async function shared(): Promise<ClusterBed> {
    running ??= startEnvtest();
    return { ...(await running), stop: async () => undefined };
  }
  afterAll(async () => {
    const server = await running;
    await server?.stop();
  });
  describe('Argo CD and Flux, where they are not installed', () => {
    it('are kinds that the cluster does not have', async () => {
      const { admin } = await shared();
      const reader = admin.reader({ count: () => undefined });
      const { signal } = new AbortController();
      for (const [kind, named] of [
        ['Application', 'applications.argoproj.io/v1alpha1'],
        ['Kustomization', 'kustomizations.kustomize.toolkit.fluxcd.io/v1'],
      ] as const) {
        const missing = { status: 'not-collected', reason: `this cluster has no ${named}` };
        expect(await reader.gitOps({ kind, name: 'shop' }, signal)).toEqual(missing);
        expect(await reader.gitOps({ kind, namespace: 'default', name: 'shop' }, signal)).toEqual(missing);
      }
    });
  });
  describe('Argo CD and Flux', () => {
    beforeAll(async () => {
      await shared();
      const kubectl = (...args: string[]) =>
        execFileSync(join(process.env['KUBEBUILDER_ASSETS'] ?? '', 'kubectl'), args, { encoding: 'utf8' });
      const { kubeconfig } = await (running ?? startEnvtest());
      kubectl('--kubeconfig', kubeconfig, 'apply', '-f', 'test/contract/gitops-crds.yaml');
      kubectl('--kubeconfig', kubeconfig, 'wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
    });
    gitOpsContract('a real API server', shared);
  });
  clusterReaderContract('a real API server', shared);
  clusterNetworkContract('a real API server', shared);
  unreadyPodsContract('a real API server', shared);
  buildJobsContract('a real API server', shared);
  secretListContract('a real API server', shared);
  clusterWriterContract('a real API server', shared);
});
