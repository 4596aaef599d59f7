/** What stands behind an in-cluster registry is asked only where it matters, and with few questions. */
import { describe, expect, it } from '@jest/globals';
import { collectCase } from '../../../src/evidence/collect.ts';
import { DEFAULT_LIMITS, shareReaders } from '../../../src/evidence/collect-shared.ts';
import { forbidden } from '../../../src/evidence/observation.ts';
import type { AccessOutcome } from '../../../src/evidence/registry-access.ts';
import { createManualClock } from '../../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry, type Instead } from '../../support/readers.ts';
import {
  anEndpoint,
  anOomKilledPod,
  aPolicy,
  aRegistryPod,
  aService,
  REGISTRY,
} from '../../support/registry-service.ts';
import { aContainer, aFailedEvent, aNode, aPod } from '../../support/snapshots.ts';

const subject = { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' };
const refused: AccessOutcome = { kind: 'network', fault: 'connection-refused', detail: 'ECONNREFUSED' };
const OWN = /^(?:services|endpoints|networkPolicies|node node-2)/;

function look(
  host: string,
  told: {
    readonly words?: string;
    readonly outcome?: AccessOutcome;
    readonly story?: Partial<ClusterStory>;
    readonly instead?: Instead;
  } = {},
) {
  const image = `${host}/web:latest`;
  const pod = aPod({ hostIP: '192.168.1.11', containers: [aContainer({ image })] });
  const message = told.words ?? `Failed to pull image "${image}": dial tcp ${host}: connect: connection refused`;
  const story = aStory({
    pods: [pod, aRegistryPod()],
    events: { [pod.uid]: [aFailedEvent({ message })] },
    services: [aService()],
    endpoints: { 'cortex-chat/docker-registry': [anEndpoint()] },
    nodes: [aNode(), aNode({ name: 'node-2', pressure: ['DiskPressure'] })],
    ...told.story,
  });
  const cluster = fakeCluster(story, told.instead);
  const registry = fakeRegistry(() => told.outcome ?? refused);
  const { signal } = new AbortController();
  const shared = shareReaders({ cluster, registry }, createManualClock(), DEFAULT_LIMITS, signal);
  const evidence = collectCase(subject, { ...shared, signal, ownCredential: () => undefined });
  const asked = () => cluster.calls.filter((call) => OWN.test(call));
  return { seen: evidence.get('registryService'), scope: evidence.get('scope'), asked, calls: cluster.calls };
}

describe('the registry’s Service', () => {
  it('of a public host is absent, without a question', async () => {
    const { seen, asked } = look('registry.example.com');
    expect(await seen).toEqual({ status: 'absent' });
    expect(asked()).toEqual([]);
  });

  it('that selects no pod is shown with the ready one that it seems to mean', async () => {
    const pods = [aPod({ containers: [aContainer({ image: `${REGISTRY}/web:latest` })] }), aRegistryPod()];
    const story = { pods, services: [aService({ selector: { app: 'registry' } })], endpoints: {} };
    const { seen, calls } = look(REGISTRY, { story });
    expect(await seen).toMatchObject({
      value: { pods: { value: [] }, strays: [{ name: 'docker-registry-6c8f-abcde' }] },
    });
    expect(new Set(calls).size).toBe(calls.length);
    const well = look(REGISTRY);
    expect(await well.seen).not.toHaveProperty('value.strays');
  });

  it('is not looked at while the registry answers and the node complains of something else', async () => {
    const words = `Failed to pull image "${REGISTRY}/web:latest": not found`;
    const outcome: AccessOutcome = { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: '' };
    const { seen, asked } = look(REGISTRY, { words, outcome });
    expect(await seen).toMatchObject({ status: 'not-collected' });
    expect(asked()).toEqual([]);
  });

  it('is looked at by the node’s words alone, without waiting for the registry’s', async () => {
    const outcome: AccessOutcome = { kind: 'refused', reason: 'loopback' };
    expect(await look(REGISTRY, { outcome }).seen).toMatchObject({ status: 'observed', value: { kind: 'service' } });
  });

  it('is looked at by our own probe, where the node only backs off', async () => {
    const words = `Back-off pulling image "${REGISTRY}/web:latest"`;
    expect(await look(REGISTRY, { words }).seen).toMatchObject({ status: 'observed' });
  });

  it('healthy: Services, endpoints and policies, the pods from the list that the scope reads', async () => {
    const { seen, scope, asked, calls } = look(REGISTRY, { story: { policies: [aPolicy()] } });
    expect(await seen).toMatchObject({
      value: {
        service: { name: 'docker-registry' },
        route: 'address',
        port: { port: 5000 },
        pods: { value: [{ name: 'docker-registry-6c8f-abcde' }] },
        policies: { value: [{ name: 'registry-clients' }] },
      },
    });
    await scope;
    expect(asked()).toEqual(['services *', 'endpoints cortex-chat/docker-registry', 'networkPolicies cortex-chat']);
    expect(calls.filter((call) => call.startsWith('pods'))).toEqual(['pods *']);
  });

  it('down: the node of the pod that is not ready instead of the policies', async () => {
    const { seen, asked } = look(REGISTRY, {
      story: {
        pods: [aPod({ containers: [aContainer({ image: `${REGISTRY}/web:latest` })] }), anOomKilledPod()],
        endpoints: { 'cortex-chat/docker-registry': [anEndpoint({ ready: false })] },
      },
    });
    expect(await seen).toMatchObject({
      value: { node: { value: { pressure: ['DiskPressure'] } }, policies: { status: 'not-collected' } },
    });
    expect(asked()).toEqual(['services *', 'endpoints cortex-chat/docker-registry', 'node node-2']);
  });

  it('by name: only the Services of that namespace are listed', async () => {
    const { seen, asked } = look('docker-registry.cortex-chat.svc:5000');
    expect(await seen).toMatchObject({ value: { route: 'name' } });
    expect(asked()[0]).toBe('services cortex-chat');
  });

  it('by node port on the pulling node’s own address', async () => {
    const services = [aService({ ports: [{ name: 'http', port: 5000, nodePort: 30_500 }] })];
    expect(await look('192.168.1.11:30500', { story: { services } }).seen).toMatchObject({
      value: { route: 'node-port' },
    });
    expect(await look('192.168.9.9:30500', { story: { services } }).seen).toMatchObject({
      value: { kind: 'none', lookalikes: [{ name: 'docker-registry' }] },
    });
  });

  it('that may not be listed is forbidden; pods of other namespaces that may not be listed are asked for by label', async () => {
    const permission = { verb: 'list', apiGroup: '', resource: 'services' };
    const hidden = look(REGISTRY, { instead: { services: async () => forbidden(permission) } });
    expect(await hidden.seen).toEqual({ status: 'forbidden', permission });
    const noList = forbidden({ ...permission, resource: 'pods' });
    const narrow: Instead = { pods: (what) => (what === '*' ? Promise.resolve(noList) : undefined) as never };
    const { seen, calls } = look(REGISTRY, { instead: narrow });
    expect(await seen).toMatchObject({ status: 'observed' });
    expect(calls).toContain('pods cortex-chat app=docker-registry');
  });
});
