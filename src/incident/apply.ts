/** The only way from events to state. Pure and total: an event that is impossible now changes nothing but the version. */
import { conditionsOf } from './conditions.ts';
import type { Incident, IncidentEvent, Page } from './incident.ts';

type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { readonly type: T }>;

/** What `incident` is after `event`. `meta` names an incident that does not exist yet. */
export function apply(
  incident: Incident | undefined,
  event: IncidentEvent,
  meta: { readonly id: string; readonly key: string },
): Incident {
  if (!incident) return begin(event, meta);
  return { ...change(incident, event), version: incident.version + 1 };
}

/** The state after all `events`; undefined for none. */
export function replay(
  events: readonly IncidentEvent[],
  meta: { readonly id: string; readonly key: string },
): Incident | undefined {
  return events.reduce<Incident | undefined>((incident, event) => apply(incident, event, meta), undefined);
}

function begin(event: IncidentEvent, meta: { readonly id: string; readonly key: string }): Incident {
  const opening = event.type === 'triggered' ? event : undefined;
  return {
    id: meta.id,
    key: meta.key,
    version: 1,
    status: 'triggered',
    subject: opening?.subject ?? { cluster: '' },
    runbook: opening?.runbook ?? '',
    openedAt: event.at,
    openedBy: opening?.by ?? '',
    alerts: opening?.alert ? [opening.alert] : [],
    children: [],
    pages: [],
  };
}

type Handlers = { readonly [T in IncidentEvent['type']]: (incident: Incident, event: EventOf<T>) => Incident };

/** One row an event: a new event does not compile until its row exists. */
const HANDLERS: Handlers = {
  triggered: unchanged,
  'alert-joined': open(joinAlert),
  'alert-resolved': resolveAlert,
  'joined-parent': open(joinParent),
  'child-joined': open(joinChild),
  'child-resolved': (incident, event) => ({
    ...incident,
    children: incident.children.map((child) => (child.id === event.child ? { ...child, resolved: true } : child)),
  }),
  'thread-moved': (incident, event) => ({ ...incident, thread: event.thread }),
  'thread-opened': (incident, event) => (incident.thread ? incident : { ...incident, thread: event.thread }),
  diagnosed: open(diagnose),
  scoped: open((incident, event) =>
    raise(
      widen({ ...incident, scope: event.scope, ...familyPart(incident, event.family) }, event.scope.total.namespaces),
      event.scope.total.workloads > 1 ? 'P1' : 'P2',
    ),
  ),
  'looked-again': open((incident, { reach }) => {
    const next = widen(incident, reach.namespaces);
    return reach.workloads > 1 ? raise(next, 'P1') : next;
  }),
  acknowledged: open((incident, event) =>
    incident.acknowledged
      ? incident
      : { ...incident, status: 'acknowledged', acknowledged: { by: event.by, at: event.at } },
  ),
  'escalation-requested': open((incident, event) =>
    incident.escalationRequested ? incident : { ...incident, escalationRequested: { by: event.by, at: event.at } },
  ),
  reminded: open((incident, event) =>
    incident.remindedAt === undefined ? { ...incident, remindedAt: event.at } : incident,
  ),
  'page-claimed': open(claimPage),
  'page-sent': onPage((page, event) => {
    const { reason: _reason, final: _final, unconfirmed: _unconfirmed, ...rest } = page;
    return { ...rest, state: 'sent', at: event.at, key: event.key };
  }),
  'page-failed': onPage((page, event) =>
    page.state === 'claimed'
      ? {
          ...page,
          state: 'failed',
          at: event.at,
          reason: event.reason,
          final: event.final ?? false,
          ...(event.unconfirmed ? { unconfirmed: true } : {}),
        }
      : page,
  ),
  'page-announced': onPage((page) => ({ ...page, announced: true })),
  'page-acknowledged': onPage((page) => ({ ...page, acknowledged: true })),
  'page-resolved': onPage((page, event) => ({ ...page, state: 'resolved', at: event.at })),
  'remedy-requested': unchanged,
  'remedy-applied': unchanged,
  'remedy-verified': unchanged,
  'remedy-failed': unchanged,
  resolved: open((incident, event) => ({
    ...incident,
    status: 'resolved',
    resolved: { by: event.by, reason: event.reason, at: event.at },
  })),
  closed: (incident) => ({ ...incident, closed: true }),
  'parent-told': (incident) => ({ ...incident, parentTold: true }),
};

