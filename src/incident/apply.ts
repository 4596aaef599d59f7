/** The only way from events to state. Pure and total: an event that is impossible now changes nothing but the version. */
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

function change(incident: Incident, event: IncidentEvent): Incident {
  switch (event.type) {
    case 'page-claimed':
    case 'page-sent':
    case 'page-failed':
    case 'page-announced':
    case 'page-resolved':
      return changePage(incident, event);
    case 'thread-opened':
      return incident.thread ? incident : { ...incident, thread: event.thread };
    case 'alert-resolved':
      return resolveAlert(incident, event);
    case 'child-resolved':
      return {
        ...incident,
        children: incident.children.map((child) => (child.id === event.child ? { ...child, resolved: true } : child)),
      };
    case 'parent-told':
      return { ...incident, parentTold: true };
    default:
      // Resolved wins: nothing below changes an incident that has ended.
      return incident.status === 'resolved' ? incident : changeOpen(incident, event);
  }
}

function changeOpen(incident: Incident, event: IncidentEvent): Incident {
  switch (event.type) {
    case 'alert-joined':
      return joinAlert(incident, event);
    case 'joined-parent':
      if (incident.parent || event.parent === incident.id) return incident;
      return { ...incident, parent: event.parent, family: event.family };
    case 'child-joined':
      return joinChild(incident, event);
    case 'diagnosed':
      return diagnose(incident, event);
    case 'scoped':
      return raise(
        { ...incident, scope: event.scope, ...familyPart(incident, event.family) },
        event.scope.total.workloads > 1 ? 'P1' : 'P2',
      );
    case 'acknowledged':
      if (incident.acknowledged) return incident;
      return { ...incident, status: 'acknowledged', acknowledged: { by: event.by, at: event.at } };
    case 'escalation-requested':
      if (incident.escalationRequested) return incident;
      return { ...incident, escalationRequested: { by: event.by, at: event.at } };
    case 'reminded':
      return incident.remindedAt === undefined ? { ...incident, remindedAt: event.at } : incident;
    case 'resolved':
      return { ...incident, status: 'resolved', resolved: { by: event.by, reason: event.reason, at: event.at } };
    default:
      return incident;
  }
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
  return raise({ ...incident, children }, 'P1');
}

/** A late quick look never replaces a full run. */
function diagnose(incident: Incident, event: EventOf<'diagnosed'>): Incident {
  if (event.quick && incident.diagnosedFully) return incident;
  const { verdict, scope } = event.diagnosis;
  const next = {
    ...incident,
    diagnosis: event.diagnosis,
    ...(event.quick ? {} : { diagnosedFully: true }),
    ...familyPart(incident, event.family),
  };
  if (verdict.severity === 'P1' || scope.workloads > 1) return raise(next, 'P1');
  return verdict.severity === 'P2' ? raise(next, 'P2') : next;
}

/** A child keeps its parent's family. */
function familyPart(incident: Incident, family: string | null): { readonly family?: string } {
  return family !== null && incident.parent === undefined ? { family } : {};
}

function raise(incident: Incident, severity: 'P1' | 'P2'): Incident {
  return { ...incident, severity: incident.severity === 'P1' ? 'P1' : severity };
}

function changePage(
  incident: Incident,
  event: EventOf<'page-claimed' | 'page-sent' | 'page-failed' | 'page-announced' | 'page-resolved'>,
): Incident {
  const page = incident.pages.find((candidate) => candidate.tier === event.tier);
  const next = nextPage(incident, page, event);
  if (!next) return incident;
  const others = incident.pages.filter((candidate) => candidate.tier !== event.tier);
  return { ...incident, pages: [...others, next] };
}

function nextPage(
  incident: Incident,
  page: Page | undefined,
  event: EventOf<'page-claimed' | 'page-sent' | 'page-failed' | 'page-announced' | 'page-resolved'>,
): Page | undefined {
  if (event.type === 'page-claimed') {
    if (incident.status === 'resolved' || page?.state === 'sent' || page?.state === 'resolved') return undefined;
    return {
      tier: event.tier,
      state: 'claimed',
      at: event.at,
      fence: event.fence,
      attempts: (page?.attempts ?? 0) + 1,
      ...(page?.announced ? { announced: true } : {}),
    };
  }
  if (!page) return undefined;
  switch (event.type) {
    case 'page-sent': {
      const { reason: _reason, final: _final, ...rest } = page;
      return { ...rest, state: 'sent', at: event.at, key: event.key };
    }
    case 'page-failed':
      if (page.state !== 'claimed') return undefined;
      return { ...page, state: 'failed', at: event.at, reason: event.reason, final: event.final ?? false };
    case 'page-announced':
      return { ...page, announced: true };
    case 'page-resolved':
      return { ...page, state: 'resolved', at: event.at };
  }
}
