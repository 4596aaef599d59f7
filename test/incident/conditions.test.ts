import { describe, expect, it } from '@jest/globals';
import type { Cause } from '../../src/diagnosis/cause.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { FailingPod } from '../../src/evidence/scope.ts';
import { replay } from '../../src/incident/apply.ts';
import { conditionsOf } from '../../src/incident/conditions.ts';
import { dueAt, type EscalationPolicy } from '../../src/incident/escalation.ts';
import type { Incident, IncidentEvent } from '../../src/incident/incident.ts';
import { escalationSentence, severityOf } from '../../src/incident/summary.ts';
import { RUNBOOK } from '../support/incident-world.ts';
import { anAlert, TAG_NOT_FOUND, triggered } from '../support/incidents.ts';

const AT = 1_767_225_600_000;
const MINUTE = 60_000;
const THREAD: IncidentEvent = { type: 'thread-opened', at: AT, thread: { channel: 'C', ts: '1' } };

function after(...events: readonly IncidentEvent[]): Incident {
  const incident = replay([triggered(AT, anAlert('a1')), ...events], { id: 'i1', key: 'k1' });
  if (incident === undefined) throw new Error('no incident');
  return incident;
}

function diagnosed(change: Partial<Diagnosis>, quick = false): IncidentEvent {
  return { type: 'diagnosed', at: AT, diagnosis: { ...TAG_NOT_FOUND, ruledOut: [], ...change }, family: null, quick };
}
function verdict(cause: Cause, confidence: 'certain' | 'likely' | 'possible'): Partial<Diagnosis> {
  return { verdict: { ...TAG_NOT_FOUND.verdict, cause, confidence, severity: 'P2' } };
}
function reach(namespaces: number): Partial<Diagnosis> {
  return { scope: { pods: namespaces, workloads: 1, namespaces, nodes: 1 } };
}

describe('the registry is down', () => {
  it.each<[Cause, 'certain' | 'likely' | 'possible', boolean]>([
    ['registry-down', 'certain', true],
    ['registry-down', 'likely', true],
    ['registry-down', 'possible', false],
    ['connection-refused', 'certain', true],
    ['connection-refused', 'likely', false],
    ['dns-failure', 'certain', false],
    ['rate-limited', 'certain', false],
    ['tag-not-found', 'certain', false],
  ])('%s, %s: %s', (cause, confidence, expected) => {
    expect(conditionsOf(after(diagnosed(verdict(cause, confidence))))).toEqual(expected ? ['registry-down'] : []);
  });

  it('not where its Service has ready endpoints: then the fault lies on the way', () => {
    const ruledOut = [{ cause: 'registry-down' as const, because: ['registryService'] }];
    expect(conditionsOf(after(diagnosed({ ...verdict('connection-timeout', 'certain'), ruledOut })))).toEqual([]);
  });

  it('makes it P1 and chooses the sentence', () => {
    const incident = after(diagnosed(verdict('registry-down', 'certain')));
    expect(severityOf(incident)).toBe('P1');
    expect(escalationSentence(incident, RUNBOOK, 'registry.internal')).toContain('registry.internal appears down');
  });

  it('is seen from a list of pods too, where several workloads all find one registry away', () => {
    const item = (workload: string, kind: FailingPod['kind'], registry = 'registry.internal'): FailingPod => ({
      namespace: 'staging',
      pod: `${workload}-1`,
      container: 'app',
      image: `${registry}/${workload}:1`,
      registry,
      workload: { kind: 'Deployment', name: workload },
      reason: 'ImagePullBackOff',
      kind,
      secrets: [],
    });
    const seen = (...items: readonly FailingPod[]) => {
      const total = { pods: 9, failing: items.length, workloads: items.length, namespaces: 1, nodes: 1 };
      const base = {
        apiVersion: 'pullcheck/v1',
        kind: 'Scope',
        cluster: 'prod',
        groups: [],
        truncated: false,
        gaps: [],
      } as const;
      return after({ type: 'scoped', at: AT, scope: { ...base, items, total }, family: null });
    };
    const down = seen(item('a', 'connection-refused'), item('b', 'connection-timeout'));
    expect(conditionsOf(down)).toEqual(['registry-down']);
    expect(escalationSentence(down, RUNBOOK)).toContain('registry registry.internal appears down');
    expect(conditionsOf(seen(item('a', 'connection-refused')))).toEqual([]);
    expect(conditionsOf(seen(item('a', 'connection-refused'), item('b', 'rate-limited')))).toEqual([]);
    expect(conditionsOf(seen(item('a', 'connection-refused'), item('b', 'connection-refused', 'ghcr.io')))).toEqual([]);
  });
});

