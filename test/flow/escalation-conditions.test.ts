/** A registry that is down, and a fault that spreads: what whoever is paged reads, and when. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Runbook } from '../../src/runbook/runbook.ts';
import { createWorld, firing, MINUTE, RUNBOOK, type World } from '../support/incident-world.ts';

const WITH_SPREAD: Runbook = {
  ...RUNBOOK,
  escalate: [...RUNBOOK.escalate, { when: 'scope-expanding', say: 'pull failures spread beyond {namespace}' }],
};
const IN_A_HURRY: Runbook = {
  ...WITH_SPREAD,
  escalate: WITH_SPREAD.escalate.map((rule) =>
    rule.when === 'registry-down' ? { ...rule, afterMs: 7 * MINUTE } : rule,
  ),
};
const down = { cause: 'registry-down', image: 'registry.internal/api:v9' } as const;
const missing = { cause: 'tag-not-found', image: 'ghcr.io/org/api:v9' } as const;

let world: World;
afterEach(() => world.stop());

async function begins(runbook: Runbook, fault: typeof down | typeof missing): Promise<void> {
  world = createWorld({ runbook });
  world.cluster.failing.set('api', fault);
  await world.send(firing('api'));
  await world.clock.advance(MINUTE);
}

describe('the registry is down', () => {
  it('pages at the clock as ever, as P1 and in the runbook’s words for it', async () => {
    await begins(WITH_SPREAD, down);
    await world.clock.advance(18 * MINUTE);
    expect(world.pager.triggers).toHaveLength(0);
    await world.clock.advance(60 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
    const summary = 'P1: registry registry.internal appears down, staging cannot pull';
    expect(world.pager.pages()[0]?.page).toMatchObject({ severity: 'P1', summary });
  });

  it('pages sooner where the runbook says so, and then not again at the clock', async () => {
    await begins(IN_A_HURRY, down);
    await world.clock.advance(5 * MINUTE);
    expect(world.pager.triggers).toHaveLength(0);
    await world.clock.advance(2 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
    await world.clock.advance(120 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
  });

  it('that time is no time for other faults', async () => {
    await begins(IN_A_HURRY, missing);
    await world.clock.advance(18 * MINUTE);
    expect(world.pager.triggers).toHaveLength(0);
    await world.clock.advance(2 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
  });

  it('came back before the page: nobody is paged', async () => {
    await begins(IN_A_HURRY, down);
    world.cluster.failing.clear();
    await world.clock.advance(60 * MINUTE);
    expect(world.pager.triggers).toEqual([]);
    expect(await world.open()).toEqual([]);
  });
});

describe('the fault spreads', () => {
  it('the look before the page sees more namespaces: P1, in the words for it, one page', async () => {
    await begins(WITH_SPREAD, missing);
    world.cluster.failing.set('api', { ...missing, namespaces: 3 });
    await world.clock.advance(120 * MINUTE);
    expect(world.pager.triggers).toHaveLength(1);
    const summary = 'P1: pull failures spread beyond staging';
    expect(world.pager.pages()[0]?.page).toMatchObject({ severity: 'P1', summary });
  });

  it('stays where it was: the ordinary words', async () => {
    await begins(WITH_SPREAD, missing);
    await world.clock.advance(20 * MINUTE);
    expect(world.pager.pages()[0]?.page.summary).toMatch(/^P2: pull failure blocks deployment\/api in staging/);
  });
});
