/** The simulated controller manager: a workload's template becomes revisions, revisions become pods, pods become its status. */
import type { IdSource } from '../../../clock.ts';
import { policyOf, waiting } from './kubelet.ts';
import { apiVersionOf, type KubeObject, type OwnerReference, resourceOf, type Template } from './objects.ts';
import type { ObjectStore, Place } from './store.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'controller-revision-hash';

export interface Controllers {
  /** Brings one workload nearer to its spec; gives the pods that were created and wait for their images. */
  reconcile(workload: KubeObject): readonly KubeObject[];
}

function isReady(pod: KubeObject): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  return statuses.length > 0 && statuses.every(({ ready }) => ready === true);
}

export function ownerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller);
}

function ownedBy(owner: KubeObject): OwnerReference[] {
  const { kind, metadata, apiVersion } = owner;
  return [
    { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true },
  ];
}

export function createControllers(store: ObjectStore, ids: IdSource): Controllers {
  function owned(kind: string, owner: KubeObject): KubeObject[] {
    return store
      .list(resourceOf(kind), owner.metadata.namespace)
      .filter((object) => ownerOf(object)?.uid === owner.metadata.uid);
  }
  function suffix(length: number): string {
    return ids().slice(0, length);
  }
  function drop(pod: KubeObject): void {
    store.remove({ resource: resourceOf('Pod'), namespace: pod.metadata.namespace ?? '', name: pod.metadata.name });
  }

  /** Admission copies the service account's pull secrets into a pod that names none itself. */
  function accountSecrets(namespace: string, name: string): { name: string }[] | undefined {
    const account = store.get({ resource: resourceOf('ServiceAccount'), namespace, name });
    return account?.['imagePullSecrets'] as { name: string }[] | undefined;
  }

  function createPod(owner: KubeObject, template: Template, name: string, labels: Record<string, string>): KubeObject {
    const namespace = owner.metadata.namespace ?? '';
    const spec = template.spec ?? {};
    const serviceAccountName = spec.serviceAccountName ?? 'default';
    const secrets = spec.imagePullSecrets?.length
      ? spec.imagePullSecrets
      : accountSecrets(namespace, serviceAccountName);
    const containers = (spec.containers ?? []).map((row) => ({ ...row, imagePullPolicy: policyOf(row) }));
    return store.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        labels: { ...template.metadata?.labels, ...labels },
        ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
        ownerReferences: ownedBy(owner),
      },
      spec: {
        ...spec,
        containers,
        serviceAccountName,
        nodeName: spec.nodeName ?? store.list(resourceOf('Node'))[0]?.metadata.name ?? 'node-1',
        ...(secrets ? { imagePullSecrets: secrets } : {}),
      },
      status: {
        phase: 'Pending',
        containerStatuses: containers.map((container) => waiting(container, 'ContainerCreating')),
      },
    });
  }

  /** The revision that holds this template; numbered anew when it is not the newest, as a rollback is. */
  function currentRevision(workload: KubeObject, kind: 'ReplicaSet' | 'ControllerRevision'): KubeObject {
    const template = workload.spec?.template ?? {};
    const all = owned(kind, workload).sort((a, b) => numberOf(b) - numberOf(a));
    const [newest] = all;
    const same = all.find((revision) => JSON.stringify(templateOf(revision)) === JSON.stringify(template));
    if (same && same === newest) return same;
    const number = (newest ? numberOf(newest) : 0) + 1;
    const { name, namespace } = workload.metadata;
    const hash = suffix(10);
    const base = same ?? {
      apiVersion: apiVersionOf(resourceOf(kind)),
      kind,
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...template.metadata?.labels, [kind === 'ReplicaSet' ? 'pod-template-hash' : HASH]: hash },
        ownerReferences: ownedBy(workload),
      },
    };
    const content =
      kind === 'ReplicaSet'
        ? { spec: { replicas: workload.spec?.replicas ?? 1, selector: workload.spec?.selector, template } }
        : { revision: number, data: { spec: { template: { ...template, $patch: 'replace' } } } };
    const annotations = { ...base.metadata.annotations, [REVISION]: String(number) };
    return store.put({ ...base, ...content, metadata: { ...base.metadata, annotations } });
  }

  function deployment(workload: KubeObject): KubeObject[] {
    const wanted = workload.spec?.replicas ?? 1;
    // A paused Deployment keeps what it has and rolls nothing out.
    if (workload.spec?.['paused'] === true && owned('ReplicaSet', workload).length > 0) return [];
    const current = currentRevision(workload, 'ReplicaSet');
    const template = workload.spec?.template ?? {};
    const created: KubeObject[] = [];
    const hash = current.metadata.labels?.['pod-template-hash'] ?? '';
    for (let have = owned('Pod', current).length; have < wanted; have += 1) {
      const name = `${current.metadata.name}-${suffix(5)}`;
      created.push(createPod(current, template, name, { 'pod-template-hash': hash }));
    }
    const fresh = owned('Pod', current).filter(isReady).length;
    const sets = owned('ReplicaSet', workload);
    for (const old of sets.filter(({ metadata }) => metadata.uid !== current.metadata.uid)) {
      // A rollout never takes healthy old pods away before the new ones are ready.
      for (const pod of owned('Pod', old)) if (!isReady(pod) || fresh >= wanted) drop(pod);
    }
    let available = 0;
    for (const set of sets) {
      const pods = owned('Pod', set);
      const ready = pods.filter(isReady).length;
      available += ready;
      writeStatus(set, { replicas: pods.length, readyReplicas: ready, availableReplicas: ready });
    }
    const updated = owned('Pod', current).length;
    writeStatus(workload, {
      replicas: wanted,
      updatedReplicas: updated,
      readyReplicas: available,
      availableReplicas: available,
    });
    return created;
  }

  /** StatefulSet and DaemonSet replace their pods in place, one after the other, and stop at the first that does not start. */
  function inPlace(workload: KubeObject): KubeObject[] {
    const { name } = workload.metadata;
    const current = currentRevision(workload, 'ControllerRevision');
    const hash = current.metadata.labels?.[HASH] ?? '';
    const isFresh = (pod: KubeObject) => pod.metadata.labels?.[HASH] === hash;
    const nodes = store.list(resourceOf('Node')).length;
    const wanted = workload.kind === 'DaemonSet' ? Math.max(1, nodes) : (workload.spec?.replicas ?? 1);
    const stale = owned('Pod', workload).filter((pod) => !isFresh(pod));
    for (const pod of stale.filter((old) => !isReady(old))) drop(pod);
    const stuck = owned('Pod', workload).some((pod) => isFresh(pod) && !isReady(pod));
    const next = stale.findLast(isReady);
    if (next && !stuck) drop(next);
    const taken = new Set(owned('Pod', workload).map(({ metadata }) => metadata.name));
    const created: KubeObject[] = [];
    for (let index = 0; taken.size < wanted; index += 1) {
      const podName = workload.kind === 'StatefulSet' ? `${name}-${index}` : `${name}-${suffix(5)}`;
      if (taken.has(podName)) continue;
      taken.add(podName);
      created.push(createPod(workload, workload.spec?.template ?? {}, podName, { [HASH]: hash }));
    }
    const pods = owned('Pod', workload);
    const ready = pods.filter(isReady).length;
    const fresh = pods.filter(isFresh).length;
    writeStatus(
      workload,
      workload.kind === 'DaemonSet'
        ? { desiredNumberScheduled: wanted, updatedNumberScheduled: fresh, numberReady: ready, numberAvailable: ready }
        : { replicas: wanted, updatedReplicas: fresh, readyReplicas: ready, availableReplicas: ready },
    );
    return created;
  }

  function job(workload: KubeObject): KubeObject[] {
    const pods = owned('Pod', workload);
    const labels = { 'batch.kubernetes.io/job-name': workload.metadata.name, 'job-name': workload.metadata.name };
    const name = `${workload.metadata.name}-${suffix(5)}`;
    const created = pods.length > 0 ? [] : [createPod(workload, workload.spec?.template ?? {}, name, labels)];
    writeStatus(workload, { active: 1, ready: pods.filter(isReady).length });
    return created;
  }

  /** Only when it differs, so that a version means a change. */
  function writeStatus(object: KubeObject, status: Readonly<Record<string, number>>): void {
    const place: Place = {
      resource: resourceOf(object.kind),
      namespace: object.metadata.namespace ?? '',
      name: object.metadata.name,
    };
    const now = store.get(place);
    if (now && JSON.stringify(now.status) !== JSON.stringify(status)) store.put({ ...now, status });
  }

  return {
    reconcile(workload) {
      switch (workload.kind) {
        case 'Deployment':
          return deployment(workload);
        case 'StatefulSet':
        case 'DaemonSet':
          return inPlace(workload);
        case 'Job':
          return job(workload);
        default:
          return [];
      }
    },
  };
}

function numberOf(revision: KubeObject): number {
  return Number(revision.metadata.annotations?.[REVISION] ?? 0);
}

function templateOf(revision: KubeObject): unknown {
  if (revision.kind === 'ReplicaSet') return revision.spec?.template;
  const { $patch: _patch, ...template } =
    (revision.data as { spec?: { template?: Record<string, unknown> } } | undefined)?.spec?.template ?? {};
  return template;
}
