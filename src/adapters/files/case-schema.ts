/**
 * What a case file may hold. The frame is ours and strict; evidence is held to what the checks rely on and otherwise kept as it is,
 * so that a field added later needs no row here. Sealed values are read back sealed: a file holds only placeholders of them.
 */
import { z } from 'zod';
import { EVIDENCE_KINDS } from '../../evidence/collect.ts';
import type { Evidence, EvidenceKind } from '../../evidence/evidence.ts';
import { PULL_ERROR_KINDS } from '../../image/pull-error.ts';
import { Sealed } from '../../sealed.ts';
import { observation } from './case-observation-schema.ts';
import { Attempt, Outcome, Tried } from './case-registry-schema.ts';
import { BuildJobsFile, BuildTraceFile, GitOpsOwnerFile, GitOpsSourceFile } from './case-trace-schema.ts';

const Text = z.string();
const Texts = z.array(Text);
const Count = z.number();
/** What `Date` can hold (ECMA-262, "Time Values"). */
const Instant = z.number().min(-8.64e15).max(8.64e15);
const Time = Instant.optional();
const Images = z.record(Text, Text);
const SealedText = Text.transform((text) => new Sealed(text));
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'] as const;
const Owner = z.looseObject({ kind: z.enum(WORKLOADS), name: Text });

const Container = z.looseObject({
  name: Text,
  role: z.enum(['init', 'main', 'ephemeral']),
  image: Text,
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never', 'unknown']),
  state: z.enum(['waiting', 'running', 'terminated', 'unknown']),
  ready: z.boolean(),
  restartCount: Count,
  waitingReason: Text.optional(),
  waitingMessage: Text.optional(),
  imageID: Text.optional(),
  exitCode: Count.optional(),
  terminatedReason: Text.optional(),
});

const Pod = z.looseObject({
  uid: Text,
  name: Text,
  namespace: Text,
  resourceVersion: Text,
  labels: z.record(Text, Text),
  phase: Text,
  node: Text.optional(),
  createdAt: Time,
  deletedAt: Time,
  serviceAccount: Text,
  imagePullSecrets: Texts,
  containers: z.array(Container),
  unmet: z.array(z.looseObject({ type: Text, reason: Text, message: Text })),
});

const Classification = z.looseObject({
  kind: z.enum(PULL_ERROR_KINDS),
  also: z.array(z.enum(PULL_ERROR_KINDS)),
  host: Text.nullable(),
  image: Text.nullable(),
  registry: Text.nullable(),
  runtime: Text.nullable(),
});

const Reference = z.looseObject({
  text: Text,
  registry: Text,
  repository: Text,
  tag: Text.optional(),
  digest: Text.optional(),
});

const Failing = z.looseObject({
  namespace: Text,
  pod: Text,
  workload: Owner.optional(),
  node: Text.optional(),
  container: Text,
  image: Text,
  registry: Text,
  reason: Text,
  kind: z.enum(PULL_ERROR_KINDS),
  secrets: Texts,
});

const Secret = z.looseObject({
  name: Text,
  namespace: Text,
  type: Text,
  createdAt: Time,
  updatedAt: Time,
  data: z.record(Text, SealedText),
});

const Unattached = z.looseObject({
  namespace: Text,
  name: Text,
  fit: z.enum(['matches', 'wrong-type', 'never', 'broken', 'other']),
  reason: Text,
  answer: Outcome.optional(),
});

const Node = z.looseObject({ name: Text, os: Text, arch: Text, ready: z.boolean(), pressure: Texts });

