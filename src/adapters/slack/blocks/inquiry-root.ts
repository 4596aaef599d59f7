/** The root message of a question that a person asked: verdict and lights; it opens no incident until somebody presses the button. */

import type { Inquiry } from '../../../incident/inquiry.ts';
import { INQUIRY_OPEN, INQUIRY_RERUN } from '../ids.ts';
import { credentialsLine } from './credentials.ts';
import { clampEscaped, escaped } from './escape.ts';
import { fit } from './fit.ts';
import { lights } from './lights.ts';
import { button, buttons, context, header, type Message, type MessageBlock, section } from './parts.ts';
import { scopeLine } from './scope.ts';
import { requestName } from './subject.ts';
import { verdict, verdictText } from './verdict.ts';

/** `asker`: display name of whoever asked. */
export function inquiryRoot(inquiry: Inquiry, asker: string): Message {
  const title = `Pull check: ${requestName(inquiry.request)}`;
  const body: MessageBlock[] = [header(title), ...result(inquiry)];
  const done = (inquiry.diagnosis ?? inquiry.scope ?? inquiry.credentials ?? inquiry.unanswered) !== undefined;
  const asked = `Asked by ${clampEscaped(escaped(asker), 80)}`;
  const note =
    inquiry.incident === undefined ? `${asked} · no incident, nobody is paged` : `${asked} · incident opened`;
  return fit({
    text: `${escaped(title)}: ${resultText(inquiry)}`,
    body,
    tail: [context(note), ...(done ? [row(inquiry)] : [])],
  });
}

function result(inquiry: Inquiry): MessageBlock[] {
  if (inquiry.diagnosis) return [verdict(inquiry.diagnosis), lights(inquiry.diagnosis)];
  if (inquiry.scope) return [section(`*${scopeLine(inquiry.scope)}*`)];
  if (inquiry.credentials) return [section(`*${credentialsLine(inquiry.credentials)}*`)];
  if (inquiry.unanswered !== undefined) return [section(noAnswer(inquiry.unanswered))];
  return [section('Looking at it now; what was found follows in this thread.')];
}

function resultText(inquiry: Inquiry): string {
  if (inquiry.diagnosis) return verdictText(inquiry.diagnosis);
  if (inquiry.scope) return scopeLine(inquiry.scope);
  if (inquiry.unanswered !== undefined) return noAnswer(inquiry.unanswered);
  return inquiry.credentials ? credentialsLine(inquiry.credentials) : 'looking at it now';
}

function noAnswer(reason: string): string {
  return `No answer: ${clampEscaped(escaped(reason), 400)}`;
}

function row(inquiry: Inquiry): MessageBlock {
  const isProblem = isIncident(inquiry);
  const open = button({
    action: INQUIRY_OPEN,
    label: 'Open incident',
    value: inquiry.id,
    ask: {
      title: 'Open an incident?',
      text: 'It starts the clocks: on-call is paged unless it is resolved in time.',
      yes: 'Open incident',
    },
  });
  const rerun = button({ action: INQUIRY_RERUN, label: 'Re-run', value: inquiry.id });
  return buttons(
    `inquiry-${inquiry.incident === undefined ? 'open' : 'done'}`,
    isProblem && inquiry.incident === undefined ? [open, rerun] : [rerun],
  );
}

/** Only what runs can be one: an image that is asked about beforehand holds nobody up. */
function isIncident({ scope, diagnosis }: Inquiry): boolean {
  if (scope) return scope.total.failing > 0;
  return diagnosis !== undefined && diagnosis.kind === 'Diagnosis' && diagnosis.verdict.cause !== 'healthy';
}
