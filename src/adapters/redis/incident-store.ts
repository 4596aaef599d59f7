/**
 * The ledger in Redis. An incident is a list of events; its length is the version, its state is the fold (`replay`).
 * Keys under `{pullcheck}:` — `incident:<id>` (key) · `incident:<id>:events` · `incident:<id>:families` · `alert:<alert id>` -> id ·
 * `keys` (key -> open id) · `families` (family -> open id) · `open` (by opening time) · `due` (by time) · `clock-offset`.
 */
import { StoreError } from '../../errors.ts';
import { replay } from '../../incident/apply.ts';
import type { Incident, IncidentEvent } from '../../incident/incident.ts';
import type { IncidentStore } from '../../incident/ports.ts';
import type { RedisLink } from './connection.ts';
import { APPEND, CLAIM_FAMILY, DUE, OPEN_OR_JOIN } from './incident-scripts.ts';
import { IdsSchema, NumberSchema, OpenedSchema, read, readEvents } from './schema.ts';
import { TIME } from './script.ts';

/** Ended incidents can be looked at for this long. */
const KEEP_ENDED_S = 30 * 24 * 3600;

interface Log {
  readonly key: string;
  readonly events: readonly IncidentEvent[];
}

export function createIncidentStore(link: RedisLink): IncidentStore {
  const prefix = link.key('incident', '');
  const offset = link.key('clock-offset');
  const index = {
    keys: link.key('keys'),
    families: link.key('families'),
    open: link.key('open'),
    due: link.key('due'),
  };
  const alertKey = (alertId: string) => link.key('alert', alertId);

  async function load(id: string): Promise<Log | undefined> {
    const [key, lines] = await link.ask((client) =>
      Promise.all([client.hget(prefix + id, 'key'), client.lrange(`${prefix}${id}:events`, 0, -1)]),
    );
    return key === null || lines.length === 0 ? undefined : { key, events: readEvents(lines) };
  }

  async function get(id: string): Promise<Incident | undefined> {
    const log = await load(id);
    return log && replay(log.events, { id, key: log.key });
  }

  async function require(id: string): Promise<Incident> {
    const incident = await get(id);
    if (!incident) throw new StoreError({ code: 'store-unknown', message: `The incident ${id} is not in the store.` });
    return incident;
  }

  return {
    time: async () => read(NumberSchema, await link.run(TIME, [offset], [])),
    openOrJoin: async (input) => {
      const answer = await link.run(
        OPEN_OR_JOIN,
        [offset, alertKey(input.alertId), index.keys, index.open, index.due],
        [
          prefix,
          input.key,
          input.id,
          input.alertId,
          JSON.stringify(input.opening),
          JSON.stringify(input.joining),
          input.dueAt ?? '',
          input.opening.at,
        ],
      );
      const [kind, id] = read(OpenedSchema, answer);
      return { kind, incident: await require(id) };
    },
    get,
    events: async (id) => (await load(id))?.events ?? [],
    append: async (id, expected, events, dueAt) => {
      const log = await load(id);
      if (!log) throw new StoreError({ code: 'store-unknown', message: `The incident ${id} is not in the store.` });
      const meta = { id, key: log.key };
      const next = replay([...log.events, ...events], meta);
      if (!next || log.events.length !== expected) return { kind: 'stale', incident: await require(id) };
      // What is read here cannot change before the script checks the length, else the script refuses.
      const won = await link.run(
        APPEND,
        [
          `${prefix}${id}:events`,
          prefix + id,
          index.due,
          index.open,
          index.keys,
          index.families,
          `${prefix}${id}:families`,
          ...next.alerts.map((alert) => alertKey(alert.id)),
        ],
        [
          expected,
          id,
          log.key,
          dueAt ?? '',
          next.status === 'resolved' ? 1 : 0,
          KEEP_ENDED_S,
          ...events.map((event) => JSON.stringify(event)),
        ],
      );
      return won === 1 ? { kind: 'done', incident: next } : { kind: 'stale', incident: await require(id) };
    },
    findByAlert: async (alertId) => {
      const id = await link.ask((client) => client.get(alertKey(alertId)));
      const incident = id === null ? undefined : await get(id);
      return incident && incident.status !== 'resolved' ? [incident] : [];
    },
    claimFamily: async (family, id) =>
      String(await link.run(CLAIM_FAMILY, [index.families, index.open, `${prefix}${id}:families`], [family, id])),
    open: async (limit) => {
      if (limit <= 0) return [];
      const ids = await link.ask((client) => client.zrevrange(index.open, 0, limit - 1));
      const incidents = await Promise.all(ids.map(get));
      return incidents.filter((incident) => incident !== undefined && incident.status !== 'resolved') as Incident[];
    },
    due: async (limit) =>
      limit <= 0 ? [] : read(IdsSchema, await link.run(DUE, [offset, index.due], [prefix, Math.trunc(limit)])),
  };
}
