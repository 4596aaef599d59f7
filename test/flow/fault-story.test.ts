import { afterEach, describe, expect, it } from '@jest/globals';
import { StoreError } from '../../src/errors.ts';
import { createDue } from '../../src/flow/due.ts';
import { createSweep } from '../../src/flow/sweep.ts';
import {
  createWorld,
  firing,
  MINUTE,
  MISSING_TAG,
  resolvedAlert,
  theIncident,
  type World,
  withBrokenApi,
} from '../support/incident-world.ts';

let world: World;
afterEach(() => world.stop());

describe('Slack is down', () => {
  it('delays no page, and is told everything once when it is back', async () => {
    world = await withBrokenApi();
    const { id } = await theIncident(world);
    world.slack.down = true;
    await world.clock.advance(19 * MINUTE + 2_000);
    expect(world.pager.pages()).toHaveLength(1);
    expect(world.slack.escalations.size).toBe(0);
    world.slack.down = false;
    await world.clock.advance(15_000);
    expect(world.slack.escalations.get(`${id}:escalation:unresolved`)).toMatchObject({ pageState: 'sent' });
  });

  it('from the very beginning: the page goes out without a thread, and the thread comes later', async () => {
    world = createWorld();
    world.slack.down = true;
    world.cluster.failing.set('api', MISSING_TAG);
    await world.send(firing('api'));
    await world.clock.advance(20 * MINUTE + 2_000);
    expect(world.pager.pages()).toHaveLength(1);
    // Each try to open the thread is no look of its own: an incident's log is read as a whole, and Slack may be away for hours.
    const { id } = await theIncident(world);
    expect((await world.stores.incidents.events(id)).length).toBeLessThan(10);
    expect(world.cluster.looks).toBeLessThan(5);
    world.slack.down = false;
    await world.clock.advance(10 * MINUTE);
    expect(world.slack.roots.size).toBe(1);
    expect(world.slack.escalations.size).toBeGreaterThan(0);
    expect(world.pager.triggers).toHaveLength(1);
  });

  it('at the end: the thread is closed when it is back', async () => {
    world = await withBrokenApi();
    const { id } = await theIncident(world);
    world.slack.down = true;
    await world.send(resolvedAlert(firing('api')));
    await world.clock.advance(MINUTE);
    world.slack.down = false;
    await world.clock.advance(15_000);
    expect(world.slack.replies.get(`${id}:resolved`)).toMatch(/all its alerts have ended/);
  });
});

