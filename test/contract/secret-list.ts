/** Which Secrets there are: the same from a real API server and from the simulated one, and never more than was asked. */
import { describe, expect, it } from '@jest/globals';
import { valueOf } from '../../src/evidence/observation.ts';
import { type ClusterBed, noMeter, signal, useBed } from './cluster-bed.ts';

const JSON_TYPE = 'kubernetes.io/dockerconfigjson';
const base64 = (text: string) => Buffer.from(text).toString('base64');

export function secretListContract(name: string, start: () => Promise<ClusterBed>): void {
  describe(`${name}: the Secrets of a namespace`, () => {
    const its = useBed(start);
    const secret = (called: string, type: string, data: Record<string, string>, more: object = {}) =>
      its.bed.create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: called, namespace: its.namespace, ...more },
        type,
        data,
      });
    const pull = (called: string, more: object = {}) =>
      secret(called, JSON_TYPE, { '.dockerconfigjson': base64('{"auths":{}}') }, more);

    it('are rows with type and keys, without content', async () => {
      await pull('regcred');
      await secret('app', 'Opaque', { 'config.json': base64('canary'), password: base64('canary') });
      const rows = await its.reader.secretRows({ namespace: its.namespace }, signal);
      const { namespace } = its;
      const found = (valueOf(rows)?.rows ?? []).map((row) => ({ ...row, keys: [...row.keys].sort() }));
      expect(found).toEqual([
        { namespace, name: 'app', type: 'Opaque', keys: ['config.json', 'password'] },
        { namespace, name: 'regcred', type: JSON_TYPE, keys: ['.dockerconfigjson'] },
      ]);
      const typed = await its.reader.secretRows({ type: JSON_TYPE }, signal);
      expect((valueOf(typed)?.rows ?? []).filter((row) => row.namespace === namespace)).toHaveLength(1);
      expect(await its.reader.secretRows({ namespace: 'nowhere' }, signal)).toMatchObject({ value: { rows: [] } });
    });

    it('are read by type and name, sealed, with who keeps them', async () => {
      const ownerReferences = [
        { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', name: 'login', uid: 'e1', controller: true },
      ];
      await pull('regcred', { ownerReferences });
      await pull('other');
      await secret('app', 'Opaque', { password: base64('canary') });
      const ours = { namespace: its.namespace, type: JSON_TYPE };
      const all = valueOf(await its.reader.secretsOfType(ours, signal)) ?? [];
      expect(all.map((one) => one.name)).toEqual(['other', 'regcred']);
      expect(all[1]).toMatchObject({ managedBy: { controller: 'External Secrets', rewrites: 'at-once' } });
      expect(JSON.stringify(all)).not.toContain('auths');
      const named = valueOf(await its.reader.secretsOfType({ name: 'regcred', type: JSON_TYPE }, signal)) ?? [];
      expect(named.filter(({ namespace }) => namespace === its.namespace)).toHaveLength(1);
    });

    it('name the missing right exactly', async () => {
      const limited = await its.bed.restricted([
        { apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get'], namespace: its.namespace },
      ]);
      const eyes = limited.reader(noMeter);
      const permission = { verb: 'list', apiGroup: '', resource: 'secrets' };
      expect(await eyes.secretRows({ namespace: its.namespace }, signal)).toEqual({
        status: 'forbidden',
        permission: { ...permission, namespace: its.namespace },
      });
      expect(await eyes.secretsOfType({ type: JSON_TYPE }, signal)).toEqual({ status: 'forbidden', permission });
      await limited.close();
    });
  });
}
