/** The escalation: a new message, because an edit notifies nobody; the only place in this program that mentions people. */
import type { EscalationNotice } from '../../../incident/ports.ts';
import { clampEscaped, escaped } from './escape.ts';
import { fit } from './fit.ts';
import { context, type Message, section } from './parts.ts';

/** Slack ids of whoever is on call, from the configuration. */
export interface OnCall {
  readonly users: readonly string[];
  readonly userGroup?: string;
}

const PAGE: Readonly<Record<EscalationNotice['pageState'], string>> = {
  sent: 'The pager was told.',
  failed: ':warning: The pager did NOT take the page: this message is all there is.',
  unconfirmed:
    ':warning: It is not known whether the pager took the page. It is sent again; until that is confirmed, this message is all there is.',
  'not-configured': 'No pager is configured: this message is all there is.',
  none: '',
};

/** `repeated`: an earlier attempt may already have been shown. */
export function escalation(notice: EscalationNotice, oncall: OnCall, repeated: boolean): Message {
  const people = mention(oncall);
  // The sentence names the severity for pagers; here it stands in front already.
  const sentence = clampEscaped(escaped(notice.sentence.replace(`${notice.severity}: `, '')), 1500);
  const facts = notice.facts.slice(0, 10).map((fact) => `• ${clampEscaped(escaped(fact), 280)}`);
  const note = repeated ? '_(possibly repeated: Slack did not confirm the first one)_ ' : '';
  const small = PAGE[notice.pageState];
  return fit({
    text: `${people}${note}${notice.severity}: ${sentence}`,
    body: [
      section(`${people}${note}*${notice.severity}* ${sentence}`),
      ...(facts.length > 0 ? [section(facts.join('\n'))] : []),
    ],
    tail: small === '' ? [] : [context(small)],
  });
}

/** Only well-formed ids become mentions; anything else in the configuration is left out. */
function mention(oncall: OnCall): string {
  const group =
    oncall.userGroup !== undefined && /^S[A-Z0-9]{2,}$/.test(oncall.userGroup)
      ? [`<!subteam^${oncall.userGroup}>`]
      : [];
  const users = oncall.users.filter((user) => /^[UW][A-Z0-9]{2,}$/.test(user)).map((user) => `<@${user}>`);
  const all = [...group, ...users];
  return all.length === 0 ? '' : `${all.join(' ')} `;
}