/** A kind without a row is kept as plain JSON: a check that stumbles over it is inconclusive. */
const VALUES: { readonly [K in EvidenceKind]?: z.ZodType } = {
  pod: Pod,
  container: Container,
  events: z.array(
    z.looseObject({ type: Text, reason: Text, message: Text, count: Count, firstAt: Time, lastAt: Time }),
  ),
  pullFailure: z.looseObject({
    reason: Text,
    message: Text,
    from: z.enum(['status', 'event', 'memory']),
    at: Time,
    classification: Classification,
  }),
  workload: Owner.extend({
    namespace: Text,
    replicas: z.looseObject({ desired: Count, updated: Count, available: Count }),
    selector: Text,
    images: Images,
    imagePullSecrets: Texts.optional(),
    paused: z.boolean(),
    gitOps: GitOpsOwnerFile.optional(),
  }),
  revisions: z.array(
    z.looseObject({
      revision: Count,
      name: Text,
      createdAt: Time,
      images: Images,
      ready: Count,
      isCurrent: z.boolean(),
    }),
  ),
  node: Node,
  nodes: z.looseObject({ nodes: z.array(Node), truncated: z.boolean() }),
  landing: z.looseObject({ nodes: z.array(Node), truncated: z.boolean() }),
  scope: z.looseObject({
    failing: z.array(Failing),
    extent: z.enum(['cluster', 'namespace']),
    pods: Count,
    truncated: z.boolean(),
  }),
  reference: z.discriminatedUnion('ok', [
    z.looseObject({ ok: z.literal(true), reference: Reference }),
    z.looseObject({ ok: z.literal(false), fault: z.looseObject({ text: Text, fault: Text, sentence: Text }) }),
  ]),
  serviceAccount: z.looseObject({ name: Text, imagePullSecrets: Texts }),
  pullSecrets: z.array(
    z.looseObject({ name: Text, via: z.enum(['pod', 'service-account']), secret: observation(Secret) }),
  ),
  keyring: z.looseObject({
    repository: Text,
    tried: z.array(z.looseObject({ secret: Text, entry: Text, username: Text, password: SealedText })),
    ignored: z.array(z.looseObject({ secret: Text, entry: Text.nullable(), reason: Text })),
    error: z.enum(['invalid-image', 'secrets']).nullable(),
  }),
  unattachedSecrets: z.looseObject({
    here: z.array(Unattached),
    others: Count,
    truncated: z.boolean(),
    elsewhere: observation(z.array(Unattached)),
  }),
  registryAccess: z.looseObject({
    host: Text,
    scheme: z.enum(['http', 'https']).optional(),
    attempts: z.array(Attempt),
    untried: Count.optional(),
  }),
  tagDetails: z.discriminatedUnion('kind', [
    z.looseObject({
      kind: z.literal('told'),
      source: Text,
      tags: z.array(
        z.looseObject({ tag: Text, pushedAt: Time, pushedBy: Text.optional(), isImmutable: z.boolean().optional() }),
      ),
    }),
    z.looseObject({ kind: z.literal('untold'), reason: Text }),
  ]),
  elsewhere: z.looseObject({
    revisions: z.array(Tried.extend({ revision: Count })),
    registries: z.array(Tried),
    tag: Tried.extend({ digest: Text.optional() }).optional(),
  }),
  buildTrace: BuildTraceFile,
  buildJobs: BuildJobsFile,
  gitopsSource: GitOpsSourceFile,
  tags: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('listed'), names: Texts, truncated: z.boolean() }),
    z.looseObject({ kind: z.literal('missing') }),
    z.looseObject({ kind: z.literal('failed'), outcome: Outcome }),
  ]),
};

/** Kinds of a newer version are passed over. */
const EvidenceSchema = z
  .object(
    Object.fromEntries(EVIDENCE_KINDS.map((kind) => [kind, observation(VALUES[kind] ?? z.json()).optional()] as const)),
  )
  .transform((evidence) => evidence as Partial<Evidence>);

export const CaseFile = z.strictObject({
  apiVersion: z.literal('pullcheck/v1'),
  kind: z.literal('Case'),
  /** Version of the program that wrote it. */
  tool: Text,
  startedAt: z.iso.datetime(),
  runbook: Text,
  target: z.strictObject({
    cluster: Text,
    namespace: Text,
    kind: z.enum(['Pod', 'Image', ...WORKLOADS]),
    name: Text,
    workload: z.strictObject({ kind: z.enum(WORKLOADS), name: Text }).exactOptional(),
  }),
  note: Text.exactOptional(),
  withheld: Text.exactOptional(),
  credentialHosts: Texts,
  cases: z
    .array(z.strictObject({ namespace: Text, pod: Text, container: Text, evidence: EvidenceSchema }))
    .min(1)
    .max(100),
});
export type CaseFile = z.infer<typeof CaseFile>;

/** undefined: the text is not JSON. */
export function parseCaseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
