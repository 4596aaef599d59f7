/** Events of one object. Both event APIs write the same objects, each filling other time fields and nulling the rest. */
import { parseTime } from '../../../clock.ts';
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { EventSnapshot, PodEvents } from '../../../evidence/snapshots.ts';
import type { KubeClient } from '../client.ts';
import { EVENTS } from '../resources.ts';
import { Event } from '../schema.ts';
import { optional } from './common.ts';
import { listAll } from './fetch.ts';

/** An object with more has been failing for days; the API server forgets events after an hour. */
const MAX_EVENTS = 2000;

export async function listEvents(
  client: KubeClient,
  namespace: string,
  uid: string,
  signal: AbortSignal,
): Promise<Observation<readonly EventSnapshot[]>> {
  const query = { resource: EVENTS, namespace, fieldSelector: `involvedObject.uid=${escaped(uid)}`, cap: MAX_EVENTS };
  return mapObserved(await listAll(client, query, Event, signal), ({ items }) => newestFirst(items));
}

/** By name: a pod that is gone is known by no other. Of several that were called so, the newest that is spoken of. */
export async function listPodEvents(
  client: KubeClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Observation<PodEvents>> {
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${escaped(name)}`;
  const list = await listAll(client, { resource: EVENTS, namespace, fieldSelector, cap: MAX_EVENTS }, Event, signal);
  return mapObserved(list, ({ items }): PodEvents => {
    const latest = items.toSorted((a, b) => (eventSnapshot(b).lastAt ?? 0) - (eventSnapshot(a).lastAt ?? 0))[0];
    const uid = latest?.involvedObject?.uid ?? '';
    return { uid, events: newestFirst(items.filter((one) => (one.involvedObject?.uid ?? '') === uid)) };
  });
}

function newestFirst(items: readonly Event[]): readonly EventSnapshot[] {
  return items
    .map(eventSnapshot)
    .reverse()
    .sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
}

/** Backslash, comma and equals sign have a meaning in field selectors. */
function escaped(value: string): string {
  return value.replaceAll(/[\\,=]/g, (sign) => `\\${sign}`);
}

function eventSnapshot(event: Event): EventSnapshot {
  const seen = [event.lastTimestamp, event.series?.lastObservedTime, event.eventTime]
    .map(parseTime)
    .filter((at) => at !== undefined);
  // The object's birth says when it happened only if nothing else does.
  const born = parseTime(event.metadata.creationTimestamp);
  const first = parseTime(event.firstTimestamp) ?? parseTime(event.eventTime) ?? born;
  const container = /\{(.+)\}$/.exec(event.involvedObject?.fieldPath ?? '')?.[1];
  return {
    type: event.type ?? '',
    reason: event.reason ?? '',
    message: event.message ?? '',
    ...optional('container', container),
    count: event.series?.count ?? event.count ?? 1,
    ...optional('firstAt', first),
    ...optional('lastAt', seen.length === 0 ? born : Math.max(...seen)),
  };
}
