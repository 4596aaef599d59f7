/** A missing image that is in another registry, over real HTTP: which login went where is read from what both registries received. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connectCluster } from '../../src/adapters/kubernetes/connect.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/adapters/simulator/cluster/simulate.ts';
import { randomId, systemClock } from '../../src/clock.ts';
import { demand, type FakeServer, json, oneManifest, startFake } from '../adapters/registry/fake-registry.ts';
import { diagnoseOverHttp } from '../support/over-http.ts';

let here: FakeServer;
let there: FakeServer;
let cluster: SimulatedCluster;

/** Docker-registry with accounts: holds these tags of team/api. */
function holding(...tags: readonly string[]): Promise<FakeServer> {
  return startFake((request, response) => {
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (request.headers.authorization === undefined) return demand(response, 'Basic realm="registry"');
    if (path === '/v2/team/api/tags/list') return json(response, 200, { name: 'team/api', tags });
    const tag = path.replace('/v2/team/api/manifests/', '');
    if (tags.includes(tag)) return json(response, 200, oneManifest, { 'content-type': oneManifest.mediaType });
    const error = { code: 'MANIFEST_UNKNOWN', message: 'manifest unknown', detail: { Tag: tag } };
    return json(response, 404, { errors: [error] });
  });
}

beforeAll(async () => {
  here = await holding('1.4.1');
  there = await holding('1.4.2');
  cluster = await startSimulatedCluster({
    clock: systemClock,
    ids: randomId,
    pull: ({ image }) => ({ ok: false, message: `rpc error: code = NotFound desc = ${image}: not found` }),
  });
  const { world } = cluster;
  const namespace = 'staging';
  world.node({ name: 'node-1' });
  world.serviceAccount({ namespace, name: 'default' });
  world.pullSecret({ namespace, name: 'here', registry: here.host, username: 'here-user', password: 'here-password' });
  world.pullSecret({
    namespace,
    name: 'there',
    registry: there.host,
    username: 'there-user',
    password: 'there-password',
  });
  await world.deployment({
    namespace,
    name: 'api',
    image: `${here.host}/team/api:1.4.2`,
    imagePullSecrets: ['here', 'there'],
  });
});

afterAll(async () => {
  await cluster.close();
  await Promise.all([here.stop(), there.stop()]);
});

it('is named where it is, and neither registry sees the other’s login', async () => {
  const connection = connectCluster({ kubeconfigText: cluster.kubeconfig() });
  const diagnose = diagnoseOverHttp(connection, here.host, there.host);
  const name = String(cluster.world.list('Pod', 'staging')[0]?.metadata.name);
  const { signal } = new AbortController();
  const diagnosis = await diagnose({ request: { kind: 'Pod', name, namespace: 'staging' }, signal });
  await connection.close();
  expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
  expect(diagnosis.verdict.summary).toContain(`It exists at ${there.host}/team/api:1.4.2 (asked with secret/there).`);
  const logins = (server: FakeServer) =>
    new Set(server.seen.map(({ authorization }) => authorization ?? '').filter((text) => text !== ''));
  const pair = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(logins(here)).toEqual(new Set([pair('here-user:here-password')]));
  expect(logins(there)).toEqual(new Set([pair('there-user:there-password')]));
  expect(JSON.stringify(diagnosis)).not.toMatch(/here-password/);
});
