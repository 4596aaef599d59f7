import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClusterConnection, connectCluster } from '../../../../src/adapters/kubernetes/connect.ts';
import type { PullRequest } from '../../../../src/adapters/simulator/cluster/kubelet.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../../../src/adapters/simulator/cluster/simulate.ts';
import { runtimeTexts } from '../../../../src/adapters/simulator/cluster/texts.ts';
import { formatTime, randomId } from '../../../../src/clock.ts';
import type { ClusterReader } from '../../../../src/evidence/ports.ts';
import { Sealed } from '../../../../src/sealed.ts';
import { createManualClock } from '../../../support/clock.ts';

const REGISTRY = 'registry.example:5000';
const signal = new AbortController().signal;

describe('the simulated cluster', () => {
  const clock = createManualClock();
  let password = 'first';
  let cluster: SimulatedCluster;
  let connection: ClusterConnection;
  let reader: ClusterReader;

  /** A registry that knows v1 and v2 and wants the password of the day. */
  function pull({ image, secrets }: PullRequest) {
    const known = secrets.some(({ data }) => data['.dockerconfigjson']?.reveal().includes(`"password":"${password}"`));
    if (!known) return { ok: false, message: runtimeTexts.unauthorized(image) } as const;
    if (!/:v[12]$/.test(image)) return { ok: false, message: runtimeTexts.notFound(image) } as const;
    return { ok: true, digest: `sha256:${'a'.repeat(64)}` } as const;
  }

  beforeEach(async () => {
    password = 'first';
    cluster = await startSimulatedCluster({ clock, ids: randomId, pull });
    connection = connectCluster({ kubeconfigText: cluster.kubeconfig() });
    reader = connection.reader({ count: () => undefined });
    cluster.world.node({ name: 'node-1' });
    cluster.world.pullSecret({ namespace: 'staging', name: 'regcred', registry: REGISTRY, username: 'bot', password });
    cluster.world.serviceAccount({ namespace: 'staging', name: 'default', imagePullSecrets: ['regcred'] });
  });
  afterEach(async () => {
    await connection.close();
    await cluster.close();
  });

  async function deploy(image: string) {
    const plan = { namespace: 'staging', name: 'api', image: `${REGISTRY}/team/api:${image}`, replicas: 2 };
    return cluster.world.deployment({ ...plan, pullPolicy: 'Always' });
  }
  async function pods() {
    const list = await reader.pods({ namespace: 'staging', selector: 'app=api' }, signal);
    return list.status === 'observed' ? list.value.pods : [];
  }

  it('runs a deployment whose image exists, with the secret of its service account', async () => {
    await deploy('v1');
    const running = await pods();
    expect(running).toHaveLength(2);
    expect(running[0]).toMatchObject({ phase: 'Running', node: 'node-1', imagePullSecrets: ['regcred'] });
    expect(running[0]?.containers[0]?.imageID).toBe(`${REGISTRY}/team/api@sha256:${'a'.repeat(64)}`);
    const workload = await reader.workload({ namespace: 'staging', kind: 'Deployment', name: 'api' }, signal);
    expect(workload).toMatchObject({ value: { replicas: { desired: 2, updated: 2, available: 2 } } });
  });

  it('keeps the old pods while a rollout to a missing tag is stuck, with the words of a real kubelet', async () => {
    await deploy('v1');
    await cluster.world.setImage({ kind: 'Deployment', namespace: 'staging', name: 'api' }, `${REGISTRY}/team/api:v9`);
    const all = await pods();
    expect(all.filter(({ phase }) => phase === 'Running')).toHaveLength(2);
    const stuck = all.find(({ phase }) => phase === 'Pending');
    const image = `${REGISTRY}/team/api:v9`;
    const failure = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve image: ${image}: not found`;
    expect(stuck?.containers[0]).toMatchObject({
      waitingReason: 'ImagePullBackOff',
      waitingMessage: `Back-off pulling image "${image}": ErrImagePull: ${failure}`,
    });
    const events = await reader.events('staging', stuck?.uid ?? '', signal);
    const said = events.status === 'observed' ? events.value.map(({ message }) => message) : [];
    expect(said).toContain(`Failed to pull image "${image}": ${failure}`);
    const workload = await reader.workload({ namespace: 'staging', kind: 'Deployment', name: 'api' }, signal);
    if (workload.status !== 'observed') throw new Error(workload.status);
    expect(workload.value.replicas.available).toBe(2);
    expect(await reader.revisions(workload.value, signal)).toMatchObject({
      value: [
        { revision: 2, images: { api: image }, ready: 0, isCurrent: true },
        { revision: 1, images: { api: `${REGISTRY}/team/api:v1` }, ready: 2 },
      ],
    });
  });

  it('recovers when the pull secret is rotated and the stuck pods are deleted', async () => {
    password = 'rotated';
    await deploy('v1');
    const [stuck] = await pods();
    expect(stuck?.containers[0]?.waitingMessage).toContain('401 Unauthorized');
    const secret = await reader.secret('staging', 'regcred', signal);
    if (secret.status !== 'observed') throw new Error(secret.status);
    const config = JSON.stringify({ auths: { [REGISTRY]: { username: 'bot', password } } });
    const data = { '.dockerconfigjson': new Sealed(config) };
    const content = { namespace: 'staging', name: 'regcred', type: secret.value.type, data };
    const written = await connection.writer.updateSecret(content, secret.value.resourceVersion, 'apply', signal);
    expect(written.kind).toBe('done');
    for (const pod of await pods()) {
      expect(await connection.writer.deletePod('staging', pod.name, pod.uid, 'apply', signal)).toMatchObject({
        kind: 'done',
      });
    }
    await cluster.world.settle();
    const after = await pods();
    expect(after.map(({ phase }) => phase)).toEqual(['Running', 'Running']);
    expect(after.some(({ uid }) => uid === stuck?.uid)).toBe(false);
  });

  it('lets the kubelet recover by itself at its next try', async () => {
    password = 'later';
    await deploy('v1');
    password = 'first';
    await cluster.world.retryPulls();
    expect((await pods()).map(({ phase }) => phase)).toEqual(['Running', 'Running']);
  });

  it('replaces all pods on a restart, one revision later', async () => {
    await deploy('v1');
    const before = (await pods()).map(({ uid }) => uid);
    const workload = await reader.workload({ namespace: 'staging', kind: 'Deployment', name: 'api' }, signal);
    if (workload.status !== 'observed') throw new Error(workload.status);
    const { resourceVersion } = workload.value;
    const at = formatTime(clock.now());
    expect(await connection.writer.restartWorkload(workload.value, resourceVersion, at, 'apply', signal)).toMatchObject(
      { kind: 'done' },
    );
    await cluster.world.settle();
    const after = await pods();
    expect(after).toHaveLength(2);
    expect(after.some(({ uid }) => before.includes(uid))).toBe(false);
  });

  it('runs stateful sets, daemon sets, jobs and cron jobs too', async () => {
    const image = `${REGISTRY}/team/api:v1`;
    await cluster.world.statefulSet({ namespace: 'staging', name: 'db', image, replicas: 2 });
    await cluster.world.daemonSet({ namespace: 'staging', name: 'agent', image });
    await cluster.world.job({ namespace: 'staging', name: 'migrate', image });
    await cluster.world.cronJob({ namespace: 'staging', name: 'report', image });
    await cluster.world.pod({ namespace: 'staging', name: 'shell', image, imagePullSecrets: ['regcred'] });
    await cluster.world.setImage({ kind: 'StatefulSet', namespace: 'staging', name: 'db' }, `${REGISTRY}/team/api:v9`);
    const list = await reader.pods({ namespace: 'staging' }, signal);
    const shown = list.status === 'observed' ? list.value.pods.map(({ name, phase }) => `${name} ${phase}`) : [];
    expect(shown).toEqual([
      expect.stringMatching(/^agent-\w+ Running$/),
      'db-0 Running',
      'db-1 Pending',
      expect.stringMatching(/^migrate-\w+ Running$/),
      expect.stringMatching(/^report-29384720-\w+ Running$/),
      'shell Running',
    ]);
    const job = await reader.controllerOf({ namespace: 'staging', kind: 'Job', name: 'report-29384720' }, signal);
    expect(job).toEqual({ status: 'observed', value: { kind: 'CronJob', name: 'report' } });
  });

  it('refuses and breaks on demand', async () => {
    cluster.deny({ verb: 'get', resource: 'secrets', namespace: 'staging' });
    expect(await reader.secret('staging', 'regcred', signal)).toMatchObject({ status: 'forbidden' });
    cluster.allowAll();
    expect(await reader.secret('staging', 'regcred', signal)).toMatchObject({ status: 'observed' });
    cluster.outage('refuse');
    expect(await reader.secret('staging', 'regcred', signal)).toMatchObject({ status: 'unreachable' });
    cluster.outage(503);
    expect(await reader.pods({}, signal)).toEqual({
      status: 'unreachable',
      detail: 'the API server answered 503 ServiceUnavailable: the simulated API is down',
    });
    cluster.outage(undefined);
    expect(await reader.pods({}, signal)).toMatchObject({ status: 'observed' });
  });
});
