/** Somebody deletes the thread in Slack. The incident is not over: it goes on in a new thread, and its clocks go on too. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { SlackError } from '../../src/errors.ts';
import { createWorld, firing, MINUTE, type World } from '../support/incident-world.ts';

let world: World;
afterEach(() => world.stop());

/** From now on the old thread is gone: whatever goes there is refused, and a new root lands elsewhere. */
function deleteThread(): void {
  const { slack } = world;
  const gone = async () => {
    throw new SlackError({ code: 'thread-gone', message: 'The thread was deleted in Slack.' });
  };
  const before = { ...slack };
  slack.openIncident = async (incident) => ({ channel: 'C0INCIDENTS', ts: `new-${incident.id}` });
  slack.showRun = async (thread, run) => (thread.ts.startsWith('ts-') ? gone() : before.showRun(thread, run));
  slack.showFindings = async (thread, key, diagnosis, actions) =>
    thread.ts.startsWith('ts-') ? gone() : before.showFindings(thread, key, diagnosis, actions);
  slack.refreshIncident = async (incident) =>
    incident.thread?.ts.startsWith('ts-') ? gone() : before.refreshIncident(incident);
}

async function brokenApi() {
  world = createWorld();
  world.cluster.failing.set('api', { cause: 'tag-not-found', image: 'ghcr.io/org/api:v9' });
  await world.send(firing('api'));
  await world.clock.advance(MINUTE);
  const [incident] = await world.open();
  if (!incident) throw new Error('no open incident');
  return incident;
}

describe('the thread is deleted', () => {
  it('moves to a new one when the root is to be redrawn', async () => {
    const incident = await brokenApi();
    deleteThread();
    await world.press('acknowledge', incident);
    await world.clock.advance(MINUTE);
    expect((await world.get(incident.id)).thread?.ts).toBe(`new-${incident.id}`);
  });

  it('tells a new run there when a run met the deletion', async () => {
    const incident = await brokenApi();
    deleteThread();
    const before = world.slack.runs.length;
    await world.press('rerun', incident);
    await world.clock.advance(MINUTE);
    expect((await world.get(incident.id)).thread?.ts).toBe(`new-${incident.id}`);
    expect(world.slack.runs.length).toBeGreaterThan(before);
    expect(world.slack.runs.at(-1)).toMatchObject({ done: true });
  });

  it('still pages once after 20 minutes', async () => {
    await brokenApi();
    deleteThread();
    await world.clock.advance(30 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
  });
});
