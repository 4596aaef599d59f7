/** The guard's whole table: denies by default, and says why. */
import { describe, expect, it } from '@jest/globals';
import type { ActionState, RemedyAction } from '../../src/remediation/action.ts';
import { decide, type Presser, type RemediationPolicy } from '../../src/remediation/guard.ts';
import { anAction } from '../support/incidents.ts';

const ANN = 'U0ANN';
const policy: RemediationPolicy = {
  users: [ANN],
  userGroups: ['S0OPS'],
  production: ['prod', '*-prod', 'shop-*-live'],
};
const action = anAction('a1');
const now = action.offeredAt + 1;

function presser(over: Partial<Presser> = {}): Presser {
  return { user: ANN, groups: [], channel: 'C1', ...over };
}
function inProduction(over: Partial<RemedyAction> = {}): RemedyAction {
  return { ...action, ...over, target: { ...action.target, namespace: 'prod' } };
}

describe('who may press', () => {
  const table: readonly (readonly [string, Partial<Presser>, Partial<RemediationPolicy>, string | undefined])[] = [
    ['a named user', {}, {}, undefined],
    ['a named user, whatever Slack says of groups', { groups: 'unknown' }, {}, undefined],
    ['a member of a named group', { user: 'U0BOB', groups: ['S0OPS'] }, {}, undefined],
    [
      'a member of the second of two groups',
      { user: 'U0BOB', groups: ['S0SRE'] },
      { userGroups: ['S0OPS', 'S0SRE'] },
      undefined,
    ],
    ['anybody, while nobody is named', {}, { users: [], userGroups: [] }, 'Nobody may press this yet'],
    ['somebody else', { user: 'U0BOB' }, {}, 'You are not in a user group'],
    ['a member of another group', { user: 'U0BOB', groups: ['S0DEV'] }, {}, 'You are not in a user group'],
    [
      'somebody else, only users named',
      { user: 'U0BOB', groups: 'unknown' },
      { userGroups: [] },
      'not among the people',
    ],
    ['somebody about whose groups nobody knows', { user: 'U0BOB', groups: 'unknown' }, {}, 'the answer is no'],
    ['a named guest', { outsider: 'guests' }, {}, 'Buttons are not for guests.'],
    ['a member in another channel', { channel: 'C2' }, {}, 'another channel'],
    ['a member where the channel is not known', { channel: '' }, {}, 'another channel'],
  ];
  it.each(table)('%s', (_who, who, rules, refusal) => {
    for (const moment of ['press', 'submit'] as const) {
      const decision = decide({ ...policy, ...rules }, { action, presser: presser(who), now, moment });
      if (refusal === undefined) expect(decision).toEqual({ kind: 'go', production: false });
      else expect(decision).toEqual({ kind: 'refuse', reason: expect.stringContaining(refusal) });
    }
  });
});

describe('when', () => {
  const states: readonly (readonly [ActionState, string])[] = [
    ['claimed', 'Already under way'],
    ['running', 'Already under way'],
    ['verifying', 'Already under way'],
    ['done', 'Already done'],
    ['failed', 'tried and did not help'],
    ['refused', 'tried and did not help'],
  ];
  it.each(states)('an action that is %s is not run again', (state, reason) => {
    for (const one of [action, inProduction({ requestedBy: 'U0BOB' })]) {
      const decision = decide(policy, { action: { ...one, state }, presser: presser(), now, moment: 'submit' });
      expect(decision).toEqual({ kind: 'refuse', reason: expect.stringContaining(reason) });
    }
  });

  it('a button lives until the very instant at which it expires', () => {
    const at = (instant: number) => decide(policy, { action, presser: presser(), now: instant, moment: 'submit' }).kind;
    expect([at(action.expiresAt - 1), at(action.expiresAt), at(action.expiresAt + 1)]).toEqual([
      'go',
      'refuse',
      'refuse',
    ]);
  });
});

describe('production', () => {
  it('is what the globs say', () => {
    const names = ['prod', 'prod-eu', 'eu-prod', 'shop-eu-live', 'shop-live', 'production', 'staging', ''];
    const among = (production: readonly string[]) =>
      names.filter((namespace) => {
        const one = { ...action, target: { ...action.target, namespace } };
        const decision = decide({ ...policy, production }, { action: one, presser: presser(), now, moment: 'press' });
        return decision.kind === 'go' && decision.production;
      });
    expect(among(policy.production)).toEqual(['prod', 'eu-prod', 'shop-eu-live']);
    expect(among(['*'])).toEqual(names);
    expect(among([])).toEqual([]);
  });

  const table: readonly (readonly [string, string | undefined, 'press' | 'submit', object])[] = [
    ['the first may look', undefined, 'press', { kind: 'go', production: true }],
    ['the first only asks', undefined, 'submit', { kind: 'second-person', from: ANN }],
    ['the first is not the second when pressing', ANN, 'press', { kind: 'second-person', from: ANN }],
    ['the first is not the second when confirming', ANN, 'submit', { kind: 'second-person', from: ANN }],
    ['the second may look', 'U0BOB', 'press', { kind: 'go', production: true }],
    ['the second makes it run', 'U0BOB', 'submit', { kind: 'go', production: true }],
  ];
  it.each(table)('%s', (_who, requestedBy, moment, decision) => {
    const asked = inProduction(requestedBy === undefined ? {} : { requestedBy });
    expect(decide(policy, { action: asked, presser: presser(), now, moment })).toEqual(decision);
  });
});
