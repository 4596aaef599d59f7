/** A rollout restart over HTTP: when it is done, and when it would do harm. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runtimeTexts } from '../../src/adapters/simulator/cluster/texts.ts';
import type { RemedyAction } from '../../src/remediation/action.ts';
import { NEW, type RemedyWorld, startRemedyWorld } from '../remediation/world.ts';

const MINUTE = 60_000;
let world: RemedyWorld;

beforeEach(async () => {
  world = await startRemedyWorld();
  const { world: sim } = world.cluster;
  const login = { registry: world.registry.host, username: 'robot', password: NEW };
  sim.pullSecret({ namespace: 'staging', name: 'regcred', ...login });
  sim.serviceAccount({ namespace: 'staging', name: 'default' });
});
afterEach(async () => {
  await world.stop();
});

/** The pods were made before their service account got its secret. */
async function secretCameLater(replicas = 1): Promise<RemedyAction> {
  const { world: sim } = world.cluster;
  const image = `${world.registry.host}/team/api:1.4.2`;
  await sim.deployment({ namespace: 'staging', name: 'api', image, replicas });
  sim.serviceAccount({ namespace: 'staging', name: 'default', imagePullSecrets: ['regcred'] });
  await world.clock.advance(MINUTE);
  const found = (await world.offer()).find(({ remedy }) => remedy === 'restart-rollout');
  if (!found) throw new Error('no restart is offered');
  return found;
}
function restartedAt(): unknown {
  return world.cluster.world.get('Deployment', 'staging', 'api')?.spec?.template?.metadata?.annotations;
}
/** One more pod of it that runs on an image that its node has. */
async function healthyPod(imagePullSecrets = ['regcred']): Promise<void> {
  const { world: sim } = world.cluster;
  world.node = () => ({ ok: true });
  const image = `${world.registry.host}/team/api:1.4.2`;
  await sim.pod({ namespace: 'staging', name: 'cached', image, labels: { app: 'api' }, imagePullSecrets });
  world.node = undefined;
}

describe('a restart', () => {
  it('makes new pods that bring the secret, and is seen to help', async () => {
    const action = await secretCameLater();
    const preview = await world.press(action);
    expect(preview).toMatchObject({ kind: 'confirm' });
    expect(preview.kind === 'confirm' && preview.plan.consequences.join(' ')).toContain('No healthy pod is affected');
    await world.confirm(action);
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('done');
    expect(world.writes).toEqual(['restartWorkload api']);
    expect(world.podStates()).toEqual(['Running']);
  });

  it('that was interrupted after its write starts no second rollout', async () => {
    const action = await secretCameLater();
    world.dies = { at: 'restartWorkload', when: 'after' };
    await world.confirm(action);
    await world.stores.queue.idle();
    const first = restartedAt();
    const sets = () => world.cluster.world.list('ReplicaSet', 'staging').length;
    const before = sets();
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('done');
    expect(restartedAt()).toEqual(first);
    expect(sets()).toBe(before);
  });

  it('is refused while healthy pods live on an image that cannot be pulled now', async () => {
    const action = await secretCameLater();
    await healthyPod();
    world.registry.revoke('robot');
    const preview = await world.press(action);
    expect(preview).toMatchObject({ kind: 'refused' });
    expect(preview.kind === 'refused' && preview.reason).toMatch(
      /cannot be pulled right now .* would stop 1 healthy pod\./,
    );
    await world.confirm(action);
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('refused');
    expect(restartedAt()).toBeUndefined();
  });

  it('is refused while healthy pods are at stake and the Secret may not be read; without any it says what it does not know', async () => {
    const action = await secretCameLater();
    world.cluster.deny({ verb: 'get', resource: 'secrets' });
    const rule = '- { apiGroups: [""], resources: ["secrets"], verbs: ["get"] }';
    const alone = await world.press(action);
    expect(alone.kind === 'confirm' && alone.plan.consequences.join(' ')).toContain(rule);
    world.cluster.allowAll();
    await healthyPod();
    world.cluster.deny({ verb: 'get', resource: 'secrets' });
    expect(await world.press(action)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(rule) });
  });

  it('counts the list that a new pod gets, not the copy that the newest pod was made with', async () => {
    const action = await secretCameLater();
    const { world: sim } = world.cluster;
    sim.pullSecret({ namespace: 'staging', name: 'old', registry: 'other.example.com', username: 'a', password: 'b' });
    await healthyPod(['old']);
    const preview = await world.press(action);
    expect(preview).toMatchObject({ kind: 'confirm' });
    expect(preview.kind === 'confirm' && preview.plan.consequences.join(' ')).toContain('1 healthy pod is replaced');
  });

  it('does not take a refusal of nobody in particular for the node’s, nor what only a pod brings for what the next one will', async () => {
    const action = await secretCameLater();
    const { world: sim } = world.cluster;
    sim.serviceAccount({ namespace: 'staging', name: 'default' });
    const alone = await world.press(action);
    expect(alone.kind === 'confirm' && alone.plan.consequences.join(' ')).toMatch(
      /could not be tried\. .* wants a login, a new pod would bring none .* whether its node has one cannot be seen/,
    );
    await healthyPod();
    expect(await world.press(action)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(
        /^Nobody can say .* stop 1 healthy pod\. Pod cached can pull it with Secret regcred, which neither/,
      ),
    });
  });

  it('is refused when the images were changed since, when it is paused, and without the right', async () => {
    const action = await secretCameLater();
    world.cluster.deny({ verb: 'patch', resource: 'deployments' });
    expect(await world.press(action)).toMatchObject({
      reason: expect.stringContaining('- { apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"] }'),
    });
    world.cluster.allowAll();
    const { world: sim } = world.cluster;
    const live = sim.get('Deployment', 'staging', 'api');
    if (!live) throw new Error('no Deployment');
    sim.put({ ...live, spec: { ...live.spec, paused: true } });
    expect(await world.press(action)).toMatchObject({ reason: expect.stringContaining('is paused: resume it first') });
    sim.put({ ...live, spec: { ...live.spec, paused: false } });
    await sim.setImage(
      { kind: 'Deployment', namespace: 'staging', name: 'api' },
      `${world.registry.host}/team/api:1.4.3`,
    );
    expect(await world.press(action)).toMatchObject({ reason: expect.stringContaining('other images') });
    expect(world.writes).toEqual([]);
  });

  it('that did not help is told, and there is nothing to undo', async () => {
    const action = await secretCameLater();
    world.node = ({ image }) => ({ ok: false, message: runtimeTexts.unauthorized(image) });
    await world.confirm(action);
    await world.pass(8 * MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect((await world.audit()).map(({ what }) => what)).toEqual(['confirmed', 'applied', 'failed']);
  });
});
