/** The worker dies at every point of a rotation. Run again, it goes on where it was: nothing twice, and the old password is never lost. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runtimeTexts } from '../../src/adapters/simulator/cluster/texts.ts';
import { makeCarryOut } from '../../src/flow/carry-out.ts';
import type { RemedyAction } from '../../src/remediation/action.ts';
import { NEW, OLD, type RemedyWorld, startRemedyWorld, wrongPassword } from '../remediation/world.ts';

const MINUTE = 60_000;
let world: RemedyWorld;
let action: RemedyAction;

beforeEach(async () => {
  world = await startRemedyWorld();
  await wrongPassword(world);
  const found = (await world.offer()).find(({ remedy }) => remedy === 'rotate-pull-secret');
  if (!found) throw new Error('no rotation is offered');
  action = found;
});
afterEach(async () => {
  await world.stop();
});

function backup(): string | undefined {
  return world.secret('regcred-pullcheck-previous');
}
function times(write: string): number {
  return world.writes.filter((one) => one === write).length;
}
const points = (['createSecret', 'updateSecret', 'deletePod'] as const).flatMap((at) =>
  (['before', 'after'] as const).map((when) => ({ at, when })),
);

describe('the worker dies', () => {
  it.each(points)('$when $at: the next run ends it, and each thing is written once', async (death) => {
    world.dies = death;
    const seen = new Set([world.secret()]);
    await world.confirm(action);
    await world.stores.queue.idle();
    expect(await world.state(action)).toBe('running');
    expect(backup() ?? OLD).toContain(OLD);
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('done');
    expect(world.jobErrors).toHaveLength(1);
    expect(times('createSecret regcred-pullcheck-previous')).toBe(1);
    expect(times('updateSecret regcred')).toBe(1);
    expect(seen.add(world.secret()).size).toBe(2);
    expect(world.secret()).toContain(NEW);
    expect(world.podStates()).toEqual(['Running', 'Running']);
    expect(world.cluster.world.list('Secret', 'staging')).toHaveLength(1);
    expect((await world.audit()).map(({ what }) => what)).toEqual(['confirmed', 'applied', 'verified']);
  });

  it('after the write: the new password is never kept as the old one, and an undo still finds the old one', async () => {
    const before = world.secret();
    world.dies = { at: 'updateSecret', when: 'after' };
    world.node = ({ image }) => ({ ok: false, message: runtimeTexts.unauthorized(image) });
    await world.confirm(action);
    await world.stores.queue.idle();
    expect(world.secret()).toContain(NEW);
    expect(backup()).toBe(before);
    await world.pass(2000);
    expect(backup()).toBe(before);
    expect(times('updateSecret regcred')).toBe(1);
    await world.pass(8 * MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect(world.secret()).toBe(before);
  });

  it('after the write, and somebody else changes the Secret before the next run: it is theirs', async () => {
    world.dies = { at: 'updateSecret', when: 'after' };
    await world.confirm(action);
    await world.stores.queue.idle();
    const login = { registry: world.registry.host, username: 'ann', password: 'by-hand' };
    world.cluster.world.pullSecret({ namespace: 'staging', name: 'regcred', ...login });
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect(world.secret()).toContain('by-hand');
    expect([...world.slack.replies.values()].join()).toContain('interrupted and could not be taken up again');
  });

  it('while undoing: the next look ends it with the old password in place', async () => {
    const before = world.secret();
    world.node = ({ image }) => ({ ok: false, message: runtimeTexts.unauthorized(image) });
    await world.confirm(action);
    await world.stores.queue.idle();
    world.dies = { at: 'updateSecret', when: 'after' };
    await world.pass(8 * MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect(world.secret()).toBe(before);
  });

  it('between the claim and the queue: the next press brings the job back', async () => {
    const { queue } = world.stores;
    const add: typeof queue.add = queue.add.bind(queue);
    Object.assign(world.stores.queue, { add: async () => Promise.reject(new Error('redis went away')) });
    await expect(world.confirm(action)).rejects.toThrow('redis went away');
    Object.assign(world.stores.queue, { add });
    expect(await world.state(action)).toBe('claimed');
    expect(await world.press(action, 'U0BOB')).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('under way'),
    });
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('done');
  });

  it('again and again: a person is asked to look, and the old password is kept', async () => {
    const before = world.secret();
    const die = async (): Promise<never> => Promise.reject(new Error('the process died'));
    const carryOut = makeCarryOut({
      ...world.deps,
      ports: () => ({ ...world.ports, writer: { ...world.ports.writer, deletePod: die } }),
    });
    await world.stores.actions.move(action.id, 'offered', { ...action, state: 'claimed', confirmedBy: 'U0ANN' });
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await expect(carryOut.remediate(action.id, attempt)).rejects.toMatchObject({ retryable: true });
    }
    await carryOut.remediate(action.id, 5);
    expect(await world.state(action)).toBe('failed');
    expect(world.secret()).toBe(before);
    expect([...world.slack.replies.values()].join()).toContain('look at secret/regcred in namespace staging');
  });
});

describe('the job comes twice', () => {
  it('says and does nothing twice, whatever state it finds', async () => {
    const carryOut = makeCarryOut(world.deps);
    await carryOut.remediate(action.id); // not confirmed by anybody
    expect(await world.state(action)).toBe('offered');
    await world.confirm(action);
    await world.stores.queue.idle();
    const wrote = [...world.writes];
    await carryOut.remediate(action.id);
    expect(world.writes).toEqual(wrote);
    await world.pass(MINUTE);
    const audit = await world.audit();
    const replies = world.slack.replies.size;
    await carryOut.remediate(action.id);
    await carryOut.verify(action.id, 3);
    expect(await world.audit()).toEqual(audit);
    expect(world.slack.replies.size).toBe(replies);
    await carryOut.remediate('no-such-action');
  });
});

describe('what cannot be seen', () => {
  it('is no verdict: it waits while the API server is away, and ends well when it is back', async () => {
    await world.confirm(action);
    await world.stores.queue.idle();
    world.cluster.outage('refuse');
    await world.pass(30_000);
    expect(await world.state(action)).toBe('verifying');
    world.cluster.outage(undefined);
    await world.pass(2 * MINUTE);
    expect(await world.state(action)).toBe('done');
  });

  it('is told when it lasts', async () => {
    await world.confirm(action);
    await world.stores.queue.idle();
    world.cluster.outage(503);
    await world.pass(8 * MINUTE);
    expect(await world.state(action)).toBe('failed');
    expect([...world.slack.replies.values()].join()).toMatch(/within 6 minutes: could not look/);
    expect(world.secret()).toContain(NEW);
  });

  it('does not depend on Slack: the act is looked at, and its end is told when Slack is back', async () => {
    await world.confirm(action);
    world.slack.down = true;
    await world.pass(20_000);
    expect(await world.state(action)).toBe('done');
    world.slack.down = false;
    await world.pass(5 * MINUTE);
    expect([...world.slack.replies.keys()]).toEqual(expect.arrayContaining([`${action.id}:done`]));
  });
});

describe('two buttons on the same Secret', () => {
  it('are never pressed together: the second is refused until the first has ended', async () => {
    const other = (await world.offer()).find(({ remedy }) => remedy === 'rotate-pull-secret');
    if (!other) throw new Error('no rotation is offered');
    await Promise.all([world.confirm(action), world.confirm(other, 'U0BOB')]);
    await world.pass(MINUTE);
    expect(new Set([await world.state(action), await world.state(other)])).toEqual(new Set(['done', 'refused']));
    expect(times('updateSecret regcred')).toBe(1);
    expect([...world.slack.replies.values()].join()).toContain(
      'another remedy for secret/regcred is being carried out',
    );
  });
});
