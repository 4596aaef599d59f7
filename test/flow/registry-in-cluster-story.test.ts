/**
 * The source playbook's internal registry over real HTTP, with the production adapters: its pod is killed for its memory, every pull
 * fails, it comes back, and what waited for it recovers.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectCluster } from '../../src/adapters/kubernetes/connect.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/adapters/simulator/cluster/simulate.ts';
import { type SimulatedRegistry, startSimulatedRegistry } from '../../src/adapters/simulator/registry/server.ts';
import { pullOverHttp } from '../../src/adapters/simulator/scenarios/pull.ts';
import { randomId, systemClock } from '../../src/clock.ts';
import { diagnoseOverHttp } from '../support/over-http.ts';

const registryPods = { namespace: 'cortex-chat', app: 'docker-registry' };

let registry: SimulatedRegistry;
let cluster: SimulatedCluster;
let connection: ReturnType<typeof connectCluster>;

/** `127.0.0.1:PORT` is a node's own port: the Service has that node port. */
beforeAll(async () => {
  registry = await startSimulatedRegistry({ clock: systemClock });
  for (const tag of ['v1', 'v2']) registry.push('cortex-chat-frontend', tag);
  cluster = await startSimulatedCluster({
    clock: systemClock,
    ids: randomId,
    pull: (request) => (request.image.startsWith(registry.host) ? pullOverHttp(request) : { ok: true }),
  });
  const { world } = cluster;
  for (const name of ['node-1', 'node-2']) world.node({ name });
  for (const namespace of ['cortex-chat', 'apps']) world.serviceAccount({ namespace, name: 'default' });
  await world.deployment({ namespace: 'cortex-chat', name: 'docker-registry', image: 'registry:3', node: 'node-2' });
  const nodePort = Number(registry.host.split(':')[1]);
  world.service({
    namespace: 'cortex-chat',
    name: 'docker-registry',
    port: 5000,
    nodePort,
    selector: { app: 'docker-registry' },
  });
  await world.deployment({ namespace: 'apps', name: 'frontend', image: `${registry.host}/cortex-chat-frontend:v1` });
  connection = connectCluster({ kubeconfigText: cluster.kubeconfig() });
});
afterAll(async () => {
  await connection.close();
  await cluster.close();
  await registry.stop();
});

function diagnose() {
  const run = diagnoseOverHttp(connection, registry.host);
  const request = { kind: 'Deployment', name: 'frontend', namespace: 'apps' } as const;
  return run({ request, signal: new AbortController().signal });
}

describe('the internal registry', () => {
  it('serves: the deployment is healthy', async () => {
    expect((await diagnose()).verdict.cause).toBe('healthy');
  });

  it('is killed for its memory in the middle of a rollout: it is down, and why, in at most 12 calls', async () => {
    await registry.stop();
    cluster.world.containersEnded(registryPods, { reason: 'OOMKilled', exitCode: 137 });
    const image = `${registry.host}/cortex-chat-frontend:v2`;
    await cluster.world.setImage({ kind: 'Deployment', namespace: 'apps', name: 'frontend' }, image);

    const diagnosis = await diagnose();

    expect(diagnosis.verdict).toMatchObject({
      cause: 'registry-down',
      confidence: 'certain',
      severity: 'P1',
      alternatives: [],
    });
    expect(diagnosis.verdict.summary).toContain('1 restart, last ended OOMKilled (exit code 137)');
    expect(diagnosis.lights).toMatchObject({ reachability: 'bad' });
    expect(diagnosis.findings[0]?.detail).toMatchObject({ workload: 'deployment/docker-registry', podsReady: 0 });
    expect(diagnosis.calls.kubernetes).toBeLessThanOrEqual(12);
  });

  it('comes back: the kubelet pulls, and the deployment is healthy', async () => {
    await registry.start();
    cluster.world.containersEnded(registryPods, undefined);
    await cluster.world.retryPulls();
    const { verdict } = await diagnose();
    expect(verdict.cause).toBe('healthy');
  });
});
