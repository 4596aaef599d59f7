/** What stands behind a registry of the cluster, where it is more than a Service with pods: an owner that is off, a host port, a mirror, an empty one. */
import { describe, expect, it } from '@jest/globals';
import { collectCase } from '../../../src/evidence/collect.ts';
import { DEFAULT_LIMITS, shareReaders } from '../../../src/evidence/collect-shared.ts';
import { observed, unreachable } from '../../../src/evidence/observation.ts';
import type { AccessOutcome } from '../../../src/evidence/registry-access.ts';
import { createManualClock } from '../../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry, type Instead } from '../../support/readers.ts';
import { aRegistryPod, aService, REGISTRY } from '../../support/registry-service.ts';
import { aContainer, aFailedEvent, aPod, aRunningContainer, aWorkload } from '../../support/snapshots.ts';

const subject = { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' };
const refused: AccessOutcome = { kind: 'network', fault: 'connection-refused', detail: 'ECONNREFUSED' };
const none: AccessOutcome = { kind: 'missing', code: 'NAME_UNKNOWN', message: '' };

interface Told {
  readonly words: string;
  readonly outcome?: AccessOutcome;
  readonly held?: readonly string[];
  readonly story?: Partial<ClusterStory>;
  readonly others?: NonNullable<ClusterStory['pods']>;
  readonly instead?: Instead;
}

function look(image: string, { words, outcome = refused, held, story = {}, others = [], instead }: Told) {
  const pod = aPod({ hostIP: '192.168.1.11', containers: [aContainer({ image })] });
  const told = aStory({
    pods: [pod, ...others],
    events: { [pod.uid]: [aFailedEvent({ message: `Failed to pull image "${image}": ${words}` })] },
    services: [aService()],
    ...story,
  });
  const cluster = fakeCluster(told, instead);
  const plain = fakeRegistry(() => outcome);
  const registry: typeof plain = {
    ...plain,
    manifest: async (...asked) => ({ ...(await plain.manifest(...asked)), challenge: { scheme: 'none' } }),
    tags: async () => ({ kind: 'missing' }),
    ...(held === undefined ? {} : { repositories: async () => ({ names: held, truncated: false }) }),
  };
  const { signal } = new AbortController();
  const shared = shareReaders({ cluster, registry }, createManualClock(), DEFAULT_LIMITS, signal);
  const evidence = collectCase(subject, { ...shared, signal, ownCredential: () => undefined });
  return { seen: evidence.get('registryService'), calls: cluster.calls };
}
const dial = (address: string) => `dial tcp ${address}: connect: connection refused`;

describe('the workload of a Service without pods', () => {
  const owner = { namespace: 'cortex-chat', replicas: { desired: 0, updated: 0, available: 0 } };
  const image = `${REGISTRY}/web:latest`;

  it.each([
    ['called like it', aWorkload({ ...owner, name: 'docker-registry', selector: 'app=docker-registry' }), aService()],
    [
      'a StatefulSet',
      aWorkload({ ...owner, kind: 'StatefulSet', name: 'docker-registry', selector: 'app=docker-registry' }),
      aService(),
    ],
    [
      'called as its labels say',
      aWorkload({ ...owner, name: 'hub', selector: 'app=hub,tier=x' }),
      aService({ selector: { app: 'hub' } }),
    ],
  ])('%s', async (_how, workload, service) => {
    const { seen, calls } = look(image, {
      words: dial(REGISTRY),
      story: { workloads: [workload], services: [service] },
    });
    expect(await seen).toMatchObject({ value: { workload: { name: workload.name, replicas: { desired: 0 } } } });
    expect(calls.filter((call) => call.startsWith('workload cortex-chat')).length).toBeLessThanOrEqual(3);
  });

  it('is not taken for one whose pods have other labels', async () => {
    const workload = aWorkload({ ...owner, name: 'docker-registry', selector: 'app=other' });
    const { seen } = look(image, { words: dial(REGISTRY), story: { workloads: [workload] } });
    expect(await seen).not.toHaveProperty('value.workload');
  });
});

describe('a port that pods take on their nodes', () => {
  const ports = [{ port: 5000, hostPort: 5000 }];
  const proxy = aRegistryPod({ name: 'proxy-1', labels: {}, containers: [aRunningContainer({ ports })] });
  const leaving = { ...proxy, name: 'proxy-2', deletedAt: 1 };

  it.each(['localhost:5000', '127.0.0.1:5000', '192.168.1.11:5000'])('%s', async (host) => {
    const { seen } = look(`${host}/web:latest`, { words: dial(host), others: [proxy, leaving] });
    expect(await seen).toMatchObject({ value: { kind: 'host-port', port: 5000, pods: [{ name: 'proxy-1' }] } });
  });

  it('of a pod that has completed is free again', async () => {
    const done = { ...proxy, phase: 'Succeeded' as const };
    const { seen } = look('localhost:5000/web:latest', { words: dial('127.0.0.1:5000'), others: [done] });
    expect(await seen).toMatchObject({ value: { kind: 'none' } });
  });

  it.each([true, false])('is looked for in as many pods as can be listed, and says so (cut: %s)', async (truncated) => {
    const pods = async () =>
      truncated ? observed({ pods: [aPod({ hostIP: '192.168.1.11' })], truncated }) : unreachable('timeout');
    const { seen } = look('localhost:5000/web:latest', {
      words: dial('127.0.0.1:5000'),
      instead: { pods: (what) => (what === '*' ? pods() : undefined) as never },
    });
    expect(await seen).toMatchObject({ value: { kind: 'none', isPartial: true } });
  });

  it.each(['localhost:5001', '192.168.9.9:5000'])('is not %s', async (host) => {
    const { seen } = look(`${host}/web:latest`, { words: dial(host), others: [proxy] });
    expect(await seen).toMatchObject({ value: { kind: 'none' } });
  });
});

describe('a mirror inside the cluster that the node names', () => {
  const words = (host: string) =>
    `failed to do request: Head "http://${host}/v2/team/web/manifests/1?ns=registry.example.com": ${dial(host)}`;

  it('is looked behind, though the image names a public registry', async () => {
    const { seen } = look('registry.example.com/team/web:1', { words: words(REGISTRY) });
    expect(await seen).toMatchObject({
      value: { kind: 'service', host: REGISTRY, mirrorOf: 'registry.example.com' },
    });
  });

  it('is looked behind for a registry with a port', async () => {
    const asked = words(REGISTRY).replace('ns=registry.example.com', 'ns=registry.example.com%3A5000');
    const { seen } = look('registry.example.com:5000/team/web:1', { words: asked });
    expect(await seen).toMatchObject({ value: { host: REGISTRY, mirrorOf: 'registry.example.com:5000' } });
  });

  it('is not where the mirror is outside', async () => {
    const { seen, calls } = look('registry.example.com/team/web:1', { words: words('mirror.example.com') });
    expect(await seen).toEqual({ status: 'absent' });
    expect(calls).not.toContain('services *');
  });
});

describe('a registry that answers', () => {
  const image = `${REGISTRY}/web:latest`;

  it('and holds nothing at all is looked behind: it may have lost it', async () => {
    const { seen } = look(image, { words: 'not found', outcome: none, held: [], others: [aRegistryPod()] });
    expect(await seen).toMatchObject({ value: { pods: { value: [{ name: 'docker-registry-6c8f-abcde' }] } } });
  });

  it('and holds something is not', async () => {
    const { seen, calls } = look(image, { words: 'not found', outcome: none, held: ['shop/web'] });
    expect(await seen).toMatchObject({ status: 'not-collected' });
    expect(calls).not.toContain('services *');
  });
});