function change(incident: Incident, event: IncidentEvent): Incident {
  // An event written by a newer version of the program may be unknown here.
  if (!Object.hasOwn(HANDLERS, event.type)) return incident;
  const handler = HANDLERS[event.type] as (incident: Incident, event: IncidentEvent) => Incident;
  return handler(incident, event);
}

function unchanged(incident: Incident): Incident {
  return incident;
}

/** Resolved wins: the event changes nothing once the incident has ended. */
function open<E>(handler: (incident: Incident, event: E) => Incident): (incident: Incident, event: E) => Incident {
  return (incident, event) => (incident.status === 'resolved' ? incident : handler(incident, event));
}

function onPage<E extends { readonly tier: string }>(
  handler: (page: Page, event: E) => Page,
): (incident: Incident, event: E) => Incident {
  return (incident, event) => ({
    ...incident,
    pages: incident.pages.map((page) => (page.tier === event.tier ? handler(page, event) : page)),
  });
}

/** Takes a page to send, also one that failed or whose sender died; never one that was sent. */
function claimPage(incident: Incident, event: EventOf<'page-claimed'>): Incident {
  const known = incident.pages.find((page) => page.tier === event.tier);
  if (known && known.state !== 'claimed' && known.state !== 'failed') return incident;
  const claimed: Page = {
    tier: event.tier,
    state: 'claimed',
    at: event.at,
    fence: event.fence,
    attempts: (known?.attempts ?? 0) + 1,
    ...(known?.announced ? { announced: true } : {}),
    // Also one whose sender died before it could tell.
    ...(known?.unconfirmed || known?.state === 'claimed' ? { unconfirmed: true } : {}),
  };
  return { ...incident, pages: [...incident.pages.filter((page) => page.tier !== event.tier), claimed] };
}

function joinParent(incident: Incident, event: EventOf<'joined-parent'>): Incident {
  if (incident.parent || event.parent === incident.id) return incident;
  return { ...incident, parent: event.parent, family: event.family };
}

function joinAlert(incident: Incident, event: EventOf<'alert-joined'>): Incident {
  if (incident.alerts.some((alert) => alert.id === event.alert.id)) return incident;
  const joined =
    event.alert.status === 'resolved' ? { ...event.alert, resolvedAt: event.alert.endsAt ?? event.at } : event.alert;
  return { ...incident, alerts: [...incident.alerts, joined] };
}

function resolveAlert(incident: Incident, event: EventOf<'alert-resolved'>): Incident {
  return {
    ...incident,
    alerts: incident.alerts.map((alert) =>
      alert.id === event.alertId && alert.resolvedAt === undefined
        ? { ...alert, status: 'resolved', resolvedAt: event.at }
        : alert,
    ),
  };
}

function joinChild(incident: Incident, event: EventOf<'child-joined'>): Incident {
  const known = event.child === incident.id || incident.children.some((child) => child.id === event.child);
  if (known) return incident;
  const children = [...incident.children, { id: event.child, subject: event.subject, resolved: false }];
  const subjects = [incident.subject, ...children.map((child) => child.subject)];
  const namespaces = new Set(subjects.flatMap(({ namespace }) => namespace ?? []));
  return raise(widen({ ...incident, children }, namespaces.size), 'P1');
}

/** A late quick look never replaces a full run. */
function diagnose(incident: Incident, event: EventOf<'diagnosed'>): Incident {
  if (event.quick && incident.diagnosedFully) return incident;
  const { verdict, scope } = event.diagnosis;
  const seen = {
    ...incident,
    diagnosis: event.diagnosis,
    ...(event.quick ? {} : { diagnosedFully: true }),
    ...familyPart(incident, event.family),
  };
  const next = widen(seen, scope.namespaces);
  if (verdict.severity === 'P1' || scope.workloads > 1) return raise(next, 'P1');
  return verdict.severity === 'P2' ? raise(next, 'P2') : next;
}

/** A child keeps its parent's family. */
function familyPart(incident: Incident, family: string | null): { readonly family?: string } {
  return family !== null && incident.parent === undefined ? { family } : {};
}

/** Remembers how far it reached; a registry that is down, or a fault that spreads, is urgent. */
function widen(incident: Incident, reached: number): Incident {
  const first = incident.namespaces?.first ?? reached;
  const most = Math.max(incident.namespaces?.most ?? 0, reached);
  const next = reached === 0 ? incident : { ...incident, namespaces: { first, most } };
  return conditionsOf(next).length > 0 ? raise(next, 'P1') : next;
}

function raise(incident: Incident, severity: 'P1' | 'P2'): Incident {
  return { ...incident, severity: incident.severity === 'P1' ? 'P1' : severity };
}
