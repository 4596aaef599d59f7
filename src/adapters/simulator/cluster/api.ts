/** The verbs of the simulated API on its store: versions, preconditions, dry run and paging as the API server does them. */
import { z } from 'zod';
import { apiVersionOf, KubeObject, type Resource } from './objects.ts';
import { fieldMatcher, labelMatcher } from './selectors.ts';
import { alreadyExists, badRequest, conflict, invalid, notFound, StatusError } from './status.ts';
import type { ObjectStore, Place } from './store.ts';

/** Told after every change that was really made. */
export interface Watcher {
  changed(before: KubeObject | undefined, after: KubeObject | undefined): void;
}

export interface Verbs {
  get(place: Place): KubeObject;
  list(place: Place, query: URLSearchParams): unknown;
  create(place: Place, body: unknown, dryRun: boolean): KubeObject;
  update(place: Place, body: unknown, dryRun: boolean): KubeObject;
  patch(place: Place, body: unknown, dryRun: boolean): KubeObject;
  delete(place: Place, body: unknown, dryRun: boolean): unknown;
}

const DeleteOptions = z.looseObject({
  preconditions: z.looseObject({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
  dryRun: z.array(z.string()).optional(),
});

export function createVerbs(store: ObjectStore, watcher: Watcher): Verbs {
  function get(place: Place): KubeObject {
    const found = store.get(place);
    if (!found) throw notFound(place.resource, place.name);
    return found;
  }
  function replace(place: Place, old: KubeObject, body: unknown, dryRun: boolean): KubeObject {
    const next = parse(place.resource, body, place.namespace);
    const wanted = next.metadata.resourceVersion;
    if (wanted && wanted !== old.metadata.resourceVersion) throw conflict(place.resource, place.name);
    if (next.kind === 'Secret' && next.type !== old.type) {
      throw invalid('Secret', place.name, `type: Invalid value: "${next.type ?? ''}": field is immutable`);
    }
    if (dryRun) return store.prepare(next);
    const stored = store.put(next);
    watcher.changed(old, stored);
    return stored;
  }
  return {
    get,
    list: (place, query) => listPage(store, place, query),
    create(place, body, dryRun) {
      const object = parse(place.resource, body, place.namespace);
      const { name } = object.metadata;
      if (store.get({ ...place, name })) throw alreadyExists(place.resource, name);
      if (dryRun) return store.prepare(object);
      const stored = store.put(object);
      watcher.changed(undefined, stored);
      return stored;
    },
    update: (place, body, dryRun) => replace(place, get(place), body, dryRun),
    patch(place, body, dryRun) {
      const old = get(place);
      return replace(place, old, mergePatch(old, body), dryRun);
    },
    delete(place, body, dryRun) {
      const old = get(place);
      const options = DeleteOptions.safeParse(body ?? {}).data;
      const uid = options?.preconditions?.uid;
      if (uid && uid !== old.metadata.uid) {
        const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid ?? ''}`;
        throw conflict(place.resource, place.name, why);
      }
      // As the API server: options in a body win over the whole query.
      const dry = body === undefined ? dryRun : options?.dryRun?.includes('All');
      if (!dry) {
        store.remove(place);
        watcher.changed(old, undefined);
      }
      return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name: place.name } };
    },
  };
}

function parse(resource: Resource, body: unknown, namespace: string): KubeObject {
  const parsed = KubeObject.safeParse({
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    ...(typeof body === 'object' ? body : {}),
  });
  if (!parsed.success) throw badRequest(`${resource.kind} cannot be read: ${parsed.error.issues[0]?.message ?? ''}`);
  if (resource.namespaced) parsed.data.metadata.namespace = namespace;
  return parsed.data;
}

/** RFC 7386, but lists of named things (containers) are merged by name, as a strategic merge does; no merge patch here sends one. */
function mergePatch(old: unknown, patch: unknown): unknown {
  if (isNamedList(old) && isNamedList(patch)) return mergeByName(old, patch);
  if (!isMap(patch)) return structuredClone(patch);
  const result: Record<string, unknown> = isMap(old) ? { ...old } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

type Named = Readonly<Record<string, unknown>> & { readonly name: string };

function isNamedList(value: unknown): value is readonly Named[] {
  return Array.isArray(value) && value.every((item) => isMap(item) && typeof item['name'] === 'string');
}

function mergeByName(old: readonly Named[], patch: readonly Named[]): unknown[] {
  const added = patch.filter(({ name }) => !old.some((one) => one.name === name));
  const merged = old.map((one) => mergePatch(one, patch.find(({ name }) => name === one.name) ?? {}));
  return [...merged, ...structuredClone(added)];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matching(query: URLSearchParams): (object: KubeObject) => boolean {
  try {
    const byLabel = labelMatcher(query.get('labelSelector') ?? '');
    const byField = fieldMatcher(query.get('fieldSelector') ?? '');
    return (object) => byLabel(object) && byField(object);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : 'invalid selector');
  }
}

/** The continue token holds the position; the real one also expires (410), for which there is `Gone`. */
function listPage(store: ObjectStore, { resource, namespace }: Place, query: URLSearchParams): unknown {
  const all = store.list(resource, namespace === '' ? undefined : namespace).filter(matching(query));
  const token = query.get('continue');
  const start = token ? Number(Buffer.from(token, 'base64url').toString()) : 0;
  if (!Number.isInteger(start)) throw new StatusError(410, 'Expired', 'The provided continue parameter is too old');
  const limit = Number(query.get('limit') ?? 0) || all.length;
  const end = start + limit;
  const rest = Math.max(0, all.length - end);
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(store.version()),
      ...(rest > 0 ? { continue: Buffer.from(String(end)).toString('base64url'), remainingItemCount: rest } : {}),
    },
    items: all.slice(start, end).map(({ kind: _kind, apiVersion: _version, ...item }) => item),
  };
}
