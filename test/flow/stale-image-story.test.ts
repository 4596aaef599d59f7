/**
 * The tag that was pushed again, over real HTTP against the simulated cluster and registry: the node keeps its old copy, the pods crash,
 * a restart does not help, the policy Always does.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectCluster } from '../../src/adapters/kubernetes/connect.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/adapters/simulator/cluster/simulate.ts';
import { type SimulatedRegistry, startSimulatedRegistry } from '../../src/adapters/simulator/registry/server.ts';
import { pullOverHttp } from '../../src/adapters/simulator/scenarios/pull.ts';
import { formatTime, randomId, systemClock } from '../../src/clock.ts';
import { Sealed } from '../../src/sealed.ts';
import { diagnoseOverHttp } from '../support/over-http.ts';

const TAG = 'release-0.8.2';
const WORDS = "ModuleNotFoundError: No module named 'bookwyrm'";
const { signal } = new AbortController();

describe('a tag that was pushed again', () => {
  let registry: SimulatedRegistry;
  let cluster: SimulatedCluster;
  let connection: ReturnType<typeof connectCluster>;
  /** Digests of builds without the application in them. */
  let broken: Set<string>;

  beforeEach(async () => {
    registry = await startSimulatedRegistry({ clock: systemClock, auth: 'basic' });
    registry.allow('robot', new Sealed('right'));
    broken = new Set([registry.push('books/web', TAG)]);
    cluster = await startSimulatedCluster({
      clock: systemClock,
      ids: randomId,
      pull: pullOverHttp,
      run: ({ digest }) => (broken.has(digest) ? { ok: false, exitCode: 1, log: ['starting', WORDS] } : { ok: true }),
    });
    const { world } = cluster;
    world.node({ name: 'node-1' });
    world.serviceAccount({ namespace: 'books', name: 'default' });
    const login = { registry: registry.host, username: 'robot', password: 'right' };
    world.pullSecret({ namespace: 'books', name: 'regcred', ...login });
    connection = connectCluster({ kubeconfigText: cluster.kubeconfig() });
  });
  afterEach(async () => {
    await connection.close();
    await cluster.close();
    await registry.stop();
  });

  async function deploy(pullPolicy: 'IfNotPresent' | 'Always') {
    const image = `${registry.host}/books/web:${TAG}`;
    const plan = { namespace: 'books', name: 'web', image, replicas: 2, imagePullSecrets: ['regcred'] };
    await cluster.world.deployment({ ...plan, pullPolicy });
  }
  /** As `kubectl rollout restart`. */
  async function restart() {
    const seen = await connection.reader({ count: () => undefined }).workload(at, signal);
    const version = seen.status === 'observed' ? seen.value.resourceVersion : '';
    await connection.writer.restartWorkload(at, version, formatTime(systemClock.now()), 'apply', signal);
    await cluster.world.settle();
  }
  const at = { kind: 'Deployment', namespace: 'books', name: 'web' } as const;

  function diagnose(runbook?: string) {
    const run = diagnoseOverHttp(connection, registry.host);
    return run({ request: at, signal, ...(runbook === undefined ? {} : { runbook }) });
  }

  it('crashes on the node’s old copy, a restart does not help, the policy Always does', async () => {
    await deploy('IfNotPresent');
    const first = await diagnose('crash-loop');
    expect(first.verdict).toMatchObject({ cause: 'container-crashing', confidence: 'certain' });
    expect(first.verdict.summary).toContain(WORDS);

    registry.push('books/web', TAG, { content: 'mended' }); // the mended build, same tag
    await restart();
    const second = await diagnose('crash-loop');
    expect(second.verdict).toMatchObject({ cause: 'stale-cached-image', confidence: 'certain' });
    expect(second.findings.map(({ cause }) => cause)).toEqual(['stale-cached-image', 'container-crashing']);
    expect(second.verdict.summary).toContain('a restart does not help');
    expect(second.findings[1]?.detail).toMatchObject({ exitCode: 1, lastLogLine: WORDS });
    expect(second.remedies).toEqual([]);
    expect(second.calls.kubernetes).toBeLessThanOrEqual(12);
    expect(second.calls.registry).toBeLessThanOrEqual(4);

    await deploy('Always');
    expect((await diagnose('crash-loop')).verdict.cause).toBe('healthy');
  });

  it('offers the restart where the policy brings the new image, and it does', async () => {
    await deploy('Always');
    registry.push('books/web', TAG, { content: 'mended' });
    const before = await diagnose('crash-loop');
    expect(before.verdict).toMatchObject({ cause: 'stale-cached-image', confidence: 'certain' });
    expect(before.remedies).toMatchObject([{ id: 'restart-rollout', risk: 'disruptive' }]);
    await restart();
    expect((await diagnose('crash-loop')).verdict.cause).toBe('healthy');
  });

  it('is found by the runbook for pulls as well, at the same cost', async () => {
    await deploy('IfNotPresent');
    registry.push('books/web', TAG, { platforms: ['linux/amd64'] });
    const { verdict, calls } = await diagnose();
    expect(verdict.cause).toBe('stale-cached-image');
    expect(calls.kubernetes).toBeLessThanOrEqual(12);
    expect(calls.registry).toBeLessThanOrEqual(4);
  });

  it('prints the rule where logs may not be read, and asks for no log of a container that runs', async () => {
    cluster.deny({ verb: 'get', resource: 'pods/log' });
    await deploy('IfNotPresent');
    const crashing = await diagnose('crash-loop');
    expect(crashing.verdict.cause).toBe('container-crashing');
    expect(crashing.gaps.join()).toContain('resources: ["pods/log"], verbs: ["get"]');
    broken.clear();
    await cluster.world.retryPulls();
    const running = await diagnose('crash-loop');
    expect([running.verdict.cause, running.gaps]).toEqual(['healthy', []]);
  });
});
