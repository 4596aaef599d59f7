/** What every cluster must show of Services, what stands behind them, and who may reach it. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../src/adapters/simulator/cluster/objects.ts';
import type { ClusterReader } from '../../src/evidence/ports.ts';
import { type ClusterBed, signal, useBed } from './cluster-bed.ts';

export function clusterNetworkContract(name: string, start: () => Promise<ClusterBed>): void {
  describe(`cluster network on ${name}`, () => {
    const own = useBed(start);
    let bed: ClusterBed;
    let reader: ClusterReader;
    let namespace: string;
    beforeEach(() => {
      ({ bed, reader, namespace } = own);
    });

    it('reads Services, what stands behind one, and the policies of a namespace', async () => {
      const labels = { app: 'registry' };
      await bed.create({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'registry', namespace },
        spec: { type: 'NodePort', selector: labels, ports: [{ name: 'http', port: 5000 }] },
      });
      const slice = (name: string, service: string) => ({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name, namespace, labels: { 'kubernetes.io/service-name': service } },
        addressType: 'IPv4',
        endpoints: [
          {
            addresses: ['10.42.0.7'],
            conditions: { ready: true },
            nodeName: 'node-1',
            targetRef: { kind: 'Pod', name: 'r-1' },
          },
          { addresses: ['10.42.0.8'], conditions: { ready: false } },
          { addresses: ['10.42.0.9'] },
        ],
        ports: [{ name: 'http', port: 5000, protocol: 'TCP' }],
      });
      await bed.create(slice('registry-a', 'registry'));
      await bed.create(slice('other-a', 'other'));
      const policy = (name: string, rest: object): KubeObject => ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace },
        spec: { podSelector: { matchLabels: labels }, ...rest },
      });
      const block = { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] };
      const ingress = [{ from: [{ podSelector: {} }, { ipBlock: block }], ports: [{ port: 5000, endPort: 5001 }] }, {}];
      await bed.create(policy('clients', { policyTypes: ['Ingress'], ingress }));
      await bed.create(policy('closed', { policyTypes: ['Ingress'] }));
      await bed.create(policy('outward', { policyTypes: ['Egress'], egress: [] }));

      const services = await reader.services({ namespace }, signal);
      expect(services).toMatchObject({
        status: 'observed',
        value: [
          { name: 'registry', namespace, type: 'NodePort', selector: labels, ports: [{ name: 'http', port: 5000 }] },
        ],
      });
      const everywhere = await reader.services({}, signal);
      expect(everywhere.status === 'observed' && everywhere.value.some((one) => one.namespace === namespace)).toBe(
        true,
      );
      const ports = [{ name: 'http', port: 5000 }];
      expect(await reader.endpoints(namespace, 'registry', signal)).toEqual({
        status: 'observed',
        value: [
          { addresses: ['10.42.0.7'], ready: true, ports, node: 'node-1', pod: 'r-1' },
          { addresses: ['10.42.0.8'], ready: false, ports },
          { addresses: ['10.42.0.9'], ready: true, ports },
        ],
      });
      const pods = { labels, expressions: [] };
      const policies = await reader.networkPolicies(namespace, signal);
      expect(policies.status === 'observed' && [...policies.value].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
        {
          name: 'clients',
          namespace,
          pods,
          ingress: [
            { from: [{}, { block }], ports: [{ port: 5000, endPort: 5001 }] },
            { from: undefined, ports: undefined },
          ],
        },
        { name: 'closed', namespace, pods, ingress: [] },
        { name: 'outward', namespace, pods, ingress: undefined },
      ]);
      expect(await reader.endpoints(namespace, 'nobody', signal)).toEqual({ status: 'observed', value: [] });
    });
  });
}
