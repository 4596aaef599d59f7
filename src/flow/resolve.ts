/** The end of an incident, whoever ends it: its pages end too, its parent learns it, its children end with it, the thread says so. */
import { errorLine } from '../errors.ts';
import { mayResolve } from '../incident/escalation.ts';
import type { Incident, IncidentEvent } from '../incident/incident.ts';
import type { IncidentDeps } from './incident-deps.ts';
import { isThreadGone, type ReopenDeps, reopenThread } from './reopen-thread.ts';
import { type Moved, transition } from './transition.ts';

type StoreDeps = Pick<IncidentDeps, 'store' | 'runbooks' | 'escalation' | 'pager'>;
type EndDeps = StoreDeps & Pick<IncidentDeps, 'announcer' | 'report'>;

/** Records that an alert ended, and the incident's end where it was the last. Gives the incidents that changed. */
export async function resolveByAlert(deps: StoreDeps, alertId: string): Promise<readonly Incident[]> {
  const changed: Incident[] = [];
  for (const { id } of await deps.store.findByAlert(alertId)) {
    const moved = await transition(deps, id, (incident, now) => {
      const open = incident.alerts.filter((alert) => alert.resolvedAt === undefined);
      if (incident.status === 'resolved' || !open.some((alert) => alert.id === alertId)) return [];
      const ended: IncidentEvent = { type: 'alert-resolved', at: now, alertId };
      const last = open.length === 1 && incident.children.every((child) => child.resolved);
      return last ? [ended, endOfAlerts(incident, now)] : [ended];
    });
    if (moved?.changed) changed.push(moved.incident);
  }
  return changed;
}

/** Ends it because all its alerts and children have ended; nothing happens when that is no longer so. */
export async function resolveWhenAllEnded(deps: StoreDeps, id: string): Promise<Moved | undefined> {
  return transition(deps, id, (incident, now) =>
    incident.status !== 'resolved' && mayResolve(incident) ? [endOfAlerts(incident, now)] : [],
  );
}

/** Ends it for `reason`. Twice is once: the first one wins. */
export async function resolveIncident(
  deps: StoreDeps,
  id: string,
  end: { readonly by: string; readonly reason: string },
): Promise<Moved | undefined> {
  return transition(deps, id, (incident, now) =>
    incident.status === 'resolved' ? [] : [{ type: 'resolved', at: now, ...end }],
  );
}

/** Everything that follows from an end. Each part is recorded when done, so that what failed is tried again and the rest is not. */
export async function followEnd(deps: EndDeps, ended: Incident): Promise<void> {
  await Promise.all([
    resolvePages(deps, ended),
    resolveChildren(deps, ended),
    tellParent(deps, ended),
    close(deps, ended),
  ]);
}

/** Also a page that failed or whose sender died may have arrived: ending an unknown key is harmless. */
async function resolvePages(deps: EndDeps, incident: Incident): Promise<void> {
  for (const { tier, state } of incident.pages) {
    if (state === 'resolved') continue;
    try {
      await deps.pager?.resolve(dedupKeyOf(incident.id, tier));
      await transition(deps, incident.id, (current, now) =>
        current.pages.some((page) => page.tier === tier && page.state !== 'resolved')
          ? [{ type: 'page-resolved', at: now, tier }]
          : [],
      );
    } catch (error) {
      deps.report('page not ended yet', { incident: incident.id, tier, reason: errorLine(error) });
    }
  }
}

async function resolveChildren(deps: EndDeps, parent: Incident): Promise<void> {
  for (const child of parent.children) {
    if (child.resolved) continue;
    const reason = parent.resolved?.reason ?? 'the incident it belongs to ended';
    const moved = await resolveIncident(deps, child.id, { by: parent.resolved?.by ?? 'pullcheck', reason });
    await recordChildEnd(deps, parent.id, child.id);
    if (moved) await markTold(deps, child.id);
  }
}

async function tellParent(deps: EndDeps, child: Incident): Promise<void> {
  if (child.parent === undefined || child.parentTold) return;
  await recordChildEnd(deps, child.parent, child.id);
  await markTold(deps, child.id);
  const ended = await resolveWhenAllEnded(deps, child.parent);
  if (ended?.changed) await followEnd(deps, ended.incident);
  else if (ended) await refresh(deps, ended.incident);
}

async function recordChildEnd(deps: StoreDeps, parent: string, child: string): Promise<void> {
  await transition(deps, parent, (incident, now) =>
    incident.children.some((known) => known.id === child && !known.resolved)
      ? [{ type: 'child-resolved', at: now, child }]
      : [],
  );
}

async function markTold(deps: StoreDeps, child: string): Promise<void> {
  await transition(deps, child, (incident, now) =>
    incident.parent !== undefined && !incident.parentTold ? [{ type: 'parent-told', at: now }] : [],
  );
}

async function close(deps: EndDeps, incident: Incident): Promise<void> {
  if (!incident.thread || incident.closed || !incident.resolved) return;
  try {
    await deps.announcer.refreshIncident(incident);
    await deps.announcer.reply(
      incident.thread,
      `${incident.id}:resolved`,
      `Resolved by ${incident.resolved.by}: ${incident.resolved.reason}`,
    );
    await transition(deps, incident.id, (current, now) => (current.closed ? [] : [{ type: 'closed', at: now }]));
  } catch (error) {
    deps.report('end not said in Slack yet', { incident: incident.id, reason: errorLine(error) });
  }
}

/** Draws the root message again, or opens a new thread where it was deleted; another failure is reported and changes nothing else. */
export async function refresh(deps: ReopenDeps, incident: Incident): Promise<void> {
  if (!incident.thread) return;
  try {
    await deps.announcer.refreshIncident(incident);
  } catch (error) {
    deps.report('root message not refreshed', { incident: incident.id, reason: errorLine(error) });
    if (isThreadGone(error)) await reopenThread(deps, incident);
  }
}

/** One page per incident and tier, whoever sends it and however often. */
export function dedupKeyOf(incident: string, tier: string): string {
  return `pullcheck:${incident}:${tier}`;
}

function endOfAlerts(incident: Incident, now: number): IncidentEvent {
  const reason = incident.children.length > 0 ? 'all alerts of this fault have ended' : 'all its alerts have ended';
  return { type: 'resolved', at: now, by: incident.alerts[0]?.source ?? 'pullcheck', reason };
}
