/** The simulated etcd: objects by kind, namespace and name; every write gets the next version. */
import { type Clock, formatTime, type IdSource } from '../../../clock.ts';
import { type KubeObject, type Resource, resourceOf } from './objects.ts';

export interface Place {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

export interface ObjectStore {
  get(place: Place): KubeObject | undefined;
  /** In namespace and name order; namespace absent: all. */
  list(resource: Resource, namespace?: string): readonly KubeObject[];
  /** As `put` would store it: uid, birth and next version filled in. */
  prepare(object: KubeObject): KubeObject;
  /** Creates or replaces. */
  put(object: KubeObject): KubeObject;
  remove(place: Place): void;
  /** Version of the newest write. */
  version(): number;
}

export function placeOf(object: KubeObject): Place {
  return {
    resource: resourceOf(object.kind),
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
  };
}

export function createStore(clock: Clock, ids: IdSource): ObjectStore {
  const rows = new Map<string, Map<string, KubeObject>>();
  let version = 1000;

  function table(resource: Resource): Map<string, KubeObject> {
    const found = rows.get(resource.kind) ?? new Map<string, KubeObject>();
    rows.set(resource.kind, found);
    return found;
  }
  function key({ namespace, name }: Place): string {
    return `${namespace}/${name}`;
  }
  function prepare(object: KubeObject): KubeObject {
    const copy = structuredClone(object);
    const old = table(resourceOf(object.kind)).get(key(placeOf(object)));
    const now = `${formatTime(clock.now()).slice(0, 19)}Z`;
    copy.metadata = {
      ...copy.metadata,
      uid: old?.metadata.uid ?? copy.metadata.uid ?? uidFrom(ids()),
      creationTimestamp: old?.metadata.creationTimestamp ?? copy.metadata.creationTimestamp ?? now,
      resourceVersion: String(version + 1),
      managedFields: [{ manager: 'pullcheck-simulator', operation: 'Update', time: now }],
    };
    return copy;
  }

  /** The real one wants a namespace made first; here it is there once something is in it. */
  function settleIn(name: string): void {
    const resource = resourceOf('Namespace');
    const place: Place = { resource, namespace: '', name };
    if (name === '' || table(resource).has(key(place))) return;
    const metadata = { name, resourceVersion: String(version) };
    table(resource).set(key(place), { apiVersion: 'v1', kind: 'Namespace', metadata });
  }

  return {
    get: (place) => table(place.resource).get(key(place)),
    list: (resource, namespace) =>
      [...table(resource).entries()]
        .filter(([, object]) => namespace === undefined || object.metadata.namespace === namespace)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => object),
    prepare,
    put(object) {
      const stored = prepare(object);
      version += 1;
      table(resourceOf(stored.kind)).set(key(placeOf(stored)), stored);
      if (resourceOf(stored.kind).namespaced) settleIn(stored.metadata.namespace ?? '');
      return stored;
    },
    remove(place) {
      version += 1;
      table(place.resource).delete(key(place));
    },
    version: () => version,
  };
}

function uidFrom(id: string): string {
  const hex = id.replaceAll(/[^0-9a-f]/g, '').padEnd(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
