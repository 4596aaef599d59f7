/** The same diagnosis over real HTTP, with the production adapters: what leaves the machine is what is counted. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectCluster } from '../../src/adapters/kubernetes/connect.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/adapters/simulator/cluster/simulate.ts';
import { type SimulatedRegistry, startSimulatedRegistry } from '../../src/adapters/simulator/registry/server.ts';
import { randomId, systemClock } from '../../src/clock.ts';
import { Sealed } from '../../src/sealed.ts';
import { diagnoseOverHttp } from '../support/over-http.ts';

let registry: SimulatedRegistry;
let cluster: SimulatedCluster;
let connection: ReturnType<typeof connectCluster>;

beforeAll(async () => {
  registry = await startSimulatedRegistry({ clock: systemClock, auth: 'basic' });
  registry.push('team/api', '1.4.1');
  registry.allow('robot', new Sealed('right'));
  cluster = await startSimulatedCluster({
    clock: systemClock,
    ids: randomId,
    pull: ({ image }) => ({
      ok: false,
      message: `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
    }),
  });
  const { world } = cluster;
  world.node({ name: 'node-1' });
  world.serviceAccount({ namespace: 'staging', name: 'default' });
  world.pullSecret({
    namespace: 'staging',
    name: 'regcred',
    registry: registry.host,
    username: 'robot',
    password: 'right',
  });
  const image = `${registry.host}/team/api:1.4.2`;
  await world.deployment({ namespace: 'staging', name: 'api', image, imagePullSecrets: ['regcred'] });
  connection = connectCluster({ kubeconfigText: cluster.kubeconfig() });
});

afterAll(async () => {
  await connection.close();
  await cluster.close();
  await registry.stop();
});

function diagnose() {
  registry.clearRequests();
  const run = diagnoseOverHttp(connection, registry.host);
  const name = String(cluster.world.list('Pod', 'staging')[0]?.metadata.name);
  return run({ request: { kind: 'Pod', name, namespace: 'staging' }, signal: new AbortController().signal });
}

describe('a diagnosis over HTTP', () => {
  it('proves a missing tag with at most 12 calls to the cluster and 4 to the registry', async () => {
    const diagnosis = await diagnose();
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(diagnosis.target.workload).toEqual({ kind: 'Deployment', name: 'api' });
    expect(diagnosis.gaps).toEqual([]);
    expect(diagnosis.calls.kubernetes).toBeGreaterThan(0);
    expect(diagnosis.calls.kubernetes).toBeLessThanOrEqual(12);
    expect(diagnosis.calls.registry).toBeLessThanOrEqual(4);
    expect(registry.requests).toHaveLength(diagnosis.calls.registry);
  });

  it('tells a missing right from a wrong password, with at most 4 calls to the registry', async () => {
    registry.allow('robot', new Sealed('right'), ['team/web']);
    const noRight = await diagnose();
    expect(noRight.verdict).toMatchObject({ cause: 'permission-denied', confidence: 'likely' });
    expect(noRight.verdict.summary).toContain('The login itself is good');
    expect(noRight.calls.registry).toBeLessThanOrEqual(4);
    registry.allow('robot', new Sealed('another'));
    const wrong = await diagnose();
    registry.allow('robot', new Sealed('right'));
    // The node still says that the image is not there: not certain while the two disagree.
    expect(wrong.verdict).toMatchObject({ cause: 'credentials-rejected', confidence: 'likely' });
    expect(wrong.calls.registry).toBeLessThanOrEqual(4);
    expect(registry.requests.map(({ path }) => path).filter((path) => path === '/v2/')).toHaveLength(2);
  });

  it('prints the rule when the Secrets may not be read, and goes on', async () => {
    cluster.deny({ verb: 'get', resource: 'secrets' });
    const diagnosis = await diagnose();
    cluster.allowAll();
    expect(diagnosis.gaps.join('\n')).toContain('resources: ["secrets"], verbs: ["get"]');
    expect(diagnosis.verdict.cause).not.toBe('undetermined');
    expect(registry.requests.every(({ authorization }) => authorization === 'none')).toBe(true);
  });

  it('is undetermined while the API server cuts every connection', async () => {
    cluster.outage('refuse');
    const diagnosis = await diagnose();
    cluster.outage(undefined);
    expect(diagnosis.verdict).toMatchObject({ cause: 'undetermined', confidence: 'possible' });
    expect(diagnosis.findings).toEqual([]);
  });
});
