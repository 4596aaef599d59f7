import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { apply, replay } from '../../src/incident/apply.ts';
import type { Incident, IncidentEvent } from '../../src/incident/incident.ts';
import { anAlert, TAG_NOT_FOUND, triggered } from '../support/incidents.ts';

const META = { id: 'i1', key: 'k1' };
const AT = 1_767_225_600_000;
const TIER = 'unresolved';

function after(...events: readonly IncidentEvent[]): Incident {
  const incident = replay([triggered(AT, anAlert('a1')), ...events], META);
  if (!incident) throw new Error('no incident');
  return incident;
}

const someEvent = fc
  .oneof(
    fc.constantFrom<IncidentEvent>(
      triggered(AT, anAlert('a9')),
      { type: 'alert-joined', at: AT, alert: anAlert('a2') },
      { type: 'alert-resolved', at: AT, alertId: 'a1' },
      { type: 'joined-parent', at: AT, parent: 'p', family: 'registry:r' },
      { type: 'child-joined', at: AT, child: 'c', subject: { cluster: 'prod' } },
      { type: 'child-resolved', at: AT, child: 'c' },
      { type: 'thread-opened', at: AT, thread: { channel: 'C', ts: '1' } },
      { type: 'diagnosed', at: AT, diagnosis: TAG_NOT_FOUND, family: null, quick: true },
      { type: 'acknowledged', at: AT, by: 'U1' },
      { type: 'escalation-requested', at: AT, by: 'U1' },
      { type: 'reminded', at: AT },
      { type: 'resolved', at: AT, by: 'U1', reason: 'done' },
      { type: 'closed', at: AT },
      { type: 'remedy-applied', at: AT, remedy: 'restart', by: 'U1', note: '' },
    ),
    fc.constantFrom<IncidentEvent>(
      { type: 'page-claimed', at: AT, tier: TIER, fence: 'f' },
      { type: 'page-sent', at: AT, tier: TIER, key: 'k' },
      { type: 'page-failed', at: AT, tier: TIER, reason: '503' },
      { type: 'page-resolved', at: AT, tier: TIER },
    ),
    // Written by a newer version of the program, or by nobody.
    fc
      .constantFrom('constructor', 'toString', 'from-the-future')
      .map((type) => ({ type, at: AT }) as unknown as IncidentEvent),
  )
  .map((event) => event);

describe('the reducer', () => {
  it('takes any event in any order: the version counts them, the past is never changed', () => {
    fc.assert(
      fc.property(fc.array(someEvent, { minLength: 1, maxLength: 40 }), (events) => {
        let incident: Incident | undefined;
        for (const [index, event] of events.entries()) {
          const before = JSON.stringify(incident);
          const next = apply(incident, event, META);
          expect(next.version).toBe(index + 1);
          expect(JSON.stringify(incident)).toBe(before);
          incident = next;
        }
      }),
    );
  });

  it('never un-resolves, never lowers a severity, has one page a tier', () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 40 }), (events) => {
        let incident = after();
        for (const event of events) {
          const next = apply(incident, event, META);
          if (incident.status === 'resolved') {
            expect(next.status).toBe('resolved');
            expect(next.resolved).toEqual(incident.resolved);
          }
          if (incident.severity === 'P1') expect(next.severity).toBe('P1');
          expect(new Set(next.pages.map(({ tier }) => tier)).size).toBe(next.pages.length);
          incident = next;
        }
      }),
    );
  });

  it('opens from the first alert, and starts both clocks there', () => {
    expect(after()).toMatchObject({
      id: 'i1',
      key: 'k1',
      version: 1,
      status: 'triggered',
      openedAt: AT,
      alerts: [{ id: 'a1' }],
    });
  });

  it('the first acknowledgement and the first end count', () => {
    const incident = after(
      { type: 'acknowledged', at: AT + 1, by: 'anna' },
      { type: 'acknowledged', at: AT + 2, by: 'bob' },
      { type: 'resolved', at: AT + 3, by: 'bob', reason: 'fixed' },
      { type: 'resolved', at: AT + 4, by: 'anna', reason: 'me too' },
      { type: 'acknowledged', at: AT + 5, by: 'eve' },
    );
    expect(incident).toMatchObject({
      status: 'resolved',
      acknowledged: { by: 'anna' },
      resolved: { by: 'bob', at: AT + 3 },
    });
  });

  it('a sent page cannot be claimed again; a failed one can, and remembers how often', () => {
    const claimed = { type: 'page-claimed', tier: TIER, fence: 'f' } as const;
    const failed = after(
      { ...claimed, at: AT },
      { type: 'page-failed', at: AT, tier: TIER, reason: '503' },
      { ...claimed, at: AT + 1, fence: 'g' },
    );
    expect(failed.pages).toMatchObject([{ state: 'claimed', attempts: 2, fence: 'g' }]);
    const sent = after(
      { ...claimed, at: AT },
      { type: 'page-sent', at: AT, tier: TIER, key: 'k' },
      { ...claimed, at: AT + 1, fence: 'g' },
    );
    expect(sent.pages).toMatchObject([{ state: 'sent', attempts: 1, fence: 'f', key: 'k' }]);
  });

  it('a page that arrives after the end is known, so that it can be ended', () => {
    const incident = after(
      { type: 'page-claimed', at: AT, tier: TIER, fence: 'f' },
      { type: 'resolved', at: AT, by: 'bob', reason: 'fixed' },
      { type: 'page-sent', at: AT, tier: TIER, key: 'k' },
    );
    expect(incident.pages).toMatchObject([{ state: 'sent', key: 'k' }]);
  });

  it('a late quick look does not replace the full run', () => {
    const full = { ...TAG_NOT_FOUND, durationMs: 1 };
    const incident = after(
      { type: 'diagnosed', at: AT, diagnosis: full, family: 'image:x', quick: false },
      { type: 'diagnosed', at: AT, diagnosis: TAG_NOT_FOUND, family: null, quick: true },
    );
    expect(incident.diagnosis?.durationMs).toBe(1);
    expect(incident.family).toBe('image:x');
  });

  it('is P1 as soon as several workloads fail', () => {
    expect(after({ type: 'child-joined', at: AT, child: 'c', subject: { cluster: 'prod' } }).severity).toBe('P1');
  });
});
