/** What every cluster must show of Argo CD's and Flux's own objects. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { apiVersionOf, resourceOf } from '../../src/adapters/simulator/cluster/objects.ts';
import type { GitOpsObject, GitOpsRef } from '../../src/evidence/gitops.ts';
import type { ClusterReader } from '../../src/evidence/ports.ts';
import { type ClusterBed, noMeter, signal, useBed } from './cluster-bed.ts';

export function gitOpsContract(name: string, start: () => Promise<ClusterBed>): void {
  describe(`Argo CD and Flux on ${name}`, () => {
    const own = useBed(start);
    let bed: ClusterBed;
    let reader: ClusterReader;
    let namespace: string;
    beforeEach(() => {
      ({ bed, reader, namespace } = own);
    });
    const create = (kind: string, called: string, rest: object, labels = {}) =>
      bed.create({
        apiVersion: apiVersionOf(resourceOf(kind)),
        kind,
        metadata: { name: called, namespace, labels },
        ...rest,
      });
    const read = async (ref: GitOpsRef): Promise<readonly GitOpsObject[]> => {
      const seen = await reader.gitOps(ref, signal);
      if (seen.status !== 'observed') throw new Error(JSON.stringify(seen));
      return seen.value;
    };

    it('shows an Application: its sources without a login, what it sets of images, what it owns', async () => {
      const called = `shop-${namespace}`;
      const source = {
        repoURL: 'https://bot:s3cret@github.com/acme/deploy.git',
        path: 'apps/staging',
        targetRevision: 'HEAD',
        helm: {
          valueFiles: ['values-staging.yaml'],
          parameters: [
            { name: 'image.tag', value: '1.4.2' },
            { name: 'database.password', value: 'hunter2' },
          ],
          values: 'image:\n  tag: 1.4.3\nsecretKey: hunter2\n',
          valuesObject: { api: { image: 'acme/api:1.4.4' }, token: 'hunter2' },
        },
        kustomize: { images: ['api=acme/api:1.4.5'] },
      };
      await create('Application', called, {
        spec: { destination: { namespace: 'staging' }, source },
        status: { resources: [{ kind: 'Deployment', namespace: 'staging', name: 'api' }] },
      });
      const expected: GitOpsObject = {
        kind: 'Application',
        namespace,
        name: called,
        destination: 'staging',
        manages: ['Deployment/staging/api'],
        sources: [
          {
            repoUrl: 'https://github.com/acme/deploy.git',
            path: 'apps/staging',
            revision: 'HEAD',
            isPinned: false,
            valueFiles: ['values-staging.yaml'],
            overrides: ['api=acme/api:1.4.5', 'image.tag=1.4.2', 'api.image=acme/api:1.4.4', 'image.tag=1.4.3'],
          },
        ],
      };
      // With its namespace and without: a mark does not always tell it.
      expect(await read({ kind: 'Application', namespace, name: called })).toEqual([expected]);
      expect(await read({ kind: 'Application', name: called })).toEqual([expected]);
      expect(JSON.stringify(expected)).not.toMatch(/hunter2|s3cret/);
    });

    it('shows the sources of an Application that has several, and which of them stand still', async () => {
      const repoURL = 'git@github.com:acme/deploy.git';
      const sources = [
        {
          repoURL: 'https://charts.example',
          chart: 'api',
          targetRevision: '1.2.*',
          helm: { valueFiles: ['$values/a.yaml'] },
        },
        { repoURL, ref: 'values', targetRevision: 'live' },
        { repoURL, path: 'x', targetRevision: 'v1.2.3' },
        { repoURL, path: 'y' },
      ];
      await create('Application', 'many', { spec: { sources } });
      const [seen] = await read({ kind: 'Application', namespace, name: 'many' });
      expect(seen?.sources).toMatchObject([
        { chart: 'api', isPinned: true, valueFiles: ['$values/a.yaml'] },
        { repoUrl: repoURL, ref: 'values', revision: 'live', isPinned: false },
        { path: 'x', revision: 'v1.2.3', isPinned: true },
        { path: 'y', isPinned: false },
      ]);
    });

    it('shows a Kustomization, the GitRepository that it names, and which branch that follows', async () => {
      await create('Kustomization', 'apps', {
        spec: {
          path: './apps/staging',
          sourceRef: { kind: 'GitRepository', name: 'fleet' },
          images: [{ name: 'api', newName: 'acme/api', newTag: '1.4.2' }],
        },
      });
      const url = 'ssh://git@github.com/acme/deploy';
      const repository = async (called: string, ref?: object) =>
        create('GitRepository', called, { spec: { url, ...(ref ? { ref } : {}) } });
      await repository('fleet', { branch: 'live' });
      await repository('plain');
      await repository('fixed', { branch: 'main', tag: 'v1' });
      expect(await read({ kind: 'Kustomization', namespace, name: 'apps' })).toMatchObject([
        {
          sourceRef: { kind: 'GitRepository', namespace, name: 'fleet' },
          sources: [{ path: './apps/staging', overrides: ['api=acme/api:1.4.2'] }],
        },
      ]);
      const followed = async (called: string) =>
        (await read({ kind: 'GitRepository', namespace, name: called }))[0]?.sources;
      const repoUrl = 'ssh://github.com/acme/deploy';
      expect(await followed('fleet')).toMatchObject([{ repoUrl, revision: 'live', isPinned: false }]);
      expect(await followed('plain')).toMatchObject([{ revision: 'master', isPinned: false }]);
      expect(await followed('fixed')).toMatchObject([{ revision: 'v1', isPinned: true }]);
    });

    it('shows a HelmRelease with the Kustomization that writes it, and of its values only images', async () => {
      const labels = {
        'kustomize.toolkit.fluxcd.io/name': 'apps',
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      };
      const chart = {
        spec: { chart: './charts/api', sourceRef: { kind: 'GitRepository', name: 'code', namespace: 'flux-system' } },
      };
      const values = { image: { repository: 'acme/api', tag: '1.4.2' }, password: 'hunter2' };
      await create('HelmRelease', 'api', { spec: { chart, values } }, labels);
      const seen = await read({ kind: 'HelmRelease', namespace, name: 'api' });
      expect(seen).toMatchObject([
        {
          owner: { controller: 'flux-kustomize', application: 'apps', namespace: 'flux-system' },
          sourceRef: { kind: 'GitRepository', namespace: 'flux-system', name: 'code' },
          sources: [{ path: './charts/api', overrides: ['image.tag=1.4.2'] }],
        },
      ]);
      expect(JSON.stringify(seen)).not.toContain('hunter2');
    });

    it('tells what is not there from what may not be seen', async () => {
      for (const ref of [{ name: 'none' }, { namespace, name: 'none' }, { namespace, name: '../secrets' }])
        expect(await reader.gitOps({ kind: 'Application', ...ref }, signal)).toEqual({ status: 'absent' });
      const limited = await bed.restricted([{ apiGroups: [''], resources: ['pods'], verbs: ['get'], namespace }]);
      const blind = limited.reader(noMeter);
      expect(await blind.gitOps({ kind: 'Application', name: 'shop' }, signal)).toEqual({
        status: 'forbidden',
        permission: { verb: 'list', apiGroup: 'argoproj.io', resource: 'applications' },
      });
      expect(await blind.gitOps({ kind: 'HelmRelease', namespace, name: 'api' }, signal)).toEqual({
        status: 'forbidden',
        permission: { verb: 'get', apiGroup: 'helm.toolkit.fluxcd.io', resource: 'helmreleases', namespace },
      });
      await limited.close();
    });
  });
}
