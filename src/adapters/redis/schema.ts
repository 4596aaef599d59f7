/** What comes back from Redis. Unknown fields are kept or ignored, so that two versions of the program can share one store. */
import { z } from 'zod';
import type { Alert } from '../../alert/alert.ts';
import { StoreError } from '../../errors.ts';
import type { RememberedCause } from '../../evidence/cause-memory.ts';
import { PULL_ERROR_KINDS } from '../../image/pull-error.ts';
import type { IncidentEvent, IncidentSubject } from '../../incident/incident.ts';
import type { Inquiry } from '../../incident/inquiry.ts';
import type { Job } from '../../incident/job.ts';
import type { OutboxClaim } from '../../outbox/outbox.ts';
import type { AuditEvent, RemedyAction, ThreadRef } from '../../remediation/action.ts';
import {
  CredentialsSchema,
  DetailSchema,
  DiagnosisSchema,
  RequestKindSchema,
  RiskSchema,
  ScopeSchema,
  TargetKindSchema,
  TargetSchema,
} from './schema-results.ts';

/** Checks a value from the store. Throws StoreError `store-corrupt`, naming the place but no content. */
export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') || 'value';
  throw corrupt(`The store holds something unreadable (${where}).`);
}

/** Throws StoreError `store-corrupt` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corrupt('The store holds something that is not JSON.');
  }
}

function corrupt(message: string): StoreError {
  return new StoreError({ code: 'store-corrupt', message, hint: 'Does another program write to the same Redis?' });
}

export const TextSchema = z.string();
export const NumberSchema = z.coerce.number();
export const IdsSchema = z.array(z.string());
export const OpenedSchema = z.tuple([z.enum(['opened', 'joined', 'known']), z.string()]);

const Text = z.string();
const At = { at: z.number() };
const ThreadSchema: z.ZodType<ThreadRef> = z.object({ channel: Text, ts: Text });

const SubjectSchema: z.ZodType<IncidentSubject> = z.object({
  cluster: Text,
  namespace: Text.exactOptional(),
  target: z.object({ kind: TargetKindSchema, name: Text }).exactOptional(),
});

const AlertSchema: z.ZodType<Alert> = z.object({
  id: Text,
  source: z.enum(['alertmanager', 'grafana', 'pagerduty', 'person']),
  status: z.enum(['firing', 'resolved']),
  name: Text,
  labels: z.record(Text, Text),
  annotations: z.record(Text, Text),
  startsAt: z.number(),
  endsAt: z.number().exactOptional(),
  url: Text.exactOptional(),
});

const Remedy = { ...At, remedy: Text, by: Text, note: Text };

type EventType = IncidentEvent['type'];
type EventSchemas = { readonly [T in EventType]: z.ZodType<IncidentEvent & { readonly type: T }> };

/** One row an event: a new event does not compile until its row exists. */
const EVENTS: EventSchemas = {
  triggered: z.object({
    ...At,
    type: z.literal('triggered'),
    subject: SubjectSchema,
    alert: AlertSchema.nullable(),
    by: Text,
    runbook: Text,
  }),
  'alert-joined': z.object({ ...At, type: z.literal('alert-joined'), alert: AlertSchema }),
  'alert-resolved': z.object({ ...At, type: z.literal('alert-resolved'), alertId: Text }),
  'joined-parent': z.object({ ...At, type: z.literal('joined-parent'), parent: Text, family: Text }),
  'child-joined': z.object({ ...At, type: z.literal('child-joined'), child: Text, subject: SubjectSchema }),
  'child-resolved': z.object({ ...At, type: z.literal('child-resolved'), child: Text }),
  'thread-opened': z.object({ ...At, type: z.literal('thread-opened'), thread: ThreadSchema }),
  'thread-moved': z.object({ ...At, type: z.literal('thread-moved'), thread: ThreadSchema }),
  diagnosed: z.object({
    ...At,
    type: z.literal('diagnosed'),
    diagnosis: DiagnosisSchema,
    family: Text.nullable(),
    quick: z.boolean(),
  }),
  scoped: z.object({ ...At, type: z.literal('scoped'), scope: ScopeSchema, family: Text.nullable() }),
  acknowledged: z.object({ ...At, type: z.literal('acknowledged'), by: Text }),
  'escalation-requested': z.object({ ...At, type: z.literal('escalation-requested'), by: Text }),
  reminded: z.object({ ...At, type: z.literal('reminded') }),
  'looked-again': z.object({
    ...At,
    type: z.literal('looked-again'),
    reach: z.object({ workloads: z.number(), namespaces: z.number() }),
  }),
  'page-claimed': z.object({ ...At, type: z.literal('page-claimed'), tier: Text, fence: Text }),
  'page-sent': z.object({ ...At, type: z.literal('page-sent'), tier: Text, key: Text }),
  'page-failed': z.object({
    ...At,
    type: z.literal('page-failed'),
    tier: Text,
    reason: Text,
    final: z.boolean().exactOptional(),
    unconfirmed: z.boolean().exactOptional(),
  }),
  'page-announced': z.object({ ...At, type: z.literal('page-announced'), tier: Text }),
  'page-resolved': z.object({ ...At, type: z.literal('page-resolved'), tier: Text }),
  'page-acknowledged': z.object({ ...At, type: z.literal('page-acknowledged'), tier: Text }),
  'remedy-requested': z.object({ ...Remedy, type: z.literal('remedy-requested') }),
  'remedy-applied': z.object({ ...Remedy, type: z.literal('remedy-applied') }),
  'remedy-verified': z.object({ ...Remedy, type: z.literal('remedy-verified') }),
  'remedy-failed': z.object({ ...Remedy, type: z.literal('remedy-failed') }),
  resolved: z.object({ ...At, type: z.literal('resolved'), by: Text, reason: Text }),
  closed: z.object({ ...At, type: z.literal('closed') }),
  'parent-told': z.object({ ...At, type: z.literal('parent-told') }),
};

