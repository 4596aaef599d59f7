/** Results of runs as they are stored: Diagnosis, Scope, Target. Held to the types in both directions (see `Same`). */
import { z } from 'zod';
import { PROVEN_CAUSES } from '../../diagnosis/cause.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Scope } from '../../evidence/scope.ts';
import type { CredentialsView } from '../../image/credentials-view.ts';
import { PULL_ERROR_KINDS } from '../../image/pull-error.ts';
import type { Target, WorkloadRef } from '../../target/target.ts';

const Text = z.string();
const Count = z.number();
const CauseSchema = z.enum([...PULL_ERROR_KINDS, ...PROVEN_CAUSES]);
const ConfidenceSchema = z.enum(['certain', 'likely', 'possible']);
const LightSchema = z.enum(['good', 'bad', 'unknown']);
export const RiskSchema = z.enum(['reversible', 'disruptive', 'secret-bearing']);
const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'] as const;

/** Plain JSON, one level. */
export const DetailSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
);

const WorkloadSchema: z.ZodType<WorkloadRef> = z.object({ kind: z.enum(WORKLOAD_KINDS), name: Text });

export const TargetKindSchema = z.enum(['Pod', 'Image', ...WORKLOAD_KINDS]);

export const RequestKindSchema = z.enum(['Pod', ...WORKLOAD_KINDS]);

export const TargetSchema: z.ZodType<Target> = z.object({
  cluster: Text,
  namespace: Text,
  kind: TargetKindSchema,
  name: Text,
  workload: WorkloadSchema.exactOptional(),
});

const FindingSchema = z.object({
  cause: CauseSchema,
  confidence: ConfidenceSchema,
  pod: Text,
  container: Text,
  image: Text,
  summary: Text,
  because: z.array(Text),
  detail: DetailSchema,
  fix: Text.exactOptional(),
  commands: z.array(Text).exactOptional(),
});

const StepSchema = z.object({
  id: Text,
  title: Text,
  status: z.enum(['passed', 'failed', 'inconclusive', 'skipped']),
  summary: Text,
  command: Text,
  durationMs: Count,
});

const OfferSchema = z.object({
  id: Text,
  title: Text,
  risk: RiskSchema,
  command: Text,
  params: DetailSchema,
  standing: z
    .object({
      number: Count,
      url: Text,
      state: z.enum(['open', 'merged', 'closed']),
      note: Text,
      settled: z.boolean(),
    })
    .exactOptional(),
});

const RegistrySchema = z.object({
  image: Text,
  host: Text,
  way: z.array(
    z.object({
      step: Text,
      host: Text,
      state: z.enum(['reached', 'failed', 'not-tried']),
      ms: Count.exactOptional(),
      fact: Text,
    }),
  ),
  asked: z.array(z.object({ credential: Text, token: Text, manifest: Text, means: Text })),
});

export const DiagnosisSchema: z.ZodType<Diagnosis> = z.object({
  apiVersion: z.literal('pullcheck/v1'),
  kind: z.enum(['Diagnosis', 'Preflight']),
  target: TargetSchema,
  verdict: z.object({
    cause: CauseSchema,
    confidence: ConfidenceSchema,
    severity: z.enum(['P1', 'P2', 'none']),
    summary: Text,
    alternatives: z.array(CauseSchema),
    told: z
      .object({ what: Text, where: Text, since: Text, act: Text, owner: Text, notes: z.array(Text) })
      .exactOptional(),
  }),
  lights: z.object({ reference: LightSchema, credentials: LightSchema, reachability: LightSchema }),
  lightNotes: z.object({ reference: Text, credentials: Text, reachability: Text }),
  findings: z.array(FindingSchema),
  ruledOut: z.array(z.object({ cause: CauseSchema, because: z.array(Text) })),
  steps: z.array(StepSchema),
  scope: z.object({ pods: Count, workloads: Count, namespaces: Count, nodes: Count }),
  remedies: z.array(OfferSchema),
  gaps: z.array(Text),
  registries: z.array(RegistrySchema).exactOptional(),
  notes: z.array(Text).exactOptional(),
  startedAt: Text,
  durationMs: Count,
  calls: z.object({ kubernetes: Count, registry: Count, github: Count }),
});

export const CredentialsSchema: z.ZodType<CredentialsView> = z.object({
  apiVersion: z.literal('pullcheck/v1'),
  kind: z.literal('Credentials'),
  repository: Text,
  tried: z.array(z.object({ secret: Text, entry: Text, username: Text })),
  ignored: z.array(z.object({ secret: Text, entry: Text.nullable(), reason: Text })),
  node: z.literal('unknown'),
  error: z.enum(['invalid-image', 'secrets']).nullable(),
  gaps: z.array(Text).exactOptional(),
});

const FailingPodSchema = z.object({
  namespace: Text,
  pod: Text,
  workload: WorkloadSchema.exactOptional(),
  node: Text.exactOptional(),
  container: Text,
  image: Text,
  registry: Text,
  reason: Text,
  kind: z.enum(PULL_ERROR_KINDS),
  secrets: z.array(Text),
  since: Count.exactOptional(),
});

const GroupSchema = z.object({
  by: z.enum(['cause', 'registry', 'image', 'secret', 'node', 'namespace', 'workload']),
  value: Text,
  pods: Count,
  workloads: Count,
  namespaces: Count,
  nodes: Count,
});

export const ScopeSchema: z.ZodType<Scope> = z.object({
  apiVersion: z.literal('pullcheck/v1'),
  kind: z.literal('Scope'),
  cluster: Text,
  namespace: Text.exactOptional(),
  items: z.array(FailingPodSchema),
  groups: z.array(GroupSchema),
  total: z.object({ pods: Count, failing: Count, workloads: Count, namespaces: Count, nodes: Count }),
  truncated: z.boolean(),
  gaps: z.array(Text),
});
