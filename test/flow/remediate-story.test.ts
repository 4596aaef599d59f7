/** Buttons that fix, told as incidents: over HTTP, with the production adapters, from the press to the pod that runs. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runtimeTexts } from '../../src/adapters/simulator/cluster/texts.ts';
import type { RemedyAction } from '../../src/remediation/action.ts';
import { Sealed } from '../../src/sealed.ts';
import { NEW, OLD, type RemedyWorld, startRemedyWorld, wrongPassword } from '../remediation/world.ts';

const MINUTE = 60_000;
let world: RemedyWorld;

beforeEach(async () => {
  world = await startRemedyWorld();
});
afterEach(async () => {
  await world.stop();
});

async function rotation(): Promise<RemedyAction> {
  const found = (await world.offer()).find(({ remedy }) => remedy === 'rotate-pull-secret');
  if (!found) throw new Error('no rotation is offered');
  return found;
}
function said(): string {
  return [...world.slack.replies.values()].join('\n');
}
/** Everything that is kept or shown anywhere outside the cluster. */
async function everything(action: RemedyAction): Promise<string> {
  const stored = await world.stores.actions.get(action.id);
  return JSON.stringify([stored, await world.audit(), [...world.slack.replies], world.settled, world.jobErrors]);
}

describe('the password was rotated at the registry', () => {
  it('is put into the Secret once, seen to help, and nothing is left behind', async () => {
    await wrongPassword(world);
    const action = await rotation();
    const preview = await world.press(action);
    expect(preview).toMatchObject({ kind: 'confirm', warnings: [] });
    expect(JSON.stringify(preview)).not.toMatch(/canary/);
    expect(world.writes).toEqual([]);
    expect(await world.confirm(action)).toBeUndefined();
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('done');
    expect(world.writes.map((write) => write.replace(/api-.*/, 'api-…'))).toEqual([
      'createSecret regcred-pullcheck-previous',
      'updateSecret regcred',
      'deletePod api-…',
      'deletePod api-…',
      'deleteSecret regcred-pullcheck-previous',
    ]);
    expect(world.secret()).toContain(NEW);
    expect(world.podStates()).toEqual(['Running', 'Running']);
    expect(world.cluster.world.list('Secret', 'staging').map(({ metadata }) => metadata.name)).toEqual(['regcred']);
    expect((await world.audit()).map(({ what, actor }) => `${actor} ${what}`)).toEqual([
      'U0ANN press',
      'U0ANN confirmed',
      'U0ANN applied',
      'U0ANN verified',
    ]);
    expect(said()).toContain('Rotate the pull secret helped: deployment/api: every container runs');
    expect(world.told).toEqual(['remedy-applied', 'remedy-verified']);
    expect(world.settled.at(-1)).toBe('done, seen to have helped');
    expect(await everything(action)).not.toMatch(/canary/);
  });

  it('leaves other pods alone: healthy, bare, of another secret, half running', async () => {
    await wrongPassword(world);
    const { host } = world.registry;
    const { world: sim } = world.cluster;
    sim.pullSecret({ namespace: 'staging', name: 'other', registry: host, username: 'robot', password: OLD });
    sim.pullSecret({ namespace: 'staging', name: 'good', registry: host, username: 'robot', password: NEW });
    const image = `${host}/team/api:1.4.2`;
    await sim.pod({ namespace: 'staging', name: 'bare', image, imagePullSecrets: ['regcred'] });
    await sim.deployment({
      namespace: 'staging',
      name: 'web',
      image,
      imagePullSecrets: ['other'],
      pullPolicy: 'Always',
    });
    await sim.deployment({ namespace: 'staging', name: 'fine', image, imagePullSecrets: ['good'] });
    const uids = () =>
      sim
        .list('Pod', 'staging')
        .filter(({ metadata }) => !metadata.name.startsWith('api-'))
        .map(({ metadata }) => metadata.uid);
    const before = uids();
    const action = await rotation();
    const preview = await world.press(action);
    expect(preview.kind === 'confirm' && preview.plan.consequences.join(' ')).toMatch(/Left alone .*: bare\./);
    await world.confirm(action);
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('done'); // `web` is still stuck, and no concern of this act
    expect(uids()).toEqual(before);
    expect(world.secret('other')).toContain(OLD);
  });

  it('is not written when the new password is wrong too', async () => {
    await wrongPassword(world);
    const action = await rotation();
    world.source = 'robot:another-wrong-canary';
    const preview = await world.press(action);
    expect(preview).toMatchObject({ kind: 'refused' });
    expect(preview.kind === 'refused' && preview.reason).toMatch(/was tried .* first, and the registry/);
    await world.confirm(action);
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('refused');
    expect(world.writes).toEqual([]);
    expect(world.secret()).toContain(OLD);
    expect(said()).toContain('was not carried out, nothing was changed');
    expect(await everything(action)).not.toMatch(/canary/);
  });

  it('is not written while the registry cannot be reached, or without a source that can be read', async () => {
    await wrongPassword(world);
    const action = await rotation();
    world.source = undefined;
    expect(await world.press(action)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('variable NEW'),
    });
    world.source = `robot:${NEW}`;
    await world.registry.stop();
    expect(await world.press(action)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('cannot be reached'),
    });
    expect(world.writes).toEqual([]);
  });

  it('is not written when somebody else fixed it meanwhile', async () => {
    await wrongPassword(world);
    const action = await rotation();
    const { host } = world.registry;
    const login = { registry: host, username: 'robot', password: NEW };
    await world.press(action);
    world.cluster.world.pullSecret({ namespace: 'staging', name: 'regcred', ...login });
    const now = world.secret();
    await world.confirm(action);
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('refused');
    expect(said()).toContain('changed since the diagnosis');
    expect(world.secret()).toBe(now);
    expect(world.writes).toEqual([]);
  });

  it('is not written when the registry takes the stored password again', async () => {
    await wrongPassword(world);
    const action = await rotation();
    world.registry.allow('robot', new Sealed(OLD));
    world.registry.allow('fresh', new Sealed(NEW));
    world.source = `fresh:${NEW}`;
    expect(await world.press(action)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('by now') });
  });

  it('is undone when the new password breaks on the real pull', async () => {
    await wrongPassword(world);
    const action = await rotation();
    const before = world.secret();
    world.node = ({ image }) => ({ ok: false, message: runtimeTexts.unauthorized(image) });
    await world.confirm(action);
    await world.pass(8 * MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect(world.secret()).toBe(before);
    expect(said()).toContain('It was undone: what stood there before is back.');
    expect((await world.audit()).map(({ what }) => what)).toEqual(['confirmed', 'applied', 'undone', 'failed']);
    expect(world.cluster.world.list('Secret', 'staging')).toHaveLength(1);
    expect(await everything(action)).not.toMatch(/canary/);
  });

  it('is undone when the registry revokes the new password right after', async () => {
    await wrongPassword(world);
    const action = await rotation();
    const before = world.secret();
    world.node = ({ image }) => {
      world.registry.revoke('robot');
      return { ok: false, message: runtimeTexts.unauthorized(image) };
    };
    await world.confirm(action);
    await world.pass(8 * MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect(world.secret()).toBe(before);
  });

  it('is left alone, not undone, when something else is what remains', async () => {
    await wrongPassword(world);
    const action = await rotation();
    world.node = ({ image }) => {
      world.registry.remove('team/api', '1.4.2');
      return { ok: false, message: runtimeTexts.notFound(image) };
    };
    await world.confirm(action);
    await world.pass(8 * MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect(world.secret()).toContain(NEW);
    expect(said()).toContain('did not help');
    expect(said()).toContain('kept in secret/regcred-pullcheck-previous');
  });

  it('is not undone over what somebody wrote after us', async () => {
    await wrongPassword(world);
    const action = await rotation();
    world.node = ({ image }) => ({ ok: false, message: runtimeTexts.unauthorized(image) });
    await world.confirm(action);
    await world.stores.queue.idle();
    const login = { registry: world.registry.host, username: 'ann', password: 'by-hand-canary' };
    world.cluster.world.pullSecret({ namespace: 'staging', name: 'regcred', ...login });
    await world.pass(8 * MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect(world.secret()).toContain('by-hand-canary');
    expect(said()).toContain('changed by somebody else since');
  });

  it('says so when the copy for the undo is gone', async () => {
    await wrongPassword(world);
    const action = await rotation();
    world.node = ({ image }) => ({ ok: false, message: runtimeTexts.unauthorized(image) });
    await world.confirm(action);
    await world.stores.queue.idle();
    await world.ports.writer.deleteSecret('staging', 'regcred-pullcheck-previous', 'apply', AbortSignal.timeout(5000));
    await world.pass(8 * MINUTE);
    expect(said()).toContain('It could not be undone (the copy secret/regcred-pullcheck-previous is gone)');
    expect(world.secret()).toContain(NEW);
  });
});
