/** Whoever reads what a remedy wrote elsewhere finds back to the thread in which its button was pressed. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeCarryOut } from '../../src/flow/carry-out.ts';
import { makeRemedyUseCases, type RemediateDeps } from '../../src/flow/remediate.ts';
import type { RemedyAction } from '../../src/remediation/action.ts';
import type { Remedy } from '../../src/remediation/remedy.ts';
import { type RemedyWorld, startRemedyWorld, wrongPassword } from '../remediation/world.ts';

let world: RemedyWorld;
let action: RemedyAction;
/** The thread that the remedy was told, run by run. */
let told: (string | undefined)[];

beforeEach(async () => {
  told = [];
  world = await startRemedyWorld();
  await wrongPassword(world);
  const found = (await world.offer()).find(({ remedy }) => remedy === 'rotate-pull-secret');
  if (!found) throw new Error('no rotation is offered');
  action = found;
});
afterEach(async () => {
  await world.stop();
});

async function pressed(threadLink: RemediateDeps['threadLink']): Promise<void> {
  const remedies = world.deps.remedies.map(
    (remedy): Remedy => ({
      ...remedy,
      run: async (_params, { thread }, mode) => {
        told.push(thread);
        const plan = { diff: [], consequences: [] };
        return mode === 'dry-run' ? { kind: 'planned', plan } : { kind: 'handed-over', note: 'it is open' };
      },
    }),
  );
  const deps = { ...world.deps, remedies, threadLink };
  const shown = await makeRemedyUseCases(deps).preview(action.id, { user: 'U0ANN', channel: action.thread.channel });
  expect(shown.kind).toBe('confirm');
  await world.stores.actions.move(action.id, 'offered', { ...action, state: 'claimed', confirmedBy: 'U0ANN' });
  await makeCarryOut(deps).remediate(action.id);
  expect(await world.state(action)).toBe('handed-over');
}

describe('a remedy', () => {
  it('is told the page of its own thread, in the dry run and in the act', async () => {
    await pressed(({ channel, ts }) => `https://acme.slack.com/${channel}/${ts}`);
    const page = `https://acme.slack.com/${action.thread.channel}/${action.thread.ts}`;
    expect(told).toEqual([page, page]);
  });

  it('is told none where the thread has none', async () => {
    await pressed(() => undefined);
    expect(told).toEqual([undefined, undefined]);
  });
});
