import { afterEach, describe, expect, it } from '@jest/globals';
import { StoreError } from '../../src/errors.ts';
import { createReceiveAlerts } from '../../src/flow/receive-alerts.ts';
import { createWorld, firing, MINUTE, resolvedAlert, type World } from '../support/incident-world.ts';

let world: World;
afterEach(() => world.stop());

const TAG = { cause: 'tag-not-found', image: 'ghcr.io/org/api:v9' } as const;
const OUTAGE = { cause: 'connection-refused', image: 'registry.internal:5000/team/app:v1' } as const;

describe('an alert arrives', () => {
  it('becomes one incident with a thread and a full diagnosis', async () => {
    world = createWorld();
    world.cluster.failing.set('api', TAG);
    expect(await world.send(firing('api'))).toEqual({ accepted: 1, unmatched: 0 });
    await world.clock.advance(2_000);
    const [incident] = await world.open();
    expect(incident).toMatchObject({
      key: 'prod/staging/Deployment/api',
      thread: { channel: 'C0INCIDENTS' },
      diagnosedFully: true,
    });
    expect([...world.slack.findings.keys()]).toEqual([`${incident!.id}:1:findings`]);
    expect(world.slack.runs.at(-1)).toEqual({ run: `${incident!.id}:1`, done: true });
  });

  it('delivered three times by a pair of senders, it changes nothing', async () => {
    world = createWorld();
    world.cluster.failing.set('api', TAG);
    await Promise.all([world.send(firing('api')), world.send(firing('api')), world.send(firing('api'))]);
    await world.clock.advance(MINUTE);
    const [incident, ...others] = await world.open();
    expect(others).toEqual([]);
    expect(incident?.alerts).toHaveLength(1);
    expect(world.slack.roots.size).toBe(1);
  });

  it('a second alert about the same workload joins, and both must end', async () => {
    world = createWorld();
    world.cluster.failing.set('api', TAG);
    const second = firing('api', { id: 'fp-other:1' });
    await world.send(firing('api'));
    await world.send(second);
    await world.clock.advance(MINUTE);
    const [incident] = await world.open();
    expect(incident?.alerts).toHaveLength(2);
    await world.send(resolvedAlert(second));
    await world.clock.advance(MINUTE);
    expect((await world.get(incident!.id)).status).toBe('triggered');
    await world.send(resolvedAlert(firing('api')));
    expect((await world.get(incident!.id)).status).toBe('resolved');
  });

  it('that no runbook matches is counted, and opens nothing', async () => {
    world = createWorld();
    expect(await world.send(firing('api', { name: 'DiskFull' }))).toEqual({ accepted: 0, unmatched: 1 });
    expect(await world.open()).toEqual([]);
    expect(world.log.join()).toContain('alert matches no runbook');
  });

  it('without a pod it starts a scope', async () => {
    world = createWorld();
    world.cluster.failing.set('api', TAG);
    await world.send(firing('any', { name: 'ImagePullFailingClusterWide', labels: { cluster: 'prod' } }));
    await world.clock.advance(2_000);
    const [incident] = await world.open();
    expect(incident).toMatchObject({ key: 'prod/*', scope: { total: { failing: 1 } } });
    expect([...world.slack.scopes.keys()]).toEqual([`${incident!.id}:1:scope`]);
  });

  it('that the store cannot take is refused, so that the sender tries again', async () => {
    world = createWorld();
    const broken = new StoreError({ code: 'store-unavailable', message: 'Redis is away', retryable: true });
    const receive = createReceiveAlerts({
      ...world.deps,
      store: { ...world.stores.incidents, openOrJoin: async () => Promise.reject(broken) },
    });
    await expect(receive({ alerts: [firing('api')], truncated: false })).rejects.toBe(broken);
  });

  it('stored but not queued: the sweeper finds it', async () => {
    world = createWorld();
    world.cluster.failing.set('api', TAG);
    const receive = createReceiveAlerts({
      ...world.deps,
      queue: { add: async () => Promise.reject(new StoreError({ code: 'store-unavailable', message: 'no queue' })) },
    });
    expect(await receive({ alerts: [firing('api')], truncated: false })).toEqual({ accepted: 1, unmatched: 0 });
    await world.clock.advance(10_000);
    expect(world.slack.roots.size).toBe(0);
    await world.clock.advance(10_000);
    expect(world.slack.roots.size).toBe(1);
  });
});

