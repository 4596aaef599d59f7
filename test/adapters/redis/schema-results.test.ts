/** What is stored of a run comes back whole: a field that the schema forgets would be lost between worker and thread. */
import { expect, it } from '@jest/globals';
import type { z } from 'zod';
import {
  ActionSchema,
  AuditEventSchema,
  InquirySchema,
  RememberedSchema,
  readEvents,
} from '../../../src/adapters/redis/schema.ts';
import {
  CredentialsSchema,
  DiagnosisSchema,
  ScopeSchema,
  TargetSchema,
} from '../../../src/adapters/redis/schema-results.ts';
import type { Alert } from '../../../src/alert/alert.ts';
import type { Diagnosis, DiagnosisFinding, RegistryReport } from '../../../src/diagnosis/diagnosis.ts';
import type { RememberedCause } from '../../../src/evidence/cause-memory.ts';
import type { Scope } from '../../../src/evidence/scope.ts';
import type { CredentialsView } from '../../../src/image/credentials-view.ts';
import type { IncidentEvent } from '../../../src/incident/incident.ts';
import type { Inquiry } from '../../../src/incident/inquiry.ts';
import type { AuditEvent, RemedyAction } from '../../../src/remediation/action.ts';
import type { Target } from '../../../src/target/target.ts';
import type { Whole } from '../../support/whole.ts';

/** Every field there is: a new optional one does not compile before it stands here. */
const finding: Whole<DiagnosisFinding> = {
  cause: 'ci-output-lost',
  confidence: 'certain',
  pod: 'api-1',
  container: 'api',
  image: 'r.example/api:1',
  summary: 'The tag got lost.',
  because: ['buildTrace'],
  detail: { chain: ['a', 'b'], line: 29, certain: true, none: null },
  fix: 'Add build to needs.',
  commands: ['kubectl get pod api-1'],
};
const report: Whole<RegistryReport> = {
  image: 'r.example/api:1',
  host: 'r.example',
  way: [{ step: 'dns', host: 'r.example', state: 'reached', ms: 3, fact: '198.51.100.1' }],
  asked: [{ credential: 'anonymous', token: '-', manifest: '401', means: 'login wanted' }],
};
const target: Whole<Target> = {
  cluster: 'c',
  namespace: 'n',
  kind: 'Pod',
  name: 'api-1',
  workload: { kind: 'Deployment', name: 'api' },
};
const diagnosis: Whole<Diagnosis> = {
  apiVersion: 'pullcheck/v1',
  kind: 'Diagnosis',
  target,
  verdict: {
    cause: 'ci-output-lost',
    confidence: 'certain',
    severity: 'P1',
    summary: 'x',
    alternatives: ['healthy'],
    told: { what: 'a', where: 'b', since: 'c', act: 'd', owner: 'e', notes: ['f'] },
  },
  lights: { reference: 'bad', credentials: 'good', reachability: 'unknown' },
  lightNotes: { reference: 'a', credentials: 'b', reachability: 'c' },
  findings: [finding],
  ruledOut: [{ cause: 'build-failed', because: ['buildTrace'] }],
  steps: [{ id: 's', title: 't', status: 'failed', summary: 'u', command: 'v', durationMs: 1 }],
  scope: { pods: 1, workloads: 1, namespaces: 1, nodes: 1 },
  remedies: [
    {
      id: 'set-image',
      title: 'Run it',
      risk: 'reversible',
      command: 'kubectl',
      params: { to: 'x' },
      standing: { number: 3, url: 'https://git.example/pull/3', state: 'open', note: 'It is open.', settled: true },
    },
  ],
  gaps: ['the logs'],
  registries: [report],
  notes: ['meant deployment/api'],
  startedAt: '2026-11-21T12:00:00.000Z',
  durationMs: 840,
  calls: { kubernetes: 9, registry: 3, github: 2 },
};
const credentials: Whole<CredentialsView> = {
  apiVersion: 'pullcheck/v1',
  kind: 'Credentials',
  repository: 'r.example/api',
  tried: [{ secret: 's', entry: 'e', username: 'u' }],
  ignored: [{ secret: 's', entry: null, reason: 'r' }],
  node: 'unknown',
  error: null,
  gaps: ['other Secrets'],
};

