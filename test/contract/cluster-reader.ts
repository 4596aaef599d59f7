/** What every cluster must show through the reader. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ClusterReader } from '../../src/evidence/ports.ts';
import {
  type ClusterBed,
  controlledBy,
  noMeter,
  podObject,
  signal,
  stuck,
  useBed,
  workloadObject,
} from './cluster-bed.ts';

export function clusterReaderContract(name: string, start: () => Promise<ClusterBed>): void {
  describe(`cluster reader on ${name}`, () => {
    const own = useBed(start);
    let bed: ClusterBed;
    let reader: ClusterReader;
    let namespace: string;
    beforeEach(() => {
      ({ bed, reader, namespace } = own);
    });

    it('reads a pod that cannot pull, with its containers in spec order', async () => {
      const spec = {
        initContainers: [{ name: 'migrate', image: 'team/migrate:v1' }],
        imagePullSecrets: [{ name: 'regcred' }],
      };
      const made = await bed.create(podObject(namespace, 'api-1', { spec, status: stuck }));
      const pod = await reader.pod(namespace, 'api-1', signal);
      expect(pod).toMatchObject({
        status: 'observed',
        value: {
          uid: made.metadata.uid,
          namespace,
          phase: 'Pending',
          labels: { app: 'api' },
          imagePullSecrets: ['regcred'],
          serviceAccount: 'default',
          containers: [
            { name: 'migrate', role: 'init', state: 'unknown' },
            {
              name: 'api',
              role: 'main',
              state: 'waiting',
              waitingReason: 'ImagePullBackOff',
              waitingMessage: stuck.containerStatuses[0]?.state.waiting.message,
            },
          ],
          unmet: [{ type: 'Ready', reason: 'ContainersNotReady', message: 'unready: [api]' }],
        },
      });
      expect(pod.status === 'observed' && pod.value.createdAt).toBeGreaterThan(1_700_000_000_000);
    });

    it('says absent for what does not exist, and for names that nothing can have', async () => {
      expect(await reader.pod(namespace, 'ghost', signal)).toEqual({ status: 'absent' });
      expect(await reader.pod(namespace, '', signal)).toEqual({ status: 'absent' });
      expect(await reader.pod('..', 'ghost', signal)).toEqual({ status: 'absent' });
      expect(await reader.secret(namespace, 'ghost', signal)).toEqual({ status: 'absent' });
      expect(await reader.serviceAccount(namespace, 'ghost', signal)).toEqual({ status: 'absent' });
      expect(await reader.node('ghost', signal)).toEqual({ status: 'absent' });
      const ref = { namespace, kind: 'Deployment', name: 'ghost' } as const;
      expect(await reader.workload(ref, signal)).toEqual({ status: 'absent' });
    });

    it('knows what the namespaces are called', async () => {
      const listed = await reader.namespaces(signal);
      expect(listed).toMatchObject({ status: 'observed', value: { truncated: false } });
      expect(listed.status === 'observed' && listed.value.names).toEqual(expect.arrayContaining([namespace]));
    });

    it('lists pods by label, in one namespace or in all, page after page', async () => {
      for (let index = 0; index < 3; index += 1) await bed.create(podObject(namespace, `api-${index}`));
      await bed.create(podObject(namespace, 'other', { metadata: { name: 'other', labels: { app: 'web' } } }));
      const some = await reader.pods({ namespace, selector: 'app=api' }, signal);
      expect(some).toMatchObject({ status: 'observed', value: { truncated: false } });
      expect(some.status === 'observed' && some.value.pods.map((pod) => pod.name)).toEqual(['api-0', 'api-1', 'api-2']);
      const everywhere = await reader.pods({}, signal);
      const here = everywhere.status === 'observed' ? everywhere.value.pods : [];
      expect(here.filter((pod) => pod.namespace === namespace)).toHaveLength(4);
      expect(await reader.pods({ namespace: 'nowhere' }, signal)).toMatchObject({ value: { pods: [] } });
      expect(await reader.pods({ namespace, selector: '=' }, signal)).toMatchObject({ status: 'unreachable' });
    });

    it('reads the events of one object by uid, newest first, with null times survived', async () => {
      const pod = await bed.create(podObject(namespace, 'api-1'));
      const { uid = '' } = pod.metadata;
      const event = (id: string, about: string, rest: object) => ({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `api-1.${id}`, namespace },
        involvedObject: { kind: 'Pod', namespace, name: 'api-1', uid: about, fieldPath: 'spec.containers{api}' },
        type: 'Warning',
        ...rest,
      });
      const times = { firstTimestamp: '2020-01-01T10:00:00Z', lastTimestamp: '2020-01-01T10:05:00Z', count: 4 };
      await bed.create(event('old', uid, { reason: 'Failed', message: 'no such tag', ...times }));
      await bed.create(
        event('new', uid, { reason: 'BackOff', message: 'back-off', lastTimestamp: null, eventTime: null }),
      );
      await bed.create(event('foreign', 'another-uid', { reason: 'Failed', message: 'an earlier pod of this name' }));
      const events = await reader.events(namespace, uid, signal);
      expect(events.status === 'observed' && events.value.map(({ reason }) => reason)).toEqual(['BackOff', 'Failed']);
      expect(events).toMatchObject({
        value: [
          { reason: 'BackOff', count: 1, lastAt: expect.any(Number) },
          { message: 'no such tag', container: 'api', count: 4, firstAt: 1577872800000, lastAt: 1577873100000 },
        ],
      });
      // By name only the newest pod of it is meant.
      const named = await reader.podEvents(namespace, 'api-1', signal);
      expect(named).toMatchObject({ value: { uid: expect.any(String) } });
      const ofOne = named.status === 'observed' ? named.value : undefined;
      expect([uid, 'another-uid']).toContain(ofOne?.uid);
      expect(ofOne?.events).toHaveLength(ofOne?.uid === uid ? 2 : 1);
      expect(await reader.podEvents(namespace, 'never-was', signal)).toMatchObject({ value: { uid: '', events: [] } });
    });

    it('reads workloads and follows controllers upwards', async () => {
      const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:api' };
      const spec = { replicas: 3, paused: true };
      const status = { replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 };
      const made = await bed.create(
        workloadObject('Deployment', namespace, 'api', { metadata: { name: 'api', annotations }, spec, status }),
      );
      await bed.create(
        workloadObject('ReplicaSet', namespace, 'api-7f', {
          metadata: { name: 'api-7f', ownerReferences: controlledBy(made) },
        }),
      );
      await bed.create(workloadObject('ReplicaSet', namespace, 'lonely'));
      expect(await reader.workload({ namespace, kind: 'Deployment', name: 'api' }, signal)).toMatchObject({
        status: 'observed',
        value: {
          kind: 'Deployment',
          uid: made.metadata.uid,
          replicas: { desired: 3, updated: 1, available: 2 },
          selector: 'app=api',
          images: { api: 'registry.example/team/api:v2' },
          paused: true,
          managedBy: 'argocd.argoproj.io/tracking-id=shop:apps/Deployment:api',
        },
      });
      const above = await reader.controllerOf({ namespace, kind: 'ReplicaSet', name: 'api-7f' }, signal);
      expect(above).toEqual({ status: 'observed', value: { kind: 'Deployment', name: 'api' } });
      expect(await reader.controllerOf({ namespace, kind: 'ReplicaSet', name: 'lonely' }, signal)).toEqual({
        status: 'absent',
      });
      expect(await reader.controllerOf({ namespace, kind: 'Node', name: 'n1' }, signal)).toEqual({ status: 'absent' });
    });

    it("reads a Deployment's revisions, newest first, and nobody else's", async () => {
      const made = await bed.create(workloadObject('Deployment', namespace, 'api'));
      const set = (name: string, revision: string, image: string, ready: number) =>
        workloadObject('ReplicaSet', namespace, name, {
          metadata: {
            name,
            ownerReferences: controlledBy(made),
            annotations: { 'deployment.kubernetes.io/revision': revision },
          },
          spec: {
            replicas: 1,
            template: { metadata: { labels: { app: 'api' } }, spec: { containers: [{ name: 'api', image }] } },
          },
          status: { replicas: 1, readyReplicas: ready, availableReplicas: ready },
        });
      await bed.create(set('api-a', '9', 'team/api:v1', 1));
      await bed.create(set('api-b', '10', 'team/api:v2', 0));
      await bed.create(workloadObject('ReplicaSet', namespace, 'stranger'));
      const workload = await reader.workload({ namespace, kind: 'Deployment', name: 'api' }, signal);
      if (workload.status !== 'observed') throw new Error(workload.status);
      const revisions = await reader.revisions(workload.value, signal);
      expect(revisions.status === 'observed' && revisions.value).toMatchObject([
        { revision: 10, name: 'api-b', images: { api: 'team/api:v2' }, ready: 0, isCurrent: true },
        { revision: 9, name: 'api-a', images: { api: 'team/api:v1' }, ready: 1, isCurrent: false },
      ]);
      expect(revisions.status === 'observed' && revisions.value).toHaveLength(2);
    });

    it("reads a StatefulSet's revisions from its ControllerRevisions", async () => {
      const status = { replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 };
      const made = await bed.create(
        workloadObject('StatefulSet', namespace, 'db', { spec: { replicas: 3, serviceName: 'db' }, status }),
      );
      const revision = (id: number, image: string) => ({
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: { name: `db-${id}`, namespace, labels: { app: 'api' }, ownerReferences: controlledBy(made) },
        revision: id,
        data: { spec: { template: { spec: { containers: [{ name: 'api', image }] } } } },
      });
      await bed.create(revision(1, 'team/db:v1'));
      await bed.create(revision(2, 'team/db:v2'));
      const workload = await reader.workload({ namespace, kind: 'StatefulSet', name: 'db' }, signal);
      if (workload.status !== 'observed') throw new Error(workload.status);
      expect(await reader.revisions(workload.value, signal)).toMatchObject({
        value: [
          { revision: 2, images: { api: 'team/db:v2' }, ready: 0, isCurrent: true },
          { revision: 1, images: { api: 'team/db:v1' }, ready: 2, isCurrent: false },
        ],
      });
    });

    it('reads service account, Secret and node; the Secret sealed', async () => {
      await bed.create({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'builder', namespace },
        imagePullSecrets: [{ name: 'regcred' }],
      });
      const data = { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') };
      await bed.create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'regcred', namespace },
        type: 'kubernetes.io/dockerconfigjson',
        data,
      });
      const nodeInfo = {
        operatingSystem: 'linux',
        architecture: 'arm64',
        containerRuntimeVersion: 'containerd://2.4.2',
        kubeletVersion: 'v1.36.3',
      };
      const conditions = [
        { type: 'Ready', status: 'True' },
        { type: 'DiskPressure', status: 'True' },
      ];
      await bed.create({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: `node-${namespace}` },
        status: { nodeInfo, conditions },
      });

      const account = await reader.serviceAccount(namespace, 'builder', signal);
      expect(account).toEqual({ status: 'observed', value: { name: 'builder', imagePullSecrets: ['regcred'] } });
      const secret = await reader.secret(namespace, 'regcred', signal);
      if (secret.status !== 'observed') throw new Error(secret.status);
      expect(secret.value.type).toBe('kubernetes.io/dockerconfigjson');
      expect(secret.value.data['.dockerconfigjson']?.reveal()).toBe('{"auths":{}}');
      expect(JSON.stringify(secret)).not.toContain('auths');
      expect(secret.value.updatedAt).toBeGreaterThan(1_700_000_000_000);
      expect(await reader.node(`node-${namespace}`, signal)).toMatchObject({
        value: { arch: 'arm64', os: 'linux', runtime: 'containerd://2.4.2', ready: true, pressure: ['DiskPressure'] },
      });
      const all = await reader.nodes(signal);
      expect(all).toMatchObject({ status: 'observed', value: { truncated: false } });
      expect(all.status === 'observed' && all.value.nodes.map(({ name }) => name)).toContain(`node-${namespace}`);
    });

    it('names the missing right exactly', async () => {
      await bed.create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'regcred', namespace },
        type: 'Opaque',
        data: {},
      });
      await bed.create(podObject(namespace, 'api-1'));
      const limited = await bed.restricted([
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'], namespace },
      ]);
      const refused = (permission: object) => ({ status: 'forbidden', permission });
      const eyes = limited.reader(noMeter);
      expect(await eyes.pod(namespace, 'api-1', signal)).toMatchObject({ status: 'observed' });
      expect(await eyes.secret(namespace, 'regcred', signal)).toEqual(
        refused({ verb: 'get', apiGroup: '', resource: 'secrets', namespace }),
      );
      expect(await eyes.pods({}, signal)).toEqual(refused({ verb: 'list', apiGroup: '', resource: 'pods' }));
      expect(await eyes.workload({ namespace, kind: 'StatefulSet', name: 'db' }, signal)).toEqual(
        refused({ verb: 'get', apiGroup: 'apps', resource: 'statefulsets', namespace }),
      );
      expect(await eyes.node('n1', signal)).toEqual(refused({ verb: 'get', apiGroup: '', resource: 'nodes' }));
      expect(await eyes.nodes(signal)).toEqual(refused({ verb: 'list', apiGroup: '', resource: 'nodes' }));
      await limited.close();
    });

    it('counts one call for each question and stops when told to', async () => {
      const calls: string[] = [];
      const counted = bed.admin.reader({ count: (system, what) => calls.push(`${system} ${what}`) });
      await counted.pod(namespace, 'api-1', signal);
      await counted.pods({ namespace }, signal);
      expect(calls).toEqual(['kubernetes get pods', 'kubernetes list pods']);
      const stop = new AbortController();
      stop.abort(new Error('enough'));
      await expect(counted.pod(namespace, 'api-1', stop.signal)).rejects.toThrow('enough');
    });
  });
}
