/** What changed: a Deployment's ReplicaSets, a StatefulSet's or DaemonSet's ControllerRevisions. */
import { mapObserved, type Observation, observed } from '../../../evidence/observation.ts';
import type { Revision, WorkloadSnapshot } from '../../../evidence/snapshots.ts';
import type { KubeClient } from '../client.ts';
import { CONTROLLER_REVISIONS, WORKLOADS } from '../resources.ts';
import { ControllerRevision, type Metadata, Workload } from '../schema.ts';
import { controllerIn, identity, imagesOf } from './common.ts';
import { listAll } from './fetch.ts';

/** revisionHistoryLimit is 10 unless somebody raised it. */
const MAX_REVISIONS = 1000;
const REVISION = 'deployment.kubernetes.io/revision';

export async function listRevisions(
  client: KubeClient,
  workload: WorkloadSnapshot,
  signal: AbortSignal,
): Promise<Observation<readonly Revision[]>> {
  const { namespace, selector: labelSelector } = workload;
  const query = { namespace, labelSelector, cap: MAX_REVISIONS };
  switch (workload.kind) {
    case 'Deployment': {
      const sets = await listAll(client, { ...query, resource: WORKLOADS.ReplicaSet }, Workload, signal);
      return mapObserved(sets, ({ items }) => newestFirst(owned(items, workload).map(ofReplicaSet)));
    }
    case 'StatefulSet':
    case 'DaemonSet': {
      const all = await listAll(client, { ...query, resource: CONTROLLER_REVISIONS }, ControllerRevision, signal);
      return mapObserved(all, ({ items }) =>
        withReady(newestFirst(owned(items, workload).map(ofControllerRevision)), workload.replicas),
      );
    }
    case 'ReplicaSet':
    case 'Job':
    case 'CronJob':
      return observed([]);
  }
}

type Unranked = Omit<Revision, 'isCurrent'>;

/** Two workloads may select the same labels; only what this one controls is its history. */
function owned<T extends { readonly metadata: Metadata }>(items: readonly T[], workload: WorkloadSnapshot): T[] {
  return items.filter(({ metadata }) => controllerIn(metadata)?.uid === workload.uid);
}

function ofReplicaSet(set: Workload): Unranked {
  return {
    ...named(set.metadata, Number(set.metadata.annotations?.[REVISION] ?? 0)),
    images: imagesOf(set.spec?.template),
    ready: set.status?.readyReplicas ?? 0,
  };
}

function ofControllerRevision(revision: ControllerRevision): Unranked {
  return {
    ...named(revision.metadata, revision.revision ?? 0),
    images: imagesOf(revision.data?.spec?.template),
    ready: 0,
  };
}

function named(metadata: Metadata, revision: number) {
  const { uid: _uid, namespace: _namespace, resourceVersion: _version, ...rest } = identity(metadata);
  return { ...rest, revision: Number.isFinite(revision) ? revision : 0 };
}

/** The controllers number upwards, also when rolling back; the highest is what is wanted now. */
function newestFirst(revisions: readonly Unranked[]): Revision[] {
  return revisions
    .toSorted((a, b) => b.revision - a.revision)
    .map((revision, index) => ({ ...revision, isCurrent: index === 0 }));
}

/**
 * A ControllerRevision does not count pods. Pods not on the newest one are on the one before it, and the newest gets only the
 * available pods that cannot be old ones: a lower bound, exact whenever the updated pods are the failing ones.
 */
function withReady(revisions: readonly Revision[], replicas: WorkloadSnapshot['replicas']): Revision[] {
  const old = Math.max(0, replicas.desired - replicas.updated);
  const onNewest = Math.max(0, replicas.available - old);
  const ready = [onNewest, replicas.available - onNewest];
  return revisions.map((revision, index) => ({ ...revision, ready: ready[index] ?? 0 }));
}
