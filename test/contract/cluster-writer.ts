/** What every cluster must do, and refuse to do, through the writer. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClusterReader } from '../../src/evidence/ports.ts';
import type { ClusterWriter, SecretContent } from '../../src/remediation/ports.ts';
import { Sealed } from '../../src/sealed.ts';
import { type ClusterBed, newNamespace, noMeter, podObject, signal, workloadObject } from './cluster-bed.ts';

const KIND = 'kubernetes.io/dockerconfigjson';
const AT = '2026-01-01T00:00:00Z';

function regcred(namespace: string, text: string): SecretContent {
  return { namespace, name: 'regcred', type: KIND, data: { '.dockerconfigjson': new Sealed(text) } };
}

export function clusterWriterContract(name: string, start: () => Promise<ClusterBed>): void {
  describe(`cluster writer on ${name}`, () => {
    let bed: ClusterBed;
    let reader: ClusterReader;
    let writer: ClusterWriter;
    let namespace: string;

    beforeAll(async () => {
      bed = await start();
      reader = bed.admin.reader(noMeter);
      ({ writer } = bed.admin);
    });
    afterAll(async () => {
      await bed.stop();
    });
    beforeEach(async () => {
      namespace = await newNamespace(bed);
    });

    async function secretText(): Promise<string | undefined> {
      const secret = await reader.secret(namespace, 'regcred', signal);
      return secret.status === 'observed' ? secret.value.data['.dockerconfigjson']?.reveal() : secret.status;
    }
    async function version(kind: 'Deployment' | 'StatefulSet'): Promise<string> {
      const found = await reader.workload({ namespace, kind, name: 'api' }, signal);
      if (found.status !== 'observed') throw new Error(found.status);
      return found.value.resourceVersion;
    }

    it('restarts a workload once, only as it was read', async () => {
      await bed.create(workloadObject('StatefulSet', namespace, 'api', { spec: { replicas: 0, serviceName: 'api' } }));
      const read = await version('StatefulSet');
      const workload = { kind: 'StatefulSet', name: 'api', namespace } as const;
      expect(await writer.restartWorkload(workload, read, AT, 'dry-run', signal)).toMatchObject({ kind: 'done' });
      expect(await version('StatefulSet')).toBe(read);
      const done = await writer.restartWorkload(workload, read, AT, 'apply', signal);
      expect(done).toMatchObject({
        kind: 'done',
        receipt: { verb: 'patch', object: 'statefulset/api', namespace, resourceVersion: expect.any(String) },
      });
      expect(await version('StatefulSet')).not.toBe(read);
      expect(await writer.restartWorkload(workload, read, '2026-01-01T00:00:01Z', 'apply', signal)).toEqual({
        kind: 'changed',
        reason: 'statefulset/api changed since it was read',
      });
    });

    it('restarts a Deployment, but no paused one', async () => {
      const ref = { kind: 'Deployment', name: 'api', namespace } as const;
      await bed.create(workloadObject('Deployment', namespace, 'api', { spec: { replicas: 0, paused: true } }));
      const read = await version('Deployment');
      const result = await writer.restartWorkload(ref, read, AT, 'apply', signal);
      expect(result).toEqual({
        kind: 'failed',
        reason: 'deployment/api is paused: resume it first (kubectl rollout resume deployment/api)',
      });
      expect(await version('Deployment')).toBe(read);
      await bed.create(workloadObject('Deployment', namespace, 'web', { spec: { replicas: 0 } }));
      const web = await reader.workload({ ...ref, name: 'web' }, signal);
      const webVersion = web.status === 'observed' ? web.value.resourceVersion : '';
      expect(await writer.restartWorkload({ ...ref, name: 'web' }, webVersion, AT, 'apply', signal)).toMatchObject({
        kind: 'done',
      });
      expect(await writer.restartWorkload({ ...ref, name: 'ghost' }, '1', AT, 'apply', signal)).toMatchObject({
        kind: 'changed',
      });
      const job = { kind: 'Job', name: 'once', namespace } as const;
      expect(await writer.restartWorkload(job, '1', AT, 'apply', signal)).toMatchObject({ kind: 'failed' });
    });

    it('gives one container another image and leaves the others alone', async () => {
      const containers = [
        { name: 'app', image: 'r.example/app:1' },
        { name: 'side', image: 'r.example/side:1' },
      ];
      const template = { metadata: { labels: { app: 'api' } }, spec: { containers } };
      await bed.create(workloadObject('Deployment', namespace, 'api', { spec: { replicas: 0, template } }));
      const read = await version('Deployment');
      const ref = { kind: 'Deployment', name: 'api', namespace } as const;
      const change = { container: 'app', role: 'main', image: 'r.example/app:2' } as const;
      expect(await writer.setImage(ref, change, read, 'dry-run', signal)).toMatchObject({ kind: 'done' });
      expect(await version('Deployment')).toBe(read);
      const receipt = { verb: 'patch', object: 'deployment/api', namespace };
      expect(await writer.setImage(ref, change, read, 'apply', signal)).toMatchObject({ kind: 'done', receipt });
      const seen = await reader.workload(ref, signal);
      expect(seen.status === 'observed' && seen.value.images).toEqual({
        app: 'r.example/app:2',
        side: 'r.example/side:1',
      });
      expect(await writer.setImage(ref, change, read, 'apply', signal)).toMatchObject({ kind: 'changed' });
      const job = { kind: 'Job', name: 'once', namespace } as const;
      expect(await writer.setImage(job, change, '1', 'apply', signal)).toMatchObject({ kind: 'failed' });
    });

    it('creates, updates and deletes a Secret; a dry run changes nothing', async () => {
      expect(await writer.createSecret(regcred(namespace, '{"auths":{"a":{}}}'), 'dry-run', signal)).toMatchObject({
        kind: 'done',
      });
      expect(await secretText()).toBe('absent');
      const created = await writer.createSecret(regcred(namespace, '{"auths":{"a":{}}}'), 'apply', signal);
      expect(created).toMatchObject({ kind: 'done', receipt: { verb: 'create', object: 'secret/regcred' } });
      expect(await writer.createSecret(regcred(namespace, '{"auths":{}}'), 'apply', signal)).toEqual({
        kind: 'changed',
        reason: 'secret/regcred exists already',
      });
      const read = created.kind === 'done' ? (created.receipt.resourceVersion ?? '') : '';
      const next = regcred(namespace, '{"auths":{"b":{}}}');
      expect(await writer.updateSecret(next, read, 'dry-run', signal)).toMatchObject({ kind: 'done' });
      expect(await secretText()).toBe('{"auths":{"a":{}}}');
      expect(await writer.updateSecret(next, read, 'apply', signal)).toMatchObject({ kind: 'done' });
      expect(await secretText()).toBe('{"auths":{"b":{}}}');
      expect(await writer.updateSecret(next, read, 'apply', signal)).toMatchObject({ kind: 'changed' });
      expect(await writer.deleteSecret(namespace, 'regcred', 'dry-run', signal)).toMatchObject({ kind: 'done' });
      expect(await secretText()).toBe('{"auths":{"b":{}}}');
      expect(await writer.deleteSecret(namespace, 'regcred', 'apply', signal)).toMatchObject({ kind: 'done' });
      expect(await writer.deleteSecret(namespace, 'regcred', 'apply', signal)).toMatchObject({ kind: 'changed' });
    });

    it('leaves labels and foreign keys of a Secret alone and never changes its type', async () => {
      const text = (value: string) => Buffer.from(value).toString('base64');
      const data = { '.dockerconfigjson': text('{"auths":{}}'), note: text('kept') };
      const made = await bed.create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'regcred', namespace, labels: { team: 'shop' } },
        type: KIND,
        data,
      });
      const read = made.metadata.resourceVersion ?? '';
      const other = { ...regcred(namespace, '{}'), type: 'Opaque' };
      expect(await writer.updateSecret(other, read, 'apply', signal)).toMatchObject({
        kind: 'failed',
        reason: expect.stringContaining('field is immutable'),
      });
      const note = { ...regcred(namespace, '{"auths":{"b":{}}}'), annotations: { by: 'pullcheck' } };
      expect(await writer.updateSecret(note, read, 'apply', signal)).toMatchObject({ kind: 'done' });
      const after = await reader.secret(namespace, 'regcred', signal);
      expect(after.status === 'observed' && after.value.data['note']?.reveal()).toBe('kept');
    });

    it('deletes a pod only if it is still the same one', async () => {
      const made = await bed.create(podObject(namespace, 'api-1'));
      const { uid = '' } = made.metadata;
      const foreign = '00000000-0000-0000-0000-000000000000';
      expect(await writer.deletePod(namespace, 'api-1', foreign, 'apply', signal)).toMatchObject({ kind: 'changed' });
      expect(await writer.deletePod(namespace, 'api-1', uid, 'dry-run', signal)).toMatchObject({ kind: 'done' });
      expect(await reader.pod(namespace, 'api-1', signal)).toMatchObject({ status: 'observed' });
      expect(await writer.deletePod(namespace, 'api-1', uid, 'apply', signal)).toEqual({
        kind: 'done',
        receipt: { verb: 'delete', object: 'pod/api-1', namespace },
      });
      expect(await reader.pod(namespace, 'api-1', signal)).toEqual({ status: 'absent' });
      expect(await writer.deletePod(namespace, 'api-1', uid, 'apply', signal)).toMatchObject({ kind: 'changed' });
    });

    it('prints the rule to add, already in the dry run', async () => {
      const made = await bed.create(podObject(namespace, 'api-1'));
      const limited = await bed.restricted([{ apiGroups: [''], resources: ['pods'], verbs: ['get'], namespace }]);
      const hands = limited.writer;
      expect(await hands.deletePod(namespace, 'api-1', made.metadata.uid ?? '', 'dry-run', signal)).toEqual({
        kind: 'forbidden',
        reason: `not allowed to delete pods in namespace ${namespace}`,
        rule: '- { apiGroups: [""], resources: ["pods"], verbs: ["delete"] }',
      });
      expect(await hands.updateSecret(regcred(namespace, '{}'), '1', 'dry-run', signal)).toMatchObject({
        kind: 'forbidden',
        rule: '- { apiGroups: [""], resources: ["secrets"], verbs: ["patch"] }',
      });
      const daemon = { kind: 'DaemonSet', name: 'api', namespace } as const;
      expect(await hands.restartWorkload(daemon, '1', AT, 'dry-run', signal)).toMatchObject({
        rule: '- { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["patch"] }',
      });
      await limited.close();
    });
  });
}
