/** Workloads, and who controls them. */
import { gitOpsOwner } from '../../../evidence/gitops.ts';
import { absent, mapObserved, type Observation, observed } from '../../../evidence/observation.ts';
import type { WorkloadSnapshot } from '../../../evidence/snapshots.ts';
import type { WorkloadKind, WorkloadRef } from '../../../target/target.ts';
import type { KubeClient } from '../client.ts';
import { isWorkloadKind, WORKLOADS } from '../resources.ts';
import { type Metadata, type Selector, type Template, Workload } from '../schema.ts';
import { controllerIn, identity, imagesOf, optional, secretNames } from './common.ts';
import { getOne } from './fetch.ts';
import { podSnapshot } from './pods.ts';

export async function readWorkload(
  client: KubeClient,
  ref: WorkloadRef & { readonly namespace: string },
  signal: AbortSignal,
): Promise<Observation<WorkloadSnapshot>> {
  const place = { resource: WORKLOADS[ref.kind], namespace: ref.namespace, name: ref.name };
  const found = await getOne(client, place, Workload, signal);
  return mapObserved(found, (workload) => workloadSnapshot(ref.kind, workload));
}

/** Only a ReplicaSet and a Job may have a workload above them; for every other kind there is nothing to ask. */
export async function readController(
  client: KubeClient,
  ref: { readonly namespace: string; readonly kind: string; readonly name: string },
  signal: AbortSignal,
): Promise<Observation<WorkloadRef>> {
  if (ref.kind !== 'ReplicaSet' && ref.kind !== 'Job') return absent;
  const place = { resource: WORKLOADS[ref.kind], namespace: ref.namespace, name: ref.name };
  const found = await getOne(client, place, Workload, signal);
  if (found.status !== 'observed') return found;
  const owner = controllerIn(found.value.metadata);
  return owner && isWorkloadKind(owner.kind) ? observed({ kind: owner.kind, name: owner.name }) : absent;
}

function workloadSnapshot(kind: WorkloadKind, workload: Workload): WorkloadSnapshot {
  const { metadata, spec } = workload;
  const template = spec?.template ?? spec?.jobTemplate?.spec?.template;
  return {
    kind,
    ...identity(metadata),
    replicas: replicasOf(kind, workload),
    selector: kind === 'CronJob' ? cronJobSelector(template?.metadata?.labels) : selectorText(spec?.selector),
    images: imagesOf(template),
    ...optional('imagePullSecrets', listIn(template)),
    paused: spec?.paused ?? spec?.suspend ?? false,
    ...optional('managedBy', managerIn(metadata)),
    ...optional('gitOps', ownerIn(kind, metadata)),
    ...optional('unmet', failuresIn(workload)),
    ...optional('ended', kind === 'Job' ? endOf(workload) : undefined),
  };
}

/** A list that names nobody is one all the same: the API server copies the account's only where there is none. */
function listIn(template: Template | null | undefined): readonly string[] | undefined {
  const list = template?.spec?.imagePullSecrets;
  return list?.length ? secretNames(list) : undefined;
}

function replicasOf(kind: WorkloadKind, workload: Workload): WorkloadSnapshot['replicas'] {
  const spec = workload.spec ?? {};
  const status = workload.status ?? {};
  if (kind === 'Job' || kind === 'CronJob') {
    const active = Array.isArray(status.active) ? status.active.length : (status.active ?? 0);
    return kind === 'Job' ? replicas(spec.parallelism ?? 1, active, status.ready) : replicas(active, active, active);
  }
  if (kind === 'DaemonSet') {
    return replicas(status.desiredNumberScheduled, status.updatedNumberScheduled, status.numberAvailable);
  }
  const updated = kind === 'ReplicaSet' ? status.replicas : status.updatedReplicas;
  return replicas(spec.replicas ?? 1, updated, status.availableReplicas);
}

/** Of a Deployment or a ReplicaSet: True when the API server refuses its pods (apps/v1 ReplicaFailure). */
function failuresIn({ status }: Workload): WorkloadSnapshot['unmet'] {
  const failed = (status?.conditions ?? []).filter((one) => one.type === 'ReplicaFailure' && one.status === 'True');
  if (failed.length === 0) return undefined;
  return failed.map(({ type, reason, message }) => ({ type, reason: reason ?? '', message: message ?? '' }));
}

/** batch/v1 Failed: `DeadlineExceeded`, `BackoffLimitExceeded`, … The Job controller deletes the pods that still ran. */
function endOf({ metadata, spec, status }: Workload): WorkloadSnapshot['ended'] {
  const failed = (status?.conditions ?? []).find((one) => one.type === 'Failed' && one.status === 'True');
  if (failed === undefined) return undefined;
  const { name, namespace, uid } = metadata;
  const controller = { kind: 'Job', name, uid: uid ?? '', controller: true };
  const template = podSnapshot({
    metadata: { name: '', namespace, labels: spec?.template?.metadata?.labels, ownerReferences: [controller] },
    spec: spec?.template?.spec,
  });
  return { reason: failed.reason ?? '', message: failed.message ?? '', template };
}

type Count = number | null | undefined;

function replicas(desired: Count, updated: Count, available: Count): WorkloadSnapshot['replicas'] {
  return { desired: desired ?? 0, updated: updated ?? 0, available: available ?? 0 };
}

/** A CronJob selects nothing itself: its template's labels, else the label that every Job's pod bears. */
function cronJobSelector(labels: Readonly<Record<string, string>> | null | undefined): string {
  return selectorText({ matchLabels: labels ?? {} }) || 'batch.kubernetes.io/job-name';
}

function selectorText(selector: Selector | null | undefined): string {
  const equal = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const sets = (selector?.matchExpressions ?? []).map(({ key, operator, values }) => {
    const list = `(${(values ?? []).join(',')})`;
    if (operator === 'In') return `${key} in ${list}`;
    if (operator === 'NotIn') return `${key} notin ${list}`;
    return operator === 'DoesNotExist' ? `!${key}` : key;
  });
  return [...equal, ...sets].join(',');
}

/** Whoever would put back what we change, the surest sign first. */
const MANAGER_KEYS = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/instance',
  'kustomize.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/name',
  'meta.helm.sh/release-name',
  'app.kubernetes.io/managed-by',
];

function ownerIn(kind: string, { name, namespace, labels, annotations }: Metadata) {
  return gitOpsOwner({ kind, name, namespace: namespace ?? '', labels: labels ?? {}, annotations: annotations ?? {} });
}

function managerIn(metadata: Metadata): string | undefined {
  const all = { ...metadata.labels, ...metadata.annotations };
  const key = MANAGER_KEYS.find((name) => all[name]);
  return key && `${key}=${all[key] ?? ''}`;
}
