/** The local Slack's page draws no code blocks and no dates (0.1.8); what it cannot draw is said in what it can, on the way there. */

import type { SlackConnection } from '../adapters/slack/clients.ts';
import { parseField } from './schema.ts';

type Fetch = NonNullable<SlackConnection['fetch']>;

/** One that the page does not fold. */
const BLANK = '\u00A0';
const FIELDS: readonly string[] = ['text', 'blocks', 'view'];

/** Sends a Web API call with its texts simplified; everything else as it is. */
export const fetchForLocalSlack: Fetch = async (input, init) => {
  const body = init?.body;
  const simpler = typeof body === 'string' ? { body: simplerForm(body) } : {};
  return fetch(String(input), { ...(init as RequestInit), ...simpler });
};

/** The Web API takes forms, a response address takes JSON. */
function simplerForm(body: string): string {
  if (body.startsWith('{')) return JSON.stringify(deep(parseField(body)));
  const form = new URLSearchParams(body);
  for (const field of FIELDS) {
    const value = form.get(field);
    if (value === null) continue;
    form.set(field, field === 'text' ? simpler(value) : JSON.stringify(deep(parseField(value))));
  }
  return form.toString();
}

function deep(value: unknown): unknown {
  if (typeof value === 'string') return simpler(value);
  if (Array.isArray(value)) return value.map(deep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, deep(part)]));
}

/**
 * A date becomes its fallback text, a code block one code span a line. The page escapes entities again, so that they would show;
 * `<` stays a look-alike, because the page takes a real one for the start of a mention.
 */
export function simpler(text: string): string {
  return text
    .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/```\n?([\s\S]*?)\n?```/g, (_whole, code: string) => code.split('\n').map(codeSpan).join('\n'))
    .replaceAll('&lt;', '‹')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/sha256:[0-9a-f]{32}(?=[0-9a-f]{32})/g, '$&\u200B');
}

/** Ends with a blank: the page would take the closing mark for a part of an address. */
function codeSpan(line: string): string {
  if (line.trim() === '') return '';
  return `\`${line.replace(/^ +| {2,}/g, (blank) => BLANK.repeat(blank.length))}${BLANK}\``;
}
