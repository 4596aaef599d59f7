/** What a remedy means for the incident that offered it: told once, and ended only when all of it is seen to run. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tellIncident } from '../../src/flow/tell-incident.ts';
import { tellEnd } from '../../src/flow/tell-remedy.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { RemedyAction } from '../../src/remediation/action.ts';
import { createWorld, firing, type World } from '../support/incident-world.ts';
import { anAction } from '../support/incidents.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => {
  world.stop();
});

async function incidentOf(workload: string): Promise<Incident> {
  world.cluster.failing.set(workload, { cause: 'registry-down', image: 'ghcr.io/org/app:1' });
  await world.send(firing(workload));
  await world.clock.advance(10_000);
  const found = (await world.open()).find(({ subject }) => subject.target?.name === workload);
  if (!found) throw new Error(`no incident of ${workload}`);
  return found;
}
function actionOf(id: string): RemedyAction {
  return { ...anAction('a1'), subject: { kind: 'incident', id }, confirmedBy: 'U0ANN', state: 'verifying' };
}

describe('an incident learns what its remedy did', () => {
  it('once, however often it is told, and ends when it helped', async () => {
    const { id } = await incidentOf('api');
    const tell = tellIncident(world.deps);
    for (let time = 0; time < 2; time += 1) {
      await tell(actionOf(id), 'remedy-applied', 'patch secret/regcred');
      await tell(actionOf(id), 'remedy-verified', 'it runs');
    }
    const types = (await world.stores.incidents.events(id)).map(({ type }) => type);
    expect(types.filter((type) => type === 'remedy-applied')).toHaveLength(1);
    expect(types.filter((type) => type === 'remedy-verified')).toHaveLength(1);
    expect(types.filter((type) => type === 'resolved')).toHaveLength(1);
    expect(await world.get(id)).toMatchObject({ status: 'resolved', resolved: { by: 'U0ANN' } });
  });

  it('says in its thread once that it helped', async () => {
    const { id, thread } = await incidentOf('api');
    if (thread === undefined) throw new Error('no thread');
    const action: RemedyAction = { ...actionOf(id), thread, state: 'done', outcome: 'deployment/api: it runs' };
    const voice = { announcer: world.slack, tell: tellIncident(world.deps) };
    // Told again after a crash.
    for (let time = 0; time < 2; time += 1) await tellEnd(voice, action);
    const said = [...world.slack.replies.values()].filter((text) => text.includes('helped'));
    expect(said).toEqual([`Resolved by U0ANN: ${action.title} helped: deployment/api: it runs`]);
  });

  it('says it in the thread of its button too, where that is another one', async () => {
    const { id } = await incidentOf('api');
    const action: RemedyAction = { ...actionOf(id), state: 'done', outcome: 'it runs' };
    await tellEnd({ announcer: world.slack, tell: tellIncident(world.deps) }, action);
    expect(world.slack.replies.get(`${action.id}:done`)).toBe(`${action.title} helped: it runs`);
  });

  it('stays open when the remedy failed', async () => {
    const { id } = await incidentOf('api');
    await tellIncident(world.deps)(actionOf(id), 'remedy-failed', 'still refused');
    expect((await world.get(id)).status).not.toBe('resolved');
  });

  it('stays open while another workload that joined it is not seen to run', async () => {
    const parent = await incidentOf('api');
    await incidentOf('web');
    expect((await world.get(parent.id)).children).toMatchObject([{ resolved: false }]);
    await tellIncident(world.deps)(actionOf(parent.id), 'remedy-verified', 'it runs');
    expect((await world.get(parent.id)).status).not.toBe('resolved');
  });

  it('is no concern of a question that nobody made an incident of', async () => {
    const action: RemedyAction = { ...actionOf('q1'), subject: { kind: 'inquiry', id: 'q1' } };
    await tellIncident(world.deps)(action, 'remedy-verified', 'it runs');
    expect(await world.open()).toEqual([]);
  });
});
