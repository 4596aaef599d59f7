import { afterEach, describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/errors.ts';
import { createRunInquiry } from '../../src/flow/inquire.ts';
import { guardReading } from '../../src/flow/may-read.ts';
import { createPressIncident } from '../../src/flow/press-incident.ts';
import { createWorld, firing, MINUTE, type World } from '../support/incident-world.ts';

let world: World;
afterEach(() => world.stop());

const ANNA = { user: 'U0ANNA', channel: 'C0TEAM' };
const POD = { verb: 'pod', target: { name: 'api', namespace: 'staging' } } as const;

function brokenApi(): void {
  world = createWorld();
  world.cluster.failing.set('api', { cause: 'tag-not-found', image: 'ghcr.io/org/api:v9' });
}

describe('a person asks', () => {
  it('gets the findings in a thread; no incident opens and nobody is paged', async () => {
    brokenApi();
    await world.inquire({ request: POD, actor: ANNA, gesture: 'g1' });
    await world.clock.advance(60 * MINUTE);
    expect([...world.slack.findings.values()].map(({ verdict }) => verdict.cause)).toEqual(['tag-not-found']);
    expect(await world.open()).toEqual([]);
    expect(world.pager.triggers).toEqual([]);
  });

  it('once, however often Slack delivers the gesture', async () => {
    brokenApi();
    await Promise.all(['g1', 'g1', 'g1'].map(async (gesture) => world.inquire({ request: POD, actor: ANNA, gesture })));
    await world.clock.advance(MINUTE);
    expect(world.slack.inquiries).toHaveLength(1);
  });

  it('inside a thread: the answer goes there, without a new root', async () => {
    brokenApi();
    await world.inquire({ request: { verb: 'scope' }, actor: ANNA, thread: '17.5', gesture: 'g1' });
    await world.clock.advance(MINUTE);
    expect(world.slack.inquiries).toEqual([]);
    expect(world.slack.scopes.size).toBe(1);
  });

  it('about an image that runs nowhere: a pre-flight, without a button that opens an incident', async () => {
    brokenApi();
    const request = { verb: 'image', image: 'ghcr.io/org/api:v10', namespace: 'staging' } as const;
    await world.inquire({ request, actor: ANNA, gesture: 'g1' });
    await world.clock.advance(MINUTE);
    expect([...world.slack.findings.values()].map(({ kind }) => kind)).toEqual(['Preflight']);
    const inquiry = world.slack.inquiries[0]!;
    const pressed = await world.pressInquiry({ button: 'open-incident', inquiry, actor: ANNA, gesture: 'g2' });
    expect(pressed.whisper).toMatch(/something that runs/);
    expect(await world.open()).toEqual([]);
  });

  it('about credentials: who would be tried, and no password', async () => {
    brokenApi();
    const request = { verb: 'credentials', image: 'ghcr.io/org/api:v9', namespace: 'staging' } as const;
    await world.inquire({ request, actor: ANNA, gesture: 'g1' });
    await world.clock.advance(MINUTE);
    const [view] = [...world.slack.credentials.values()];
    expect(view?.tried).toEqual([{ secret: 'regcred', entry: 'ghcr.io', username: 'robot' }]);
    expect(JSON.stringify(await world.stores.inquiries.get(world.slack.inquiries[0]!))).not.toContain('never shown');
  });

  it('only about namespaces that the channel may read', async () => {
    brokenApi();
    const guarded = guardReading(world.inquire, [{ channel: ANNA.channel, namespaces: ['team-*'] }]);
    for (const verb of ['image', 'credentials'] as const) {
      const request = { verb, image: 'nginx', namespace: 'staging' };
      await expect(guarded({ request, actor: ANNA, gesture: verb })).rejects.toThrow('namespace staging');
    }
    await guarded({ request: { verb: 'image', image: 'nginx', namespace: 'team-a' }, actor: ANNA, gesture: 'ok' });
  });

  it('for a pod that is not there: a sentence, not silence', async () => {
    brokenApi();
    const run = createRunInquiry({
      ...world.deps,
      diagnose: async () => {
        throw new UsageError({
          code: 'target-not-found',
          message: 'No pod "apy" in staging.',
          hint: 'Did you mean "api"?',
        });
      },
    });
    await world.stores.inquiries.put({ id: 'q1', request: POD, by: 'U0ANNA', channel: 'C0TEAM', askedAt: 0 });
    await run('q1');
    expect(world.slack.replies.get('q1:failed')).toBe('No pod "apy" in staging. Did you mean "api"?');
    const asked = await world.stores.inquiries.get('q1');
    expect(asked?.unanswered).toBe('No pod "apy" in staging.');
  });
});

describe('the buttons under the answer', () => {
  async function answered(): Promise<string> {
    brokenApi();
    await world.inquire({ request: POD, actor: ANNA, gesture: 'g1' });
    await world.clock.advance(MINUTE);
    return world.slack.inquiries[0]!;
  }

  it('"Open incident" starts the clocks', async () => {
    const inquiry = await answered();
    expect(await world.pressInquiry({ button: 'open-incident', inquiry, actor: ANNA, gesture: 'g2' })).toEqual({});
    await world.clock.advance(20 * MINUTE + 2_000);
    expect(world.pager.pages()).toHaveLength(1);
    const again = await world.pressInquiry({ button: 'open-incident', inquiry, actor: ANNA, gesture: 'g3' });
    expect(again.whisper).toMatch(/already opened/);
    expect(await world.open()).toHaveLength(1);
  });

  it('"Open incident" joins the one that an alert opened, and does not keep it open', async () => {
    const inquiry = await answered();
    await world.send(firing('api'));
    const answer = await world.pressInquiry({ button: 'open-incident', inquiry, actor: ANNA, gesture: 'g2' });
    expect(answer.whisper).toMatch(/already is an open incident/);
    const [incident] = await world.open();
    expect(incident?.alerts.map(({ source }) => source)).toEqual(['alertmanager', 'person']);
    await world.send({ ...firing('api'), status: 'resolved' });
    expect(await world.open()).toEqual([]);
  });

  it('"Re-run" asks again in the same thread', async () => {
    const inquiry = await answered();
    await world.pressInquiry({ button: 'rerun', inquiry, actor: ANNA, gesture: 'g2' });
    await world.clock.advance(MINUTE);
    expect(world.slack.findings.size).toBe(2);
    expect(world.slack.inquiries).toHaveLength(1);
  });

  it('of a result that is gone say so', async () => {
    brokenApi();
    const answer = await world.pressInquiry({ button: 'rerun', inquiry: 'long-ago', actor: ANNA, gesture: 'g2' });
    expect(answer.whisper).toMatch(/more than a day old/);
  });
});

describe('the buttons of an incident', () => {
  async function incident() {
    brokenApi();
    await world.send(firing('api'));
    await world.clock.advance(MINUTE);
    return (await world.open())[0]!;
  }

  it('fifty clicks of five people are one change and 49 polite answers', async () => {
    const drawn = await incident();
    const clicks = Array.from({ length: 50 }, async (_, index) => world.press('acknowledge', drawn, `U0P${index % 5}`));
    const answers = await Promise.all(clicks);
    expect(answers.filter(({ whisper }) => whisper === undefined)).toHaveLength(1);
    expect(answers.filter(({ whisper }) => whisper?.startsWith('Already acknowledged by U0P'))).toHaveLength(49);
    expect((await world.stores.audit.recent(100)).filter(({ what }) => what === 'acknowledge')).toHaveLength(1);
    expect((await world.stores.audit.recent(100)).filter(({ what }) => what === 'refused')).toHaveLength(49);
  });

  it('"Resolve" drawn before another alert joined asks to look again', async () => {
    const drawn = await incident();
    await world.send(firing('api', { id: 'fp-second:1' }));
    expect((await world.press('resolve', drawn)).whisper).toMatch(/1 more of the same joined/);
    expect(await world.press('resolve', await world.get(drawn.id))).toEqual({});
  });

  it('"Re-run" shows another run; two people who press the same button ask for one', async () => {
    const drawn = await incident();
    await Promise.all([world.press('rerun', drawn, 'U0ANNA'), world.press('rerun', drawn, 'U0BOB')]);
    await world.clock.advance(MINUTE);
    expect(world.slack.findings.size).toBe(2);
  });

  it('"Re-run" runs again after a run that failed and left the incident as it was', async () => {
    const drawn = await incident();
    world.cluster.readable = false;
    await world.press('rerun', drawn);
    await world.clock.advance(MINUTE);
    expect([...world.slack.replies.values()].join()).toContain(
      'Could not be diagnosed: the API server does not answer',
    );
    world.cluster.readable = true;
    await world.press('rerun', await world.get(drawn.id));
    await world.clock.advance(MINUTE);
    expect(world.slack.findings.size).toBe(2);
  });

  it('a person who may not press is told why, and it is in the audit log', async () => {
    const drawn = await incident();
    const press = createPressIncident({ ...world.deps, mayPress: async () => 'Only the platform team may do this.' });
    const actor = { user: 'U0EVE', channel: 'C0INCIDENTS' };
    const answer = await press({ button: 'resolve', incident: drawn.id, version: drawn.version, actor, gesture: 'g9' });
    expect(answer).toEqual({ whisper: 'Only the platform team may do this.' });
    expect(await world.stores.audit.recent(1)).toMatchObject([{ actor: 'U0EVE', what: 'refused' }]);
    expect((await world.get(drawn.id)).status).toBe('triggered');
  });
});