describe('the pager fails', () => {
  it('429 and 5xx: tried again with the same key until it works, and said in the thread', async () => {
    world = await withBrokenApi();
    const { id } = await theIncident(world);
    world.pager.faults.push('429', '429', '429');
    await world.clock.advance(20 * MINUTE);
    await world.clock.advance(2 * MINUTE);
    expect(world.pager.pages()).toHaveLength(1);
    expect(new Set(world.pager.triggers)).toEqual(new Set([`pullcheck:${id}:unresolved`]));
    expect(world.pager.triggers).toHaveLength(4);
    expect(world.slack.escalations.get(`${id}:escalation:unresolved`)).toMatchObject({ pageState: 'failed' });
    expect(world.slack.replies.get(`${id}:page-failed:unresolved`)).toMatch(
      /failed: PagerDuty failed: 429.*reach on-call yourself/,
    );
    expect(world.slack.replies.get(`${id}:page-sent:unresolved`)).toMatch(/got through at try 4/);
  });

  it('an answer that is lost after the page was accepted adds no second page', async () => {
    world = await withBrokenApi();
    world.pager.faults.push('lost-answer');
    await world.clock.advance(25 * MINUTE);
    expect(world.pager.triggers).toHaveLength(2);
    expect(world.pager.pages()).toHaveLength(1);
  });

  it('an answer that is lost is no "did not take it", also when the next try surely fails', async () => {
    world = await withBrokenApi();
    const { id } = await theIncident(world);
    world.pager.faults.push('lost-answer', '429', '429');
    await world.clock.advance(19 * MINUTE + 2_000);
    const told = world.slack.escalations.get(`${id}:escalation:unresolved`);
    expect(told).toMatchObject({ pageState: 'unconfirmed' });
    expect(world.slack.replies.get(`${id}:page-failed:unresolved`)).toMatch(
      /^It is not known whether PagerDuty took the page: .*lost-answer.* adds no second page/,
    );
    await world.clock.advance(10_000);
    expect((await theIncident(world)).pages).toMatchObject([{ state: 'failed', unconfirmed: true, attempts: 2 }]);
    await world.clock.advance(MINUTE);
    const [page] = (await theIncident(world)).pages;
    expect(page).toMatchObject({ state: 'sent' });
    expect(page?.unconfirmed).toBeUndefined();
    expect(world.pager.pages()).toHaveLength(1);
  });

  it('a lost answer that Slack could not tell is told the same later', async () => {
    world = await withBrokenApi();
    const { id } = await theIncident(world);
    world.pager.faults.push('lost-answer', '429', '429', '429', '429');
    world.slack.down = true;
    await world.clock.advance(19 * MINUTE + 2_000);
    world.slack.down = false;
    await world.clock.advance(12_000);
    expect(world.slack.escalations.get(`${id}:escalation:unresolved`)).toMatchObject({ pageState: 'unconfirmed' });
  });

  it('a refusal is not hammered, yet the page is not given up', async () => {
    world = await withBrokenApi();
    world.pager.faults.push('400');
    await world.clock.advance(22 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
    await world.clock.advance(5 * MINUTE);
    expect(world.pager.pages()).toHaveLength(1);
  });

  it('a slow pager does not delay what is said in Slack', async () => {
    world = await withBrokenApi();
    const { id } = await theIncident(world);
    world.pager.faults.push('hang');
    await world.clock.advance(19 * MINUTE + 4_000);
    expect(world.slack.escalations.get(`${id}:escalation:unresolved`)).toMatchObject({ pageState: 'none' });
  });

  it('an incident that ended while its page failed is not paged any more, and what may have arrived is ended', async () => {
    world = await withBrokenApi();
    world.pager.faults.push('lost-answer');
    await world.clock.advance(19 * MINUTE + 2_000);
    await world.send(resolvedAlert(firing('api')));
    await world.clock.advance(10 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
    expect(world.pager.pages()).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('a worker dies or freezes', () => {
  it('between claim and send: another sends it with the same key when the lease is over', async () => {
    world = await withBrokenApi();
    world.pager.faults.push('hang');
    await world.clock.advance(19 * MINUTE + 2_000);
    expect((await theIncident(world)).pages).toMatchObject([{ state: 'claimed', attempts: 1 }]);
    await world.clock.advance(45_000);
    expect((await theIncident(world)).pages).toMatchObject([{ state: 'sent', attempts: 2 }]);
    expect(new Set(world.pager.triggers).size).toBe(1);
    expect(world.pager.pages()).toHaveLength(1);
  });

  it('every job was lost: the sweeper alone keeps the promise', async () => {
    world = createWorld({ idle: true });
    world.cluster.failing.set('api', MISSING_TAG);
    await world.send(firing('api'));
    const unavailable = new StoreError({ code: 'store-unavailable', message: 'no queue', retryable: true });
    const deps = { ...world.deps, queue: { add: async () => Promise.reject(unavailable) } };
    const sweep = createSweep(deps, createDue(deps));
    await world.clock.advance(20 * MINUTE - 1);
    await sweep();
    expect(world.pager.triggers).toEqual([]);
    await world.clock.advance(1);
    await Promise.all([sweep(), sweep(), sweep()]);
    await sweep();
    expect(world.pager.triggers).toHaveLength(1);
  });

  it('the whole program was away for an hour: what is overdue happens once', async () => {
    world = createWorld({ idle: true });
    world.cluster.failing.set('api', MISSING_TAG);
    await world.send(firing('api'));
    await world.clock.advance(60 * MINUTE);
    const sweep = createSweep(world.deps, world.due);
    for (let second = 0; second < 30; second += 1) {
      await sweep();
      for (const { id } of await world.open()) await world.due(id);
      await world.clock.advance(1_000);
    }
    expect(world.pager.triggers).toHaveLength(1);
  });
});