describe('what proves no end', () => {
  it('a truncated list resolves nothing, whatever it says', async () => {
    world = createWorld();
    world.cluster.failing.set('api', TAG);
    await world.send(firing('api'));
    await world.sendTruncated(resolvedAlert(firing('api')), firing('web'));
    await world.clock.advance(MINUTE);
    expect((await world.open()).map(({ key }) => key).sort()).toEqual([
      'prod/staging/Deployment/api',
      'prod/staging/Deployment/web',
    ]);
  });

  it('an end that nobody began opens nothing, and the late beginning does not page', async () => {
    world = createWorld();
    expect(await world.send(resolvedAlert(firing('api')))).toEqual({ accepted: 1, unmatched: 0 });
    await world.send(firing('api'));
    await world.clock.advance(30 * MINUTE);
    expect(await world.open()).toEqual([]);
    expect(world.slack.roots.size).toBe(0);
  });

  it('the same series firing again after its end is a new incident', async () => {
    world = createWorld();
    world.cluster.failing.set('api', TAG);
    await world.send(firing('api'));
    await world.clock.advance(MINUTE);
    await world.send(resolvedAlert(firing('api')));
    await world.send(firing('api', { id: 'fp-api:2' }));
    await world.clock.advance(MINUTE);
    expect(await world.open()).toHaveLength(1);
    expect(world.slack.roots.size).toBe(2);
  });
});

describe('fifty alerts of one registry outage', () => {
  const names = Array.from({ length: 50 }, (_, index) => `app-${index}`);

  async function storm(hangs: boolean): Promise<void> {
    world = createWorld();
    world.cluster.hangs = hangs;
    for (const name of names) world.cluster.failing.set(name, OUTAGE);
    await world.send(...names.map((name) => firing(name)));
  }

  it('give one thread and one page, P1, with the fifty in it', async () => {
    await storm(false);
    await world.clock.advance(MINUTE);
    expect(world.slack.roots.size).toBe(1);
    expect([...world.slack.roots.values()][0]?.children).toHaveLength(49);
    await world.clock.advance(60 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
    expect(world.pager.pages()[0]?.page.severity).toBe('P1');
    expect(world.slack.roots.size).toBe(1);
  });

  it('also when some quick diagnoses end in time and some do not', async () => {
    world = createWorld();
    world.cluster.failing.set('first', OUTAGE);
    await world.send(firing('first'));
    await world.clock.advance(MINUTE);
    world.cluster.hangs = true;
    world.cluster.failing.set('second', OUTAGE);
    await world.send(firing('second'));
    await world.clock.advance(MINUTE);
    expect(world.slack.roots.size).toBe(1);
    await world.clock.advance(60 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
  });

  it('also when the registry swallows packets and no quick diagnosis ends in time', async () => {
    await storm(true);
    await world.clock.advance(3 * MINUTE);
    expect(world.slack.roots.size).toBe(1);
  });

  it('the parent resolves last, and its page with it', async () => {
    await storm(false);
    await world.clock.advance(25 * MINUTE);
    const parent = [...world.slack.roots.values()][0]!;
    const alerts = names.map((name) => resolvedAlert(firing(name)));
    const own = parent.alerts[0]!.id;
    await world.send(...alerts.filter(({ id }) => id === own));
    await world.clock.advance(MINUTE);
    expect((await world.get(parent.id)).status).toBe('triggered');
    await world.send(...alerts.filter(({ id }) => id !== own).slice(0, 48));
    await world.clock.advance(MINUTE);
    expect((await world.get(parent.id)).status).toBe('triggered');
    await world.send(...alerts);
    await world.clock.advance(MINUTE);
    expect(await world.open()).toEqual([]);
    expect(world.pager.pages()).toMatchObject([{ state: 'resolved' }]);
    expect(world.slack.roots.get(parent.id)?.status).toBe('resolved');
  });

  it('a person who resolves the parent ends its children too, so that the next alert is not lost in them', async () => {
    await storm(false);
    await world.clock.advance(MINUTE);
    const parent = await world.get([...world.slack.roots.keys()][0]!);
    expect(await world.press('resolve', parent)).toEqual({});
    await world.clock.advance(MINUTE);
    expect(await world.open()).toEqual([]);
    await world.send(firing('app-7', { id: 'fp-app-7:2' }));
    await world.clock.advance(MINUTE);
    expect(await world.open()).toHaveLength(1);
    expect(world.slack.roots.size).toBe(2);
  });

  it('two clusters with a registry of the same name are two faults', async () => {
    world = createWorld();
    world.cluster.failing.set('app-1', OUTAGE).set('app-2', OUTAGE);
    const elsewhere = { cluster: 'other', namespace: 'staging', deployment: 'app-2' };
    await world.send(firing('app-1'), firing('app-2', { labels: elsewhere }));
    await world.clock.advance(MINUTE);
    expect(world.slack.roots.size).toBe(2);
  });
});
