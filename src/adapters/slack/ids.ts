/** Names that this app gives to its commands, buttons, views and messages. Buttons carry opaque ids only. */
import type { IncidentButton } from '../../flow/use-cases.ts';

export const COMMAND = '/pullcheck';
/** Event type of the metadata under every message; its payload is the outbox key. */
export const METADATA_EVENT = 'pullcheck_msg';

export const REMEDY_ACTION = 'remedy:preview';
export const CONFIRM_VIEW = 'remedy:confirm';
export const INQUIRY_OPEN = 'inquiry:open-incident';
export const INQUIRY_RERUN = 'inquiry:rerun';
export const INCIDENT_ACTION = /^incident:(acknowledge|resolve|escalate|rerun)$/;

export function incidentActionId(button: IncidentButton): string {
  return `incident:${button}`;
}

/** `incident:acknowledge` -> `acknowledge`; undefined for any other text. */
export function incidentButton(actionId: string): IncidentButton | undefined {
  const word = INCIDENT_ACTION.exec(actionId)?.[1];
  return word === 'acknowledge' || word === 'resolve' || word === 'escalate' || word === 'rerun' ? word : undefined;
}

/** Value of an incident's button: the id and the version it was drawn for. */
export function incidentValue(id: string, version: number): string {
  return `${id}:${version}`;
}

/** Undoes `incidentValue`; undefined when somebody made the value up. */
export function readIncidentValue(value: string): { readonly id: string; readonly version: number } | undefined {
  const match = /^([\w.-]{1,128}):(\d{1,9})$/.exec(value);
  return match?.[1] === undefined ? undefined : { id: match[1], version: Number(match[2]) };
}

/** An opaque id as our id source makes it; undefined for anything else. */
export function readOpaqueId(value: string): string | undefined {
  return /^[\w.-]{1,128}$/.test(value) ? value : undefined;
}

/** Where the pressed button was, kept in the confirm view's first block so that the answer reaches the same thread. */
export function whereBlockId(channel: string, thread: string | undefined): string {
  return `where:${channel}:${thread ?? ''}`;
}

export function readWhere(blockId: string): { readonly channel: string; readonly thread?: string } | undefined {
  const match = /^where:([A-Z0-9]+):([\d.]*)$/.exec(blockId);
  if (match?.[1] === undefined) return undefined;
  return match[2] ? { channel: match[1], thread: match[2] } : { channel: match[1] };
}
