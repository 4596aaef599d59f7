import { describe, expect, it } from '@jest/globals';
import { inClusterHost } from '../../src/evidence/in-cluster-host.ts';
import { locateService, lookalikes } from '../../src/evidence/registry-service.ts';
import { aService, CLUSTER_IP } from '../support/registry-service.ts';

describe('can this host be inside the cluster', () => {
  it.each([
    ['10.43.170.72:5000', { kind: 'address', address: '10.43.170.72', port: 5000 }],
    ['[fd00::5]:5000', { kind: 'address', address: 'fd00::5', port: 5000 }],
    ['localhost:5000', { kind: 'node-itself', port: 5000 }],
    ['127.0.0.1:30500', { kind: 'node-itself', port: 30_500 }],
    ['registry:5000', { kind: 'name', name: 'registry', namespace: undefined, isCertain: false, port: 5000 }],
    ['registry.infra:5000', { kind: 'name', name: 'registry', namespace: 'infra', isCertain: false, port: 5000 }],
    ['registry.infra.svc:5000', { kind: 'name', name: 'registry', namespace: 'infra', isCertain: true, port: 5000 }],
    [
      'registry.infra.svc.cluster.local',
      { kind: 'name', name: 'registry', namespace: 'infra', isCertain: true, port: undefined },
    ],
  ])('%s', (registry, expected) => {
    expect(inClusterHost(registry)).toEqual(expected);
  });

  it.each([
    'docker.io',
    'ghcr.io',
    'quay.io',
    'registry.example.com',
    'harbor.corp.example:8443',
    '-x.y',
    '1234.dkr.ecr.eu-1.amazonaws.com',
  ])('%s is a public name', (registry) => {
    expect(inClusterHost(registry)).toBeUndefined();
  });
});

describe('which Service is meant', () => {
  const nodePort = aService({
    name: 'np',
    addresses: ['10.43.0.9'],
    ports: [{ name: '', port: 5000, nodePort: 30_500 }],
  });
  const services = [aService(), nodePort];
  function meant(registry: string, nodes: readonly string[] = []) {
    const host = inClusterHost(registry);
    const found = host && locateService(host, services, new Set(nodes));
    return found && [found.service.name, found.route, found.port?.port];
  }

  it('by cluster IP, also where it serves another port', () => {
    expect(meant(`${CLUSTER_IP}:5000`)).toEqual(['docker-registry', 'address', 5000]);
    expect(meant(`${CLUSTER_IP}:5001`)).toEqual(['docker-registry', 'address', undefined]);
  });

  it('by node port, on an address that is a node’s and on localhost, nowhere else', () => {
    expect(meant('192.168.1.11:30500', ['192.168.1.11'])).toEqual(['np', 'node-port', 5000]);
    expect(meant('localhost:30500')).toEqual(['np', 'node-port', 5000]);
    expect(meant('192.168.1.11:30500')).toBeUndefined();
    expect(meant('localhost:5000')).toBeUndefined();
  });

  it('by name; a bare name only where one Service in all namespaces has it', () => {
    expect(meant('docker-registry.cortex-chat:5000')).toEqual(['docker-registry', 'name', 5000]);
    expect(meant('docker-registry:5000')).toEqual(['docker-registry', 'name', 5000]);
    expect(meant('docker-registry.other:5000')).toBeUndefined();
    const twice = [...services, aService({ namespace: 'other' })];
    const bare = inClusterHost('docker-registry:5000');
    expect(bare && locateService(bare, twice, new Set())).toBeUndefined();
  });

  it('names the registries on that port when none is meant: a new Service has a new address', () => {
    const old = inClusterHost('10.43.99.99:5000');
    expect(old && lookalikes(old, services).map(({ name }) => name)).toEqual(['docker-registry']);
  });
});
