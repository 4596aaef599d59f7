/** The buttons under an inquiry's result: "Open incident" starts the clocks that the question itself did not; "Re-run" asks again. */
import type { Alert } from '../alert/alert.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { apply } from '../incident/apply.ts';
import { dueAt } from '../incident/escalation.ts';
import type { IncidentEvent, IncidentSubject } from '../incident/incident.ts';
import type { ImageRequest, Inquiry, InquiryRequest } from '../incident/inquiry.ts';
import { incidentKey } from '../incident/key.ts';
import { type IncidentDeps, PRIORITY, policyFor } from './incident-deps.ts';
import { ask, oncePerGesture } from './inquire.ts';
import type { PressAnswer, PressInquiryUseCase } from './use-cases.ts';

type PressDeps = Pick<
  IncidentDeps,
  | 'store'
  | 'claims'
  | 'queue'
  | 'audit'
  | 'runbooks'
  | 'escalation'
  | 'pager'
  | 'mayPress'
  | 'inquiries'
  | 'announcer'
  | 'ids'
  | 'defaultCluster'
  | 'report'
>;
type Press = Parameters<PressInquiryUseCase>[0];

/** Throws StoreError when it could not be recorded. */
export function createPressInquiry(deps: PressDeps): PressInquiryUseCase {
  return async (press) =>
    (await oncePerGesture(deps, press.gesture, async () => {
      const inquiry = await deps.inquiries.get(press.inquiry);
      if (!inquiry) return { whisper: 'This result is more than a day old. Please ask again.' };
      return press.button === 'rerun' ? rerun(deps, press, inquiry) : openIncident(deps, press, inquiry);
    })) ?? {};
}

async function rerun(deps: PressDeps, press: Press, inquiry: Inquiry): Promise<PressAnswer> {
  const { request, channel, thread } = inquiry;
  const askedAt = await deps.store.time();
  await ask(deps, {
    id: deps.ids(),
    request,
    by: press.actor.user,
    channel,
    askedAt,
    ...(thread ? { thread } : {}),
  });
  await audit(deps, press, { what: 'rerun' });
  return {};
}

async function openIncident(deps: PressDeps, press: Press, inquiry: Inquiry): Promise<PressAnswer> {
  const refused = await deps.mayPress?.(press.actor, 'open-incident');
  if (refused !== undefined) {
    await audit(deps, press, { what: 'refused', reason: refused });
    return { whisper: refused };
  }
  const { request } = inquiry;
  if (request.verb === 'image' || request.verb === 'credentials') {
    return { whisper: 'An incident is about something that runs; ask about the pod or the workload.' };
  }
  if (inquiry.incident !== undefined) return { whisper: 'An incident was already opened from this result.' };
  const at = await deps.store.time();
  const subject = subjectOfInquiry(request, inquiry.diagnosis, deps.defaultCluster);
  const key = incidentKey(subject);
  const id = deps.ids();
  const by = press.actor.user;
  const opening: IncidentEvent = {
    type: 'triggered',
    at,
    subject,
    alert: null,
    by,
    runbook: 'image-pull',
  };
  const fresh = apply(undefined, opening, { id, key });
  const due = dueAt(fresh, policyFor(deps, fresh));
  const { kind, incident } = await deps.store.openOrJoin({
    key,
    id,
    alertId: `inquiry:${inquiry.id}`,
    opening,
    joining: { type: 'alert-joined', at, alert: wordOf(inquiry, by, at) },
    ...(due === undefined ? {} : { dueAt: due }),
  });
  await deps.inquiries.put({ ...inquiry, incident: incident.id });
  await audit(deps, press, { what: 'open-incident', reason: kind });
  await deps.queue
    .add({ kind: 'first-look', incident: incident.id }, { id: `look:${incident.id}:1`, priority: PRIORITY.firstLook })
    .catch(() => deps.report('job not queued; the sweeper will find it', { incident: incident.id }));
  return kind === 'opened'
    ? {}
    : { whisper: 'There already is an open incident about this; your result was noted there.' };
}

function subjectOfInquiry(
  request: Exclude<InquiryRequest, ImageRequest>,
  diagnosis: Diagnosis | undefined,
  defaultCluster: string,
): IncidentSubject {
  if (request.verb === 'scope') {
    return { cluster: defaultCluster, ...(request.namespace === undefined ? {} : { namespace: request.namespace }) };
  }
  const found = diagnosis?.target;
  const target = found?.workload ?? found ?? { kind: request.target.kind ?? 'Pod', name: request.target.name };
  return {
    cluster: found?.cluster ?? defaultCluster,
    namespace: found?.namespace ?? request.target.namespace,
    target: { kind: target.kind, name: target.name },
  };
}

/** A person's word joins as an alert that has ended, so that it does not keep the incident open when the real ones end. */
function wordOf(inquiry: Inquiry, by: string, at: number): Alert {
  return {
    id: `inquiry:${inquiry.id}`,
    source: 'person',
    status: 'resolved',
    name: `asked by ${by}`,
    labels: {},
    annotations: {},
    startsAt: inquiry.askedAt,
    endsAt: at,
  };
}

async function audit(
  deps: PressDeps,
  press: Press,
  event: { readonly what: 'refused' | 'open-incident' | 'rerun'; readonly reason?: string },
): Promise<void> {
  await deps.audit.append({
    at: await deps.store.time(),
    actor: press.actor.user,
    subject: `inquiry/${press.inquiry}`,
    detail: { button: press.button },
    ...event,
  });
}
