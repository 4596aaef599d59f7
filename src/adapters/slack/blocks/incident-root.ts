/** The root message of an incident: verdict, lights, state, owner, clocks, buttons. Edited in place. */
import { formatTime } from '../../../clock.ts';
import type { IncidentButton } from '../../../flow/use-cases.ts';
import type { Incident } from '../../../incident/incident.ts';
import { incidentActionId, incidentValue } from '../ids.ts';
import { clampEscaped, escaped } from './escape.ts';
import { fit } from './fit.ts';
import { lights } from './lights.ts';
import { button, buttons, context, header, localTime, type Message, type MessageBlock, section } from './parts.ts';
import { incidentName } from './subject.ts';
import { verdict, verdictText } from './verdict.ts';

/** The incident's two clocks, ms after it was opened. */
export interface Clocks {
  readonly acknowledgeAfterMs: number;
  readonly resolveAfterMs: number;
}

/** `names`: display name by whoever the incident names (user ids); missing ones are shown as they are. */
export function incidentRoot(incident: Incident, clocks: Clocks, names: ReadonlyMap<string, string>): Message {
  const title = `Image pull: ${incidentName(incident.subject)}`;
  const body: MessageBlock[] = [header(title)];
  // What is over is said before what it was.
  if (incident.resolved) body.push(section(state(incident, names)));
  if (incident.diagnosis) body.push(verdict(incident.diagnosis), lights(incident.diagnosis));
  else body.push(section('Looking at it now; what was found follows in this thread.'));
  if (incident.children.length > 0) body.push(children(incident));
  if (!incident.resolved) body.push(section(state(incident, names)));
  const line = incident.diagnosis ? verdictText(incident.diagnosis) : 'looking at it now';
  return fit({
    text: `${escaped(title)} (${incident.status}): ${line}`,
    body,
    tail: [...clockLine(incident, clocks), ...buttonRow(incident)],
  });
}

const PAGE: Readonly<Record<Incident['pages'][number]['state'], string>> = {
  claimed: 'being sent',
  sent: 'sent',
  failed: 'failed, tried again',
  resolved: 'ended',
};

function pageWords({ state, unconfirmed }: Incident['pages'][number]): string {
  return state === 'failed' && unconfirmed ? 'not confirmed, sent again' : PAGE[state];
}

function state(incident: Incident, names: ReadonlyMap<string, string>): string {
  // An alert that ended owns nothing.
  const ended = incident.resolved?.by;
  const taken = incident.acknowledged?.by ?? (/^[UW][A-Z0-9]{2,}$/.test(ended ?? '') ? ended : undefined);
  const owner = taken === undefined ? 'nobody yet' : who(taken, names);
  const alerts = incident.alerts.length;
  const firing = incident.alerts.filter((alert) => alert.resolvedAt === undefined).length;
  const pages = incident.pages.map(pageWords).join(', ');
  return [
    `*State:* ${incident.resolved ? ':white_check_mark: ' : ''}${incident.status}${incident.resolved ? ` by ${who(incident.resolved.by, names)}: ${clampEscaped(escaped(incident.resolved.reason), 300)}` : ''}`,
    `*Owner:* ${owner}`,
    alerts === 0 ? `*Opened by:* ${who(incident.openedBy, names)}` : `*Alerts:* ${alerts}, ${firing} still firing`,
    ...(pages === '' ? [] : [`*Page:* ${pages}`]),
  ].join('\n');
}

function who(by: string, names: ReadonlyMap<string, string>): string {
  return clampEscaped(escaped(names.get(by) ?? by), 80);
}

function children(incident: Incident): MessageBlock {
  const shown = incident.children.slice(0, 15).map((child) => {
    return `• ${clampEscaped(escaped(incidentName(child.subject)), 150)}${child.resolved ? ' (resolved)' : ''}`;
  });
  const more = incident.children.length - shown.length;
  return section(`*Same fault, same page:*\n${shown.join('\n')}${more > 0 ? `\n… and ${more} more` : ''}`);
}

function clockLine(incident: Incident, clocks: Clocks): MessageBlock[] {
  const opened = `Opened ${time(incident.openedAt)}`;
  if (incident.resolved) return [context(`${opened} · resolved ${time(incident.resolved.at)}`)];
  const resolve = `paged ${time(incident.openedAt + clocks.resolveAfterMs)} unless resolved`;
  const acknowledge = incident.acknowledged
    ? `acknowledged ${time(incident.acknowledged.at)}`
    : `on-call is mentioned ${time(incident.openedAt + clocks.acknowledgeAfterMs)} unless acknowledged`;
  return [context(`${opened} · ${acknowledge} · ${resolve}`)];
}

function time(ms: number): string {
  return localTime(ms, formatTime(ms));
}

function buttonRow(incident: Incident): MessageBlock[] {
  if (incident.status === 'resolved') return [];
  const value = incidentValue(incident.id, incident.version);
  function one(which: IncidentButton, label: string, style?: 'primary' | 'danger') {
    const ask = { title: 'Page on-call now?', text: 'They are mentioned here and paged.', yes: 'Page them' };
    return button({
      action: incidentActionId(which),
      label,
      value,
      ...(style ? { style } : {}),
      ...(which === 'escalate' ? { ask } : {}),
    });
  }
  return [
    buttons(`incident-${incident.version}`, [
      ...(incident.status === 'triggered' ? [one('acknowledge', 'Acknowledge', 'primary')] : []),
      one('resolve', 'Resolve'),
      one('escalate', 'Escalate now', 'danger'),
      one('rerun', 'Re-run'),
    ]),
  ];
}