/** An event of a newer version of the program: `apply` counts it and changes nothing else. */
const AnyEventSchema = z.looseObject({ ...At, type: Text });

/** Lines of a log, oldest first. Throws StoreError `store-corrupt`. */
export function readEvents(lines: readonly string[]): IncidentEvent[] {
  return lines.map((line) => {
    const any = read(AnyEventSchema, parseJson(line));
    const schema = Object.hasOwn(EVENTS, any.type) ? EVENTS[any.type as EventType] : undefined;
    return schema ? read<IncidentEvent>(schema, any) : (any as unknown as IncidentEvent);
  });
}

/** A cause seen, and the image that it was about. */
export const RememberedSchema: z.ZodType<{ readonly image: string; readonly cause: RememberedCause }> = z.object({
  image: Text,
  cause: z.object({
    message: Text,
    classification: z.object({
      kind: z.enum(PULL_ERROR_KINDS),
      also: z.array(z.enum(PULL_ERROR_KINDS)),
      host: Text.nullable(),
      image: Text.nullable(),
      registry: Text.nullable(),
      runtime: Text.nullable(),
    }),
    at: z.number(),
  }),
});

export const OutboxClaimSchema: z.ZodType<OutboxClaim> = z
  .tuple([
    Text,
    z.union([
      z.tuple([z.literal('send'), z.enum(['0', '1'])]),
      z.tuple([z.literal('sent'), Text, Text]),
      z.tuple([z.literal('busy'), z.coerce.number()]),
    ]),
  ])
  .transform(([fence, answer]): OutboxClaim => {
    if (answer[0] === 'send') return { kind: 'send', fence, mayHaveBeenSent: answer[1] === '1' };
    if (answer[0] === 'sent') return { kind: 'sent', channel: answer[1], ts: answer[2] };
    return { kind: 'busy', retryAfterMs: answer[1] };
  });

export const OutboxHashSchema = z.object({
  state: z.enum(['planned', 'sending', 'sent', 'unknown']),
  fence: Text,
  channel: Text.exactOptional(),
  ts: Text.exactOptional(),
  leaseUntil: z.coerce.number().exactOptional(),
});

export const ActionSchema: z.ZodType<RemedyAction> = z.object({
  id: Text,
  remedy: Text,
  title: Text,
  risk: RiskSchema,
  params: DetailSchema,
  target: TargetSchema,
  thread: ThreadSchema,
  subject: z.object({ kind: z.enum(['incident', 'inquiry']), id: Text }),
  offeredAt: z.number(),
  expiresAt: z.number(),
  state: z.enum(['offered', 'claimed', 'running', 'verifying', 'done', 'handed-over', 'failed', 'refused']),
  requestedBy: Text.exactOptional(),
  confirmedBy: Text.exactOptional(),
  confirmedAt: z.number().exactOptional(),
  outcome: Text.exactOptional(),
});

export const InquirySchema: z.ZodType<Inquiry> = z.object({
  id: Text,
  request: z.union([
    z.object({
      verb: z.literal('pod'),
      target: z.object({ kind: RequestKindSchema.exactOptional(), name: Text, namespace: Text }),
    }),
    z.object({ verb: z.literal('scope'), namespace: Text.exactOptional() }),
    z.object({
      verb: z.enum(['image', 'credentials']),
      image: Text,
      namespace: Text,
      serviceAccount: Text.exactOptional(),
    }),
  ]),
  by: Text,
  channel: Text,
  thread: ThreadSchema.exactOptional(),
  askedAt: z.number(),
  diagnosis: DiagnosisSchema.exactOptional(),
  scope: ScopeSchema.exactOptional(),
  credentials: CredentialsSchema.exactOptional(),
  unanswered: Text.exactOptional(),
  incident: Text.exactOptional(),
});

export const AuditEventSchema: z.ZodType<AuditEvent> = z.object({
  at: z.number(),
  actor: Text,
  what: z.enum([
    'press',
    'refused',
    'requested',
    'confirmed',
    'applied',
    'failed',
    'verified',
    'undone',
    'acknowledge',
    'resolve',
    'escalate',
    'rerun',
    'open-incident',
  ]),
  subject: Text,
  reason: Text.exactOptional(),
  detail: DetailSchema.exactOptional(),
});

export const JobSchema: z.ZodType<Job> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('first-look'), incident: Text }),
  z.object({ kind: z.literal('diagnose'), incident: Text, run: Text }),
  z.object({ kind: z.literal('due'), incident: Text }),
  z.object({ kind: z.literal('inquire'), inquiry: Text }),
  z.object({ kind: z.literal('remediate'), action: Text }),
  z.object({ kind: z.literal('verify'), action: Text, attempt: z.number() }),
]);
