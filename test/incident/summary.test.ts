import { describe, expect, it } from '@jest/globals';
import { replay } from '../../src/incident/apply.ts';
import type { Incident, IncidentEvent } from '../../src/incident/incident.ts';
import { incidentKey, subjectOf } from '../../src/incident/key.ts';
import { escalationSentence, factsOf, fill, severityOf } from '../../src/incident/summary.ts';
import { RUNBOOK } from '../support/incident-world.ts';
import { anAlert, TAG_NOT_FOUND, triggered } from '../support/incidents.ts';

const AT = 1_767_225_600_000;

function after(...events: readonly IncidentEvent[]): Incident {
  return replay([triggered(AT, anAlert('a1')), ...events], { id: 'i1', key: 'k1' })!;
}

function diagnosed(change: Partial<typeof TAG_NOT_FOUND>): IncidentEvent {
  return { type: 'diagnosed', at: AT, diagnosis: { ...TAG_NOT_FOUND, ...change }, family: null, quick: false };
}

describe('the sentence for whoever is paged', () => {
  it("is the runbook's, with the facts filled in", () => {
    expect(escalationSentence(after(diagnosed({})), RUNBOOK, 'ghcr.io')).toBe(
      'P2: pull failure blocks deployment/api-service in staging (ghcr.io/org/api-service:v1.2.4, tag-not-found)',
    );
  });

  it('is another one when the registry is down', () => {
    const verdict = { ...TAG_NOT_FOUND.verdict, cause: 'registry-down', severity: 'P1' } as const;
    const sentence = escalationSentence(after(diagnosed({ verdict })), RUNBOOK, 'registry.internal');
    expect(sentence).toBe('P1: registry registry.internal appears down, staging cannot pull');
  });

  it('says that nothing is known yet rather than leaving holes', () => {
    expect(escalationSentence(after(), undefined)).toBe(
      'P2: Container image pull failure in staging, not resolved: deployment/api-service, not diagnosed yet',
    );
  });

  it('fills once: a value that looks like a placeholder stays text', () => {
    expect(fill('{a} and {b} and {unknown}', { a: '{b}', b: 'two' })).toBe('{b} and two and {unknown}');
  });
});

describe('the severity', () => {
  it('is P1 where several workloads fail or the diagnosis says that a rollout is blocked, else P2', () => {
    expect(severityOf(after())).toBe('P2');
    expect(severityOf(after(diagnosed({ scope: { pods: 4, workloads: 2, namespaces: 1, nodes: 1 } })))).toBe('P1');
    expect(severityOf(after(diagnosed({ verdict: { ...TAG_NOT_FOUND.verdict, severity: 'P1' } })))).toBe('P1');
  });
});

describe('the facts', () => {
  it('tell what was seen, who took it and who else is affected', () => {
    const child = { cluster: 'prod-eu', namespace: 'shop', target: { kind: 'Deployment', name: 'cart' } } as const;
    const facts = factsOf(
      after(diagnosed({}), { type: 'child-joined', at: AT, child: 'c', subject: child }),
      AT + 20 * 60_000,
    );
    expect(facts.join('\n')).toMatch(/Open for 20m/);
    expect(facts.join('\n')).toMatch(/Verdict: tag-not-found \(certain\)/);
    expect(facts).toContain('Same fault: deployment/cart in shop (cluster prod-eu)');
    expect(facts).toContain('Nobody has acknowledged it');
  });
});

describe('the key', () => {
  it('is cluster, namespace and workload; else the namespace; else the cluster', () => {
    const where = { cluster: 'prod', namespace: 'staging' };
    expect(incidentKey(subjectOf({ ...where, kind: 'Deployment', name: 'api' }, 'x'))).toBe(
      'prod/staging/Deployment/api',
    );
    expect(incidentKey(subjectOf(where, 'x'))).toBe('prod/staging/*');
    expect(incidentKey(subjectOf({ kind: 'Pod', name: 'api' }, 'default'))).toBe('default/*');
  });

  it('is bounded and printable whatever the labels say, and still tells clusters apart', () => {
    const arn = (name: string) => incidentKey({ cluster: `arn:aws:eks:eu-1:1:cluster/${name}`, namespace: 'n' });
    expect(arn('a')).toMatch(/^~[0-9a-f]{32}\/n\/\*$/);
    expect(arn('a')).not.toBe(arn('b'));
  });
});
