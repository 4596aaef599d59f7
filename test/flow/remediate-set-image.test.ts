/** The build pushed `…-17-52`, the cluster asks for `…-17-54`: one press runs what was pushed, over HTTP. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runtimeTexts } from '../../src/adapters/simulator/cluster/texts.ts';
import type { RemedyAction } from '../../src/remediation/action.ts';
import { NEW, type RemedyWorld, startRemedyWorld } from '../remediation/world.ts';

const MINUTE = 60_000;
const PUSHED = 'a1b2c3d-2026-05-24-17-52';
const ASKED = 'a1b2c3d-2026-05-24-17-54';
let world: RemedyWorld;

beforeEach(async () => {
  world = await startRemedyWorld();
  const { world: sim } = world.cluster;
  world.registry.push('team/api', PUSHED);
  world.registry.push('team/api', 'ffffff1-2026-05-24-17-53');
  const login = { registry: world.registry.host, username: 'robot', password: NEW };
  sim.pullSecret({ namespace: 'staging', name: 'regcred', ...login });
  sim.serviceAccount({ namespace: 'staging', name: 'default', imagePullSecrets: ['regcred'] });
  await sim.deployment({ namespace: 'staging', name: 'api', image: image(ASKED), replicas: 2 });
  await world.clock.advance(MINUTE);
});
afterEach(async () => {
  await world.stop();
});

function image(tag: string): string {
  return `${world.registry.host}/team/api:${tag}`;
}
async function offered(): Promise<RemedyAction | undefined> {
  return (await world.offer()).find(({ remedy }) => remedy === 'set-image');
}
async function button(): Promise<RemedyAction> {
  const found = await offered();
  if (!found) throw new Error('no button');
  return found;
}
function deployment() {
  const live = world.cluster.world.get('Deployment', 'staging', 'api');
  if (!live) throw new Error('no Deployment');
  return live;
}
function running(): unknown {
  return deployment().spec?.template?.spec?.containers?.map((container) => container.image);
}

describe('running the tag that was pushed', () => {
  it('shows what changes, rolls it out, and is seen to help', async () => {
    const action = await button();
    expect(action.params).toMatchObject({ from: image(ASKED), to: image(PUSHED), container: 'api' });
    const preview = await world.press(action);
    expect(preview.kind === 'confirm' && preview.plan.diff).toEqual([
      '  deployment/api (namespace staging)',
      `- api: ${image(ASKED)}`,
      `+ api: ${image(PUSHED)}`,
    ]);
    expect(running()).toEqual([image(ASKED)]);
    await world.confirm(action);
    await world.pass(2 * MINUTE);
    expect(await world.state(action)).toBe('done');
    expect(running()).toEqual([image(PUSHED)]);
    expect(world.podStates()).toEqual(['Running', 'Running']);
    expect(world.writes).toEqual(['setImage api']);
  });

  it('is not offered for another commit, and not where a GitOps controller would write the old one back', async () => {
    const { world: sim } = world.cluster;
    const live = deployment();
    const labels = { ...live.metadata.labels, 'kustomize.toolkit.fluxcd.io/name': 'apps' };
    sim.put({ ...live, metadata: { ...live.metadata, labels } });
    expect(await offered()).toBeUndefined();
    sim.put({ ...live, metadata: { ...live.metadata } });
    const ref = { kind: 'Deployment', namespace: 'staging', name: 'api' } as const;
    await sim.setImage(ref, image('0ddba11-2026-05-24-17-54'));
    await world.clock.advance(MINUTE);
    expect(await offered()).toBeUndefined();
  });

  it('is refused when somebody changed the image since, when it is paused, when the tag went away, and without the right', async () => {
    const action = await button();
    const { world: sim } = world.cluster;
    world.cluster.deny({ verb: 'patch', resource: 'deployments' });
    expect(await world.press(action)).toMatchObject({
      reason: expect.stringContaining('- { apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"] }'),
    });
    world.cluster.allowAll();
    const live = deployment();
    sim.put({ ...live, spec: { ...live.spec, paused: true } });
    expect(await world.press(action)).toMatchObject({
      reason: expect.stringContaining('it is paused: resume it first'),
    });
    sim.put({ ...live, spec: { ...live.spec, paused: false } });
    world.registry.revoke('robot');
    expect(await world.press(action)).toMatchObject({ reason: expect.stringContaining('cannot be pulled right now') });
    const ref = { kind: 'Deployment', namespace: 'staging', name: 'api' } as const;
    await sim.setImage(ref, image('1.4.2'));
    expect(await world.press(action)).toMatchObject({ reason: expect.stringContaining('changed since the diagnosis') });
    expect(world.writes).toEqual([]);
  });

  it('that was interrupted after its write is verified, not repeated', async () => {
    const action = await button();
    world.dies = { at: 'setImage', when: 'after' };
    await world.confirm(action);
    await world.pass(2 * MINUTE);
    expect(await world.state(action)).toBe('done');
    expect(world.writes).toEqual(['setImage api']);
  });

  it('leaves the image alone that the node then says is not its business: told, not undone', async () => {
    const action = await button();
    world.node = ({ image: asked }) => ({ ok: false, message: runtimeTexts.unauthorized(asked) });
    await world.confirm(action);
    await world.pass(8 * MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect(running()).toEqual([image(PUSHED)]);
  });
});
