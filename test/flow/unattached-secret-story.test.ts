/** "The secret exists though": incidents in which a good pull secret is there, and the pod cannot use it. Over HTTP, within the budgets. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClusterConnection, connectCluster } from '../../src/adapters/kubernetes/connect.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/adapters/simulator/cluster/simulate.ts';
import { type SimulatedRegistry, startSimulatedRegistry } from '../../src/adapters/simulator/registry/server.ts';
import { randomId, systemClock } from '../../src/clock.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { Sealed } from '../../src/sealed.ts';
import { diagnoseOverHttp } from '../support/over-http.ts';

let registry: SimulatedRegistry;
let cluster: SimulatedCluster;
let connection: ClusterConnection;

beforeAll(async () => {
  registry = await startSimulatedRegistry({ clock: systemClock, auth: 'basic' });
  registry.push('team/api', '1.4.2');
  registry.allow('robot', new Sealed('canary-right'));
});
afterAll(async () => {
  await registry.stop();
});
beforeEach(async () => {
  await connection?.close();
  await cluster?.close();
  cluster = await startSimulatedCluster({
    clock: systemClock,
    ids: randomId,
    pull: ({ image }) => ({
      ok: false,
      message: `failed to pull and unpack image "${image}": failed to resolve reference "${image}": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
    }),
  });
  cluster.world.node({ name: 'node-1' });
  cluster.world.serviceAccount({ namespace: 'staging', name: 'default' });
  connection = connectCluster({ kubeconfigText: cluster.kubeconfig() });
});
afterAll(async () => {
  await connection.close();
  await cluster.close();
});

const at = (name: string, namespace = 'staging') => ({ namespace, name });
const login = { username: 'robot', password: 'canary-right' };

async function incident(imagePullSecrets: readonly string[] = []): Promise<Diagnosis> {
  const image = `${registry.host}/team/api:1.4.2`;
  await cluster.world.deployment({ ...at('api'), image, imagePullSecrets });
  const run = diagnoseOverHttp(connection, registry.host);
  const name = String(cluster.world.list('Pod', 'staging')[0]?.metadata.name);
  const request = { kind: 'Pod', name, namespace: 'staging' } as const;
  const diagnosis = await run({ request, signal: new AbortController().signal });
  expect(diagnosis.calls.kubernetes).toBeLessThanOrEqual(12);
  expect(diagnosis.calls.registry).toBeLessThanOrEqual(4);
  expect(JSON.stringify(diagnosis)).not.toContain('canary');
  return diagnosis;
}

const found = ({ findings }: Diagnosis) => findings.map(({ cause, confidence }) => `${cause} ${confidence}`);

describe('the Secret is there and nobody attached it', () => {
  it('is named, was tried, and the commands attach it', async () => {
    cluster.world.pullSecret({ ...at('regcred'), registry: registry.host, ...login });
    const diagnosis = await incident();
    expect(found(diagnosis)).toEqual(['pull-secret-not-attached certain']);
    expect(diagnosis.verdict.summary).toContain('Secret regcred of namespace staging would let it pull');
    expect(diagnosis.verdict.summary).toContain('neither the pod nor its service account default names it');
    expect(diagnosis.lights).toEqual({ reference: 'good', credentials: 'bad', reachability: 'good' });
    expect(diagnosis.lightNotes.reference).toContain('asked as Secret regcred of namespace staging');
    expect(diagnosis.findings[0]?.commands).toEqual([
      `kubectl patch serviceaccount default -n staging -p '{"imagePullSecrets":[{"name":"regcred"}]}'`,
      'kubectl rollout restart deployment/api -n staging',
    ]);
    expect(diagnosis.gaps).toEqual([]);
  });

  it('a pod with a list of its own is patched itself: its account’s list would not reach it', async () => {
    cluster.world.pullSecret({ ...at('regcred'), registry: registry.host, ...login });
    cluster.world.pullSecret({ ...at('ghcr'), registry: 'ghcr.io', ...login });
    const diagnosis = await incident(['ghcr']);
    expect(found(diagnosis)).toEqual(['pull-secret-not-attached certain']);
    expect(diagnosis.findings[0]?.commands).toEqual([
      `kubectl patch deployment api -n staging -p '{"spec":{"template":{"spec":{"imagePullSecrets":[{"name":"regcred"}]}}}}'`,
    ]);
  });

  it('one that the registry refuses too is no help, and is said', async () => {
    cluster.world.pullSecret({ ...at('old'), registry: registry.host, username: 'robot', password: 'canary-old' });
    const diagnosis = await incident();
    expect(diagnosis.verdict).toMatchObject({ cause: 'credentials-required', confidence: 'certain' });
    expect(diagnosis.verdict.summary).toContain(
      'The registry refuses also Secret staging/old, which the pod does not use.',
    );
    expect(diagnosis.lights.reference).toBe('unknown');
  });

  it('may not be listed: the verdict stands, and the rule to add is printed', async () => {
    cluster.world.pullSecret({ ...at('regcred'), registry: registry.host, ...login });
    cluster.deny({ verb: 'list', resource: 'secrets' });
    const diagnosis = await incident();
    expect(found(diagnosis)).toEqual(['credentials-required certain']);
    expect(diagnosis.gaps.join()).toContain(
      'pull secrets that the pod does not use: not allowed to look; add to a Role in namespace staging: - { apiGroups: [""], resources: ["secrets"], verbs: ["list"] }',
    );
  });
});

describe('the Secret that the pod names is missing', () => {
  it('one of that name in another namespace, which opens the registry, is the cause', async () => {
    cluster.world.pullSecret({ ...at('regcred', 'prod'), registry: registry.host, ...login });
    const diagnosis = await incident(['regcred']);
    expect(found(diagnosis)).toEqual(['pull-secret-wrong-namespace certain']);
    expect(diagnosis.verdict.summary).toContain('is not in its namespace staging, only in prod');
    expect(diagnosis.lights.reference).toBe('good');
    expect(diagnosis.findings[0]?.commands).toEqual([
      String.raw`kubectl get secret regcred -n prod -o 'jsonpath={.data.\.dockerconfigjson}' | base64 -d | kubectl create secret generic regcred -n staging --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=/dev/stdin`,
    ]);
  });

  it('several namespaces that have it: the one that is named is not said to be the only one', async () => {
    for (const space of ['prod', 'qa']) {
      cluster.world.pullSecret({ ...at('regcred', space), registry: registry.host, ...login });
    }
    const diagnosis = await incident(['regcred']);
    expect(found(diagnosis)).toEqual(['pull-secret-wrong-namespace certain']);
    expect(diagnosis.verdict.summary).toContain('is not in its namespace staging, but, as in others, in prod');
  });

  it('one there that the registry refuses is not recommended', async () => {
    cluster.world.pullSecret({ ...at('regcred', 'prod'), registry: registry.host, username: 'x', password: 'canary' });
    const diagnosis = await incident(['regcred']);
    expect(found(diagnosis)).toEqual(['pull-secret-missing certain']);
    expect(diagnosis.verdict.summary).toContain('The registry refuses also Secret prod/regcred');
  });

  it('a slip in its name: the one that was meant is named, and put in its place', async () => {
    cluster.world.pullSecret({ ...at('reg-cred'), registry: registry.host, ...login });
    const diagnosis = await incident(['regcred']);
    expect(diagnosis.verdict).toMatchObject({ cause: 'pull-secret-missing', confidence: 'certain' });
    expect(diagnosis.verdict.summary).toContain('Correct the name: reg-cred is there, and the registry accepts it.');
    expect(diagnosis.findings[0]?.commands?.join()).toContain('"imagePullSecrets":[{"name":"reg-cred"}]');
  });

  it('only other namespaces may not be listed: missing for certain, and the rule is printed', async () => {
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'], namespace: 'staging' }];
    await connection.close();
    connection = connectCluster({ kubeconfigText: cluster.kubeconfig({ name: 'team', rules }) });
    const diagnosis = await incident(['regcred']);
    expect(found(diagnosis)).toEqual(['pull-secret-missing certain']);
    expect(diagnosis.gaps.join()).toContain(
      'pull secrets of other namespaces: not allowed to look; add to a ClusterRole',
    );
    expect(diagnosis.findings[0]?.commands?.[0]).toMatch(/^kubectl create secret docker-registry regcred -n staging/);
  });
});

describe('a Secret of a type that the kubelet does not read', () => {
  const config = () => JSON.stringify({ auths: { [registry.host]: login } });

  it('unattached: would open the registry, and is made again with the right type', async () => {
    cluster.world.secret({ ...at('regcred'), type: 'Opaque', data: { 'config.json': config() } });
    const diagnosis = await incident();
    expect(found(diagnosis)).toEqual(['pull-secret-malformed certain']);
    expect(diagnosis.verdict.summary).toContain('its type is "Opaque"');
    expect(diagnosis.findings[0]?.commands?.[0]).toContain(String.raw`jsonpath={.data.config\.json}`);
    expect(diagnosis.findings[0]?.commands?.[0]).toContain('| kubectl replace --force -f -');
  });

  it('attached: the same command', async () => {
    cluster.world.secret({ ...at('regcred'), type: 'Opaque', data: { '.dockerconfigjson': config() } });
    const diagnosis = await incident(['regcred']);
    expect(found(diagnosis)).toEqual(['pull-secret-malformed certain']);
    expect(diagnosis.findings[0]?.commands?.[0]).toContain('| kubectl replace --force -f -');
  });
});