const scope: Whole<Scope> = {
  apiVersion: 'pullcheck/v1',
  kind: 'Scope',
  cluster: 'c',
  namespace: 'n',
  items: [
    {
      namespace: 'n',
      pod: 'api-1',
      workload: { kind: 'Deployment', name: 'api' },
      node: 'node-1',
      container: 'api',
      image: 'r.example/api:1',
      registry: 'r.example',
      reason: 'ErrImagePull',
      kind: 'image-not-found',
      secrets: ['regcred'],
      since: 5,
    },
  ],
  groups: [{ by: 'secret', value: 'regcred', pods: 1, workloads: 1, namespaces: 1, nodes: 1 }],
  total: { pods: 9, failing: 1, workloads: 1, namespaces: 1, nodes: 1 },
  truncated: true,
  gaps: ['the rest'],
};
const thread = { channel: 'C1', ts: '1.2' };
const action: Whole<RemedyAction> = {
  id: 'a1',
  remedy: 'set-image',
  title: 'Run it',
  risk: 'secret-bearing',
  params: { to: 'x' },
  target,
  thread,
  subject: { kind: 'incident', id: 'i1' },
  offeredAt: 1,
  expiresAt: 2,
  state: 'handed-over',
  requestedBy: 'U1',
  confirmedBy: 'U2',
  confirmedAt: 3,
  outcome: 'done',
};
const inquiry: Whole<Inquiry> = {
  id: 'q1',
  request: { verb: 'credentials', image: 'r.example/api:1', namespace: 'n', serviceAccount: 'ci' },
  by: 'U1',
  channel: 'C1',
  thread,
  askedAt: 1,
  diagnosis,
  scope,
  credentials,
  unanswered: 'no such pod',
  incident: 'i1',
};
const audit: Whole<AuditEvent> = {
  at: 1,
  actor: 'U1',
  what: 'refused',
  subject: 'set-image deployment/api',
  reason: 'another person must confirm',
  detail: { to: 'x' },
};
const cause: Whole<RememberedCause> = {
  message: 'manifest unknown',
  classification: {
    kind: 'image-not-found',
    also: ['unauthorized'],
    host: 'r.example',
    image: 'r.example/api:1',
    registry: 'plain',
    runtime: 'containerd',
  },
  at: 1,
};
const alert: Whole<Alert> = {
  id: 'a1',
  source: 'alertmanager',
  status: 'resolved',
  name: 'ImagePullFailing',
  labels: { namespace: 'n' },
  annotations: { summary: 's' },
  startsAt: 1,
  endsAt: 2,
  url: 'https://alerts.example/1',
};
const subject = { cluster: 'c', namespace: 'n', target: { kind: 'Deployment', name: 'api' } } as const;
const remedy = { at: 1, remedy: 'set-image', by: 'U1', note: 'n' };
const events: { readonly [T in IncidentEvent['type']]: Whole<IncidentEvent & { readonly type: T }> } = {
  triggered: { at: 1, type: 'triggered', subject, alert, by: 'alertmanager', runbook: 'image-pull' },
  'alert-joined': { at: 1, type: 'alert-joined', alert },
  'alert-resolved': { at: 1, type: 'alert-resolved', alertId: 'a1' },
  'joined-parent': { at: 1, type: 'joined-parent', parent: 'i0', family: 'f' },
  'child-joined': { at: 1, type: 'child-joined', child: 'i2', subject },
  'child-resolved': { at: 1, type: 'child-resolved', child: 'i2' },
  'thread-opened': { at: 1, type: 'thread-opened', thread },
  'thread-moved': { at: 1, type: 'thread-moved', thread },
  diagnosed: { at: 1, type: 'diagnosed', diagnosis, family: 'f', quick: true },
  scoped: { at: 1, type: 'scoped', scope, family: null },
  acknowledged: { at: 1, type: 'acknowledged', by: 'U1' },
  'escalation-requested': { at: 1, type: 'escalation-requested', by: 'U1' },
  reminded: { at: 1, type: 'reminded' },
  'looked-again': { at: 1, type: 'looked-again', reach: { workloads: 2, namespaces: 1 } },
  'page-claimed': { at: 1, type: 'page-claimed', tier: 'unresolved', fence: 'x' },
  'page-sent': { at: 1, type: 'page-sent', tier: 'unresolved', key: 'k' },
  'page-failed': { at: 1, type: 'page-failed', tier: 'unresolved', reason: 'r', final: true, unconfirmed: true },
  'page-announced': { at: 1, type: 'page-announced', tier: 'unresolved' },
  'page-resolved': { at: 1, type: 'page-resolved', tier: 'unresolved' },
  'page-acknowledged': { at: 1, type: 'page-acknowledged', tier: 'unresolved' },
  'remedy-requested': { ...remedy, type: 'remedy-requested' },
  'remedy-applied': { ...remedy, type: 'remedy-applied' },
  'remedy-verified': { ...remedy, type: 'remedy-verified' },
  'remedy-failed': { ...remedy, type: 'remedy-failed' },
  resolved: { at: 1, type: 'resolved', by: 'U1', reason: 'r' },
  closed: { at: 1, type: 'closed' },
  'parent-told': { at: 1, type: 'parent-told' },
};

const STORED: Readonly<Record<string, readonly [z.ZodType, object]>> = {
  'a target': [TargetSchema, target],
  'a diagnosis': [DiagnosisSchema, diagnosis],
  'a scope': [ScopeSchema, scope],
  'an answer about credentials': [CredentialsSchema, credentials],
  'a button': [ActionSchema, action],
  'a question': [InquirySchema, inquiry],
  'a line of the audit log': [AuditEventSchema, audit],
  'a cause that was seen': [RememberedSchema, { image: 'r.example/api:1', cause }],
};

it.each(Object.entries(STORED))('keeps every field of %s', (_what, [schema, value]) => {
  expect(schema.parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
});

it.each(Object.entries(events))('keeps every field of the event %s', (_type, event) => {
  expect(readEvents([JSON.stringify(event)])).toEqual([event]);
});
