import { afterEach, describe, expect, it } from '@jest/globals';
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

describe('nobody resolves it', () => {
  it('pages exactly once after 20 minutes, and never again', async () => {
    world = await withBrokenApi();
    await world.clock.advance(18 * MINUTE);
    expect(world.pager.pages()).toHaveLength(0);
    await world.clock.advance(2 * MINUTE);
    expect(world.pager.pages()).toHaveLength(1);
    await world.clock.advance(120 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
    const page = world.pager.pages()[0]!.page;
    expect(page.severity).toBe('P2');
    expect(page.summary).toBe('P2: pull failure blocks deployment/api in staging (ghcr.io/org/api:v9, tag-not-found)');
    expect(page.links.map(({ href }) => href)).toContain('https://runbooks.example.com/image-pull');
  });

  it('is at most two seconds late', async () => {
    world = createWorld();
    world.cluster.failing.set('api', MISSING_TAG);
    await world.send(firing('api'));
    await world.clock.advance(20 * MINUTE - 1);
    expect(world.pager.pages()).toHaveLength(0);
    await world.clock.advance(2_001);
    expect(world.pager.pages()).toHaveLength(1);
    const told = world.log.filter((line) => line.startsWith('page sent '));
    expect(told).toHaveLength(1);
    const { latenessMs } = JSON.parse(told[0]!.slice('page sent '.length)) as { latenessMs: number };
    expect(latenessMs).toBeLessThanOrEqual(2_000);
  });

  it('says so in the thread as a new message, with the outcome of the page', async () => {
    world = await withBrokenApi();
    await world.clock.advance(20 * MINUTE);
    const { id } = await theIncident(world);
    const notice = world.slack.escalations.get(`${id}:escalation:unresolved`);
    expect(notice).toMatchObject({ severity: 'P2', pageState: 'sent' });
  });

  it('mentions on-call again after 5 minutes, once', async () => {
    world = await withBrokenApi();
    const { id } = await theIncident(world);
    await world.clock.advance(3 * MINUTE);
    expect(world.slack.escalations.size).toBe(0);
    await world.clock.advance(2 * MINUTE);
    expect([...world.slack.escalations.keys()]).toEqual([`${id}:reminder`]);
    expect(world.pager.triggers).toHaveLength(0);
  });

  it('only says it in Slack when no paging service is configured', async () => {
    world = createWorld({ withoutPager: true });
    world.cluster.failing.set('api', MISSING_TAG);
    await world.send(firing('api'));
    await world.clock.advance(60 * MINUTE);
    const { id, pages } = await theIncident(world);
    expect(world.slack.escalations.get(`${id}:escalation:unresolved`)).toMatchObject({ pageState: 'not-configured' });
    expect(pages).toMatchObject([{ state: 'failed', attempts: 1 }]);
  });
});

describe('somebody takes it', () => {
  it('acknowledging stops only the acknowledge clock', async () => {
    world = await withBrokenApi();
    await world.press('acknowledge', await theIncident(world));
    await world.clock.advance(10 * MINUTE);
    expect(world.slack.escalations.size).toBe(0);
    await world.clock.advance(10 * MINUTE);
    expect(world.pager.pages()).toHaveLength(1);
  });

  it('an acknowledgement in the same instant as the page delays nothing and doubles nothing', async () => {
    world = await withBrokenApi();
    await world.clock.advance(19 * MINUTE - 500);
    const drawn = await theIncident(world);
    await Promise.all([
      world.clock.advance(3_000),
      world.press('acknowledge', drawn),
      world.due(drawn.id),
      world.due(drawn.id),
    ]);
    expect(world.pager.triggers).toHaveLength(1);
    expect((await theIncident(world)).acknowledged).toMatchObject({ by: 'U0ANNA' });
  });

  it('acknowledged after the page: the paging service learns it, and the page stays until the end', async () => {
    world = await withBrokenApi();
    await world.clock.advance(20 * MINUTE);
    await world.press('acknowledge', await theIncident(world));
    await world.clock.advance(MINUTE);
    expect(world.pager.pages()).toMatchObject([{ state: 'acknowledged' }]);
    await world.press('resolve', await theIncident(world));
    await world.clock.advance(MINUTE);
    expect(world.pager.pages()).toMatchObject([{ state: 'resolved' }]);
    expect(world.pager.triggers).toHaveLength(1);
  });

  it('a page that a person asks for goes out at once, without looking first, and only once', async () => {
    world = await withBrokenApi();
    const drawn = await theIncident(world);
    expect(await world.press('escalate', drawn, 'U0BOB')).toEqual({});
    await world.clock.advance(5_000);
    expect(world.pager.pages()).toHaveLength(1);
    expect(await world.press('escalate', drawn, 'U0ANNA')).toEqual({ whisper: 'Already escalated by U0BOB.' });
    await world.clock.advance(60 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
  });
});

describe('it ends in time', () => {
  it('all alerts resolved: no page, and the thread says it', async () => {
    world = await withBrokenApi();
    const { id } = await theIncident(world);
    await world.send(resolvedAlert(firing('api')));
    await world.clock.advance(60 * MINUTE);
    expect(world.pager.triggers).toEqual([]);
    expect(world.slack.replies.get(`${id}:resolved`)).toBe('Resolved by alertmanager: all its alerts have ended');
    expect(world.slack.roots.get(id)?.status).toBe('resolved');
  });

  it('recovered before the page: it resolves instead', async () => {
    world = await withBrokenApi();
    const { id } = await theIncident(world);
    world.cluster.failing.clear();
    await world.clock.advance(20 * MINUTE);
    expect(world.pager.triggers).toEqual([]);
    expect((await world.get(id)).resolved).toMatchObject({ by: 'pullcheck', reason: 'recovered: All pods run.' });
  });

  it('resolved after the page: the page ends too', async () => {
    world = await withBrokenApi();
    await world.clock.advance(20 * MINUTE);
    expect(world.pager.pages()[0]?.state).toBe('open');
    await world.press('resolve', await theIncident(world));
    await world.clock.advance(1_000);
    expect(world.pager.pages()[0]?.state).toBe('resolved');
    await world.clock.advance(60 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
  });

  it('a late acknowledgement never reopens it, and is told who ended it', async () => {
    world = await withBrokenApi();
    const drawn = await theIncident(world);
    await world.press('resolve', drawn, 'U0BOB');
    expect(await world.press('acknowledge', drawn)).toEqual({
      whisper: 'Already resolved by U0BOB: a person said so.',
    });
    expect((await world.get(drawn.id)).status).toBe('resolved');
  });

  it('the cluster cannot be read: it pages, and says that it may have recovered', async () => {
    world = await withBrokenApi();
    world.cluster.readable = false;
    world.cluster.failing.clear();
    await world.clock.advance(20 * MINUTE);
    expect(Object.values(world.pager.pages()[0]?.page.facts ?? {})[0]).toMatch(
      /could not be looked at again.*does not answer/,
    );
    const { id } = await theIncident(world);
    expect(world.slack.escalations.get(`${id}:escalation:unresolved`)?.facts[0]).toMatch(/may have recovered/);
  });

  it('a cluster that hangs delays the page by ten seconds at most', async () => {
    world = await withBrokenApi();
    world.cluster.hangs = true;
    await world.clock.advance(19 * MINUTE + 12_000);
    expect(world.pager.pages()).toHaveLength(1);
  });
});
