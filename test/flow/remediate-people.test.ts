/** Who presses, when, and with whom: polite answers for everybody, one claim for all. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RemedyAction } from '../../src/remediation/action.ts';
import { NEW, OLD, type RemedyWorld, startRemedyWorld, wrongPassword } from '../remediation/world.ts';

const MINUTE = 60_000;
let world: RemedyWorld;

beforeEach(async () => {
  world = await startRemedyWorld();
});
afterEach(async () => {
  await world.stop();
});

async function rotation(namespace = 'staging'): Promise<RemedyAction> {
  await wrongPassword(world, namespace);
  const found = (await world.offer('api', namespace)).find(({ remedy }) => remedy === 'rotate-pull-secret');
  if (!found) throw new Error('no rotation is offered');
  return found;
}
async function lines(): Promise<readonly string[]> {
  return (await world.audit()).map(({ actor, what }) => `${actor} ${what}`);
}

describe('one person is enough', () => {
  it('until somebody is named, nobody may press, and the refusal is written down', async () => {
    world.policy = { users: [], userGroups: [], production: [] };
    const action = await rotation();
    const preview = await world.press(action);
    expect(preview).toMatchObject({ kind: 'refused', reason: expect.stringContaining('Nobody may press this yet') });
    expect(await world.confirm(action)).toContain('Nobody may press this yet');
    expect(await lines()).toEqual(['U0ANN refused', 'U0ANN refused']);
    expect(await world.state(action)).toBe('offered');
  });

  it('two confirm at once: one claim, one job, a polite answer for the other', async () => {
    const action = await rotation();
    const answers = await Promise.all([world.confirm(action, 'U0ANN'), world.confirm(action, 'U0BOB')]);
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    expect(answers.join('')).toMatch(/Somebody else confirmed it a moment earlier|Already under way/);
    await world.pass(MINUTE);
    expect((await lines()).filter((line) => line.endsWith('confirmed'))).toHaveLength(1);
    expect(world.writes.filter((write) => write === 'updateSecret regcred')).toHaveLength(1);
  });

  it('confirming twice, or pressing when it is over, is answered', async () => {
    const action = await rotation();
    await world.press(action);
    expect(await world.confirm(action)).toBeUndefined();
    expect(await world.confirm(action)).toContain('Already under way');
    await world.pass(MINUTE);
    expect(await world.press(action)).toMatchObject({ reason: expect.stringContaining('Already done') });
    expect(await world.press({ ...action, id: 'forged' })).toMatchObject({
      reason: expect.stringContaining('no longer known'),
    });
  });

  it('an old button does nothing, also when the confirm view was open all the time', async () => {
    const action = await rotation();
    await world.press(action);
    await world.clock.advance(30 * MINUTE);
    expect(world.clock.now()).toBe(action.expiresAt);
    expect(await world.confirm(action)).toContain('too old');
    expect(await world.state(action)).toBe('offered');
    expect(world.writes).toEqual([]);
  });

  it('a dry run that does not come to an end is a refusal, not a crash', async () => {
    const action = await rotation();
    world.cluster.outage('refuse');
    expect(await world.press(action)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('regcred') });
    expect(await lines()).toEqual(['U0ANN press', 'U0ANN refused']);
  });
});

describe('production needs a second person', () => {
  it('the first is recorded, cannot be the second, and the second makes it run', async () => {
    const action = await rotation('prod-eu');
    const first = await world.press(action, 'U0ANN');
    expect(first.kind === 'confirm' && first.warnings.join()).toContain('a second person must press');
    expect(await world.confirm(action, 'U0ANN')).toContain('Recorded. A second person');
    expect(world.slack.replies.get(`${action.id}:requested`)).toContain(
      'was asked for by U0ANN in production namespace prod-eu.',
    );
    expect(await world.confirm(action, 'U0ANN')).toContain('Somebody else must press');
    expect(await world.press(action, 'U0ANN')).toMatchObject({ kind: 'second-person', by: 'U0ANN' });
    expect(world.writes).toEqual([]);
    expect(world.secret('regcred', 'prod-eu')).toContain(OLD);
    expect(await world.press(action, 'U0BOB')).toMatchObject({ kind: 'confirm', warnings: [] });
    expect(await world.confirm(action, 'U0BOB')).toBeUndefined();
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('done');
    expect(world.secret('regcred', 'prod-eu')).toContain(NEW);
    expect(await world.stores.actions.get(action.id)).toMatchObject({ requestedBy: 'U0ANN', confirmedBy: 'U0BOB' });
    expect(await lines()).toEqual([
      'U0ANN press',
      'U0ANN requested',
      'U0ANN press',
      'U0BOB press',
      'U0BOB confirmed',
      'U0BOB applied',
      'U0BOB verified',
    ]);
    expect(world.told).toEqual(['remedy-requested', 'remedy-applied', 'remedy-verified']);
  });

  it('two who confirm in the same instant are two persons: it runs once', async () => {
    const action = await rotation('prod-eu');
    await Promise.all([world.confirm(action, 'U0ANN'), world.confirm(action, 'U0BOB')]);
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('done');
    const stored = await world.stores.actions.get(action.id);
    expect(new Set([stored?.requestedBy, stored?.confirmedBy])).toEqual(new Set(['U0ANN', 'U0BOB']));
    expect(world.writes.filter((write) => write === 'updateSecret regcred')).toHaveLength(1);
  });

  it('one who confirms twice in the same instant stays one person', async () => {
    const action = await rotation('prod-eu');
    await Promise.all([world.confirm(action, 'U0ANN'), world.confirm(action, 'U0ANN')]);
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('offered');
    expect(world.writes).toEqual([]);
  });
});

describe('rights that the bot lacks', () => {
  const rights = [
    { verb: 'get', resource: 'secrets' },
    { verb: 'list', resource: 'pods' },
    { verb: 'patch', resource: 'secrets' },
    { verb: 'create', resource: 'secrets' },
    { verb: 'delete', resource: 'secrets' },
    { verb: 'delete', resource: 'pods' },
  ];

  it.each(rights)('$verb $resource: nothing is written, and the rule to add is said', async (right) => {
    const action = await rotation();
    world.cluster.deny(right);
    const rule = `- { apiGroups: [""], resources: ["${right.resource}"], verbs: ["${right.verb}"] }`;
    expect(await world.press(action)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(rule) });
    await world.confirm(action);
    await world.pass(MINUTE);
    expect(await world.state(action)).toBe('refused');
    expect([...world.slack.replies.values()].join()).toContain(rule);
    expect(world.writes).toEqual([]);
    expect(world.secret()).toContain(OLD);
  });
});
