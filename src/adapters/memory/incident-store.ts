/** The ledger in this process, for the demo and fast tests; held to the same contract as the one in Redis. */
import type { Clock } from '../../clock.ts';
import { StoreError } from '../../errors.ts';
import { replay } from '../../incident/apply.ts';
import type { Incident, IncidentEvent } from '../../incident/incident.ts';
import type { IncidentStore } from '../../incident/ports.ts';

interface Log {
  readonly key: string;
  readonly order: number;
  readonly openedAt: number;
  events: IncidentEvent[];
  dueAt: number | undefined;
}

export function createIncidentStore(clock: Clock): IncidentStore {
  const logs = new Map<string, Log>();
  const alerts = new Map<string, string>();
  const openKeys = new Map<string, string>();
  const families = new Map<string, string>();

  function stateOf(id: string): Incident | undefined {
    const log = logs.get(id);
    return log && replay(log.events, { id, key: log.key });
  }

  function require(id: string): { log: Log; incident: Incident } {
    const log = logs.get(id);
    const incident = stateOf(id);
    if (!log || !incident) {
      throw new StoreError({ code: 'store-unknown', message: `The incident ${id} is not in the store.` });
    }
    return { log, incident };
  }

  function isOpen(incident: Incident | undefined): incident is Incident {
    return incident !== undefined && incident.status !== 'resolved';
  }

  function close(incident: Incident): void {
    if (openKeys.get(incident.key) === incident.id) openKeys.delete(incident.key);
    for (const [family, owner] of families) if (owner === incident.id) families.delete(family);
  }

  return {
    time: async () => clock.now(),
    openOrJoin: async ({ key, id, alertId, opening, joining, dueAt }) => {
      const known = alerts.get(alertId);
      if (known !== undefined) return { kind: 'known', incident: require(known).incident };
      const current = openKeys.get(key);
      alerts.set(alertId, current ?? id);
      if (current !== undefined) {
        require(current).log.events.push(structuredClone(joining));
        return { kind: 'joined', incident: require(current).incident };
      }
      const events = [structuredClone(opening)];
      logs.set(id, { key, order: logs.size, openedAt: opening.at, events, dueAt: dueAt ?? clock.now() });
      openKeys.set(key, id);
      return { kind: 'opened', incident: require(id).incident };
    },
    get: async (id) => stateOf(id),
    events: async (id) => [...(logs.get(id)?.events ?? [])],
    append: async (id, expected, events, dueAt) => {
      const { log, incident } = require(id);
      if (log.events.length !== expected) return { kind: 'stale', incident };
      log.events = [...log.events, ...structuredClone(events)];
      log.dueAt = dueAt;
      const next = require(id).incident;
      for (const alert of next.alerts) alerts.set(alert.id, id);
      if (!isOpen(next)) close(next);
      return { kind: 'done', incident: next };
    },
    findByAlert: async (alertId) => {
      const incident = stateOf(alerts.get(alertId) ?? '');
      return isOpen(incident) ? [incident] : [];
    },
    claimFamily: async (family, id) => {
      const owner = families.get(family);
      if (owner !== undefined) return owner;
      if (isOpen(stateOf(id))) families.set(family, id);
      return id;
    },
    open: async (limit) =>
      [...logs]
        .sort(([, a], [, b]) => b.openedAt - a.openedAt || b.order - a.order)
        .map(([id]) => stateOf(id))
        .filter(isOpen)
        .slice(0, Math.max(0, limit)),
    due: async (limit) =>
      [...logs]
        .flatMap(([id, log]) => (log.dueAt === undefined || log.dueAt > clock.now() ? [] : [{ id, dueAt: log.dueAt }]))
        .sort((a, b) => a.dueAt - b.dueAt)
        .slice(0, Math.max(0, limit))
        .map(({ id }) => id),
  };
}