describe('the scope expands', () => {
  it('when a later look finds more namespaces than the first; many at the first look are no growth', () => {
    expect(conditionsOf(after(diagnosed(reach(3))))).toEqual([]);
    const grown = after(diagnosed(reach(1), true), diagnosed(reach(3)));
    expect(conditionsOf(grown)).toEqual(['scope-expanding']);
    expect(severityOf(grown)).toBe('P1');
  });

  it('when the look before the page finds more, or an incident of another namespace joins', () => {
    const again: IncidentEvent = { type: 'looked-again', at: AT, reach: { workloads: 1, namespaces: 2 } };
    expect(conditionsOf(after(diagnosed(reach(1)), again))).toEqual(['scope-expanding']);
    const subject = { cluster: 'prod-eu', namespace: 'shop' };
    const joined: IncidentEvent = { type: 'child-joined', at: AT, child: 'c', subject };
    expect(conditionsOf(after(diagnosed(reach(1)), joined))).toEqual(['scope-expanding']);
    const neighbour: IncidentEvent = { ...joined, subject: { ...subject, namespace: 'staging' } };
    expect(conditionsOf(after(diagnosed(reach(1)), neighbour))).toEqual([]);
  });

  it('stays so when it shrinks again, and a look at something healthy is no first look', () => {
    expect(conditionsOf(after(diagnosed(reach(1)), diagnosed(reach(2)), diagnosed(reach(1))))).toEqual([
      'scope-expanding',
    ]);
    expect(conditionsOf(after(diagnosed(reach(0)), diagnosed(reach(1))))).toEqual([]);
  });
});

describe('the page', () => {
  const policy: EscalationPolicy = {
    acknowledgeAfterMs: 5 * MINUTE,
    resolveAfterMs: 20 * MINUTE,
    threadAfterMs: 15_000,
    diagnoseAfterMs: 180_000,
    pageLeaseMs: 30_000,
    paging: true,
  };
  const reminded: IncidentEvent = { type: 'reminded', at: AT };
  const down = [THREAD, diagnosed(verdict('registry-down', 'certain')), reminded];

  it('is not due earlier because of a condition, unless the runbook gives it a time', () => {
    expect(dueAt(after(...down), policy)).toBe(AT + 20 * MINUTE);
    expect(dueAt(after(...down), { ...policy, sooner: { 'registry-down': 10 * MINUTE } })).toBe(AT + 10 * MINUTE);
    expect(dueAt(after(...down), { ...policy, sooner: { 'scope-expanding': 0 } })).toBe(AT + 20 * MINUTE);
  });

  it('is never put off by a time that is later than the resolve clock', () => {
    expect(dueAt(after(...down), { ...policy, sooner: { 'registry-down': 60 * MINUTE } })).toBe(AT + 20 * MINUTE);
  });

  it('is one: once it was sent, no condition makes another due', () => {
    const sent: readonly IncidentEvent[] = [
      { type: 'page-claimed', at: AT, tier: 'unresolved', fence: 'f' },
      { type: 'page-sent', at: AT, tier: 'unresolved', key: 'k' },
      { type: 'page-announced', at: AT, tier: 'unresolved' },
      { type: 'looked-again', at: AT, reach: { workloads: 3, namespaces: 5 } },
    ];
    expect(
      dueAt(after(...down, ...sent), { ...policy, sooner: { 'registry-down': 0, 'scope-expanding': 0 } }),
    ).toBeUndefined();
  });
});
