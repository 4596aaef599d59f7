import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { replay } from '../../src/incident/apply.ts';
import { dueAt, dueSteps, type EscalationPolicy } from '../../src/incident/escalation.ts';
import type { Incident, IncidentEvent } from '../../src/incident/incident.ts';
import { anAlert, TAG_NOT_FOUND, triggered } from '../support/incidents.ts';

const AT = 1_767_225_600_000;
const MINUTE = 60_000;
const TIER = 'unresolved';
const POLICY: EscalationPolicy = {
  acknowledgeAfterMs: 5 * MINUTE,
  resolveAfterMs: 20 * MINUTE,
  threadAfterMs: 15_000,
  diagnoseAfterMs: 180_000,
  pageLeaseMs: 30_000,
  paging: true,
};

const THREAD: IncidentEvent = { type: 'thread-opened', at: AT, thread: { channel: 'C', ts: '1' } };
const DIAGNOSED: IncidentEvent = { type: 'diagnosed', at: AT, diagnosis: TAG_NOT_FOUND, family: null, quick: false };

function after(...events: readonly IncidentEvent[]): Incident {
  return replay([triggered(AT, anAlert('a1')), ...events], { id: 'i1', key: 'k1' })!;
}

function due(incident: Incident, minutes: number): readonly string[] {
  return dueSteps(incident, POLICY, AT + minutes * MINUTE).map(({ kind }) => kind);
}

describe('what is due', () => {
  it('first the thread; then the acknowledge clock; then the page', () => {
    expect(dueAt(after(), POLICY)).toBe(AT + 15_000);
    expect(dueAt(after(THREAD, DIAGNOSED), POLICY)).toBe(AT + 5 * MINUTE);
    expect(dueAt(after(THREAD, DIAGNOSED, { type: 'reminded', at: AT }), POLICY)).toBe(AT + 20 * MINUTE);
  });

  it('acknowledging stops only the acknowledge clock', () => {
    const incident = after(THREAD, DIAGNOSED, { type: 'acknowledged', at: AT, by: 'anna' });
    expect(due(incident, 19)).toEqual([]);
    expect(due(incident, 20)).toEqual(['page']);
  });

  it('a child has no clocks; its end is told to the parent', () => {
    const child = after({ type: 'joined-parent', at: AT, parent: 'p', family: 'registry:r' });
    expect(dueAt(child, POLICY)).toBeUndefined();
    const ended = after(
      { type: 'joined-parent', at: AT, parent: 'p', family: 'registry:r' },
      { type: 'alert-resolved', at: AT, alertId: 'a1' },
    );
    expect(due(ended, 0)).toEqual(['resolve']);
  });

  it('a failed page backs off, a refused one waits long, a claimed one has a lease', () => {
    const claimed: IncidentEvent = { type: 'page-claimed', at: AT, tier: TIER, fence: 'f' };
    const announced: IncidentEvent = { type: 'page-announced', at: AT, tier: TIER };
    const base = [THREAD, DIAGNOSED, { type: 'reminded', at: AT } as const, claimed, announced];
    expect(dueAt(after(...base), POLICY)).toBe(AT + 30_000);
    const failed: IncidentEvent = { type: 'page-failed', at: AT, tier: TIER, reason: '503' };
    expect(dueAt(after(...base, failed), POLICY)).toBe(AT + 5_000);
    expect(dueAt(after(...base, failed, claimed, failed), POLICY)).toBe(AT + 10_000);
    expect(dueAt(after(...base, { ...failed, final: true }), POLICY)).toBe(AT + 5 * MINUTE);
    expect(dueAt(after(...base, failed), { ...POLICY, paging: false })).toBeUndefined();
  });

  it('after the end only what the end needs', () => {
    const incident = after(
      THREAD,
      { type: 'page-claimed', at: AT, tier: TIER, fence: 'f' },
      { type: 'child-joined', at: AT, child: 'c', subject: { cluster: 'prod' } },
      { type: 'resolved', at: AT, by: 'anna', reason: 'fixed' },
    );
    expect(due(incident, 60)).toEqual(['resolve-page', 'resolve-children', 'close']);
    const done = after(THREAD, { type: 'resolved', at: AT, by: 'anna', reason: 'fixed' }, { type: 'closed', at: AT });
    expect(dueAt(done, POLICY)).toBeUndefined();
  });

  it('asked twice, and late, is the same; what is due stays due', () => {
    fc.assert(
      fc.property(fc.nat(120), fc.nat(120), (minutes, later) => {
        const incident = after(THREAD);
        const steps = due(incident, minutes);
        expect(due(incident, minutes)).toEqual(steps);
        for (const step of steps) expect(due(incident, minutes + later)).toContain(step);
      }),
    );
  });
});
