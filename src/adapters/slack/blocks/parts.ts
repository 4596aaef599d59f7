/** The few block shapes we use, each within Slack's limits (text lengths count after escaping). */
import type { ActionsBlock, Button, ContextBlock, HeaderBlock, SectionBlock } from '@slack/types';
import { clampEscaped, cleaned, escaped } from './escape.ts';

/** A message: `text` is what notifications, search and screen readers use. */
export interface Message {
  readonly text: string;
  readonly blocks?: readonly MessageBlock[];
}

export type MessageBlock = HeaderBlock | SectionBlock | ContextBlock | ActionsBlock | PlanView;

/** The plan block as we draw it. */
export interface PlanView {
  readonly type: 'plan';
  readonly title: string;
  readonly tasks: readonly TaskView[];
}

export interface TaskView {
  readonly type: 'task_card';
  readonly task_id: string;
  readonly title: string;
  readonly status: 'pending' | 'in_progress' | 'complete' | 'error';
  readonly output?: RichText;
  readonly details?: RichText;
}

interface RichText {
  readonly type: 'rich_text';
  readonly elements: readonly {
    readonly type: 'rich_text_section';
    readonly elements: readonly { readonly type: 'text'; readonly text: string }[];
  }[];
}

/** Cut to the limit; Slack refuses an empty text, so that becomes a dash. */
export function shown(text: string, max: number): string {
  return text.trim() === '' ? '-' : clampEscaped(text, max);
}

/** A title; `text` is escaped here. */
export function header(text: string): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text: shown(escaped(text), 150), emoji: false } };
}

/** `markup` is ours: foreign parts are already escaped. `verbatim` keeps Slack from linking names and channels by itself. */
export function section(markup: string): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: shown(markup, 3000), verbatim: true } };
}

/** Small print; `markup` as in `section`. */
export function context(markup: string): ContextBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: shown(markup, 2000), verbatim: true }] };
}

/** Lines as typed, in a code fence that their content cannot close; `lines` are foreign. Cut to whole lines. */
export function fence(lines: readonly string[], max = 2900): string {
  const kept: string[] = [];
  let length = 8;
  for (const line of lines) {
    const safe = clampEscaped(escaped(line), 1500);
    if (length + safe.length + 1 > max - 20) {
      kept.push(`… ${lines.length - kept.length} more`);
      break;
    }
    kept.push(safe);
    length += safe.length + 1;
  }
  return `\`\`\`\n${kept.join('\n')}\n\`\`\``;
}

export interface ButtonSpec {
  readonly action: string;
  readonly label: string;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  /** An anti-slip question in the client; never a control. */
  readonly ask?: { readonly title: string; readonly text: string; readonly yes: string };
}

/** One button; the label is ours or escaped and cut here. */
export function button(spec: ButtonSpec): Button {
  return {
    type: 'button',
    action_id: spec.action,
    text: { type: 'plain_text', text: shown(escaped(spec.label), 75), emoji: false },
    value: spec.value,
    ...(spec.style ? { style: spec.style } : {}),
    ...(spec.ask
      ? {
          confirm: {
            title: { type: 'plain_text', text: clampEscaped(escaped(spec.ask.title), 100) },
            text: { type: 'plain_text', text: clampEscaped(escaped(spec.ask.text), 300) },
            confirm: { type: 'plain_text', text: clampEscaped(escaped(spec.ask.yes), 30) },
            deny: { type: 'plain_text', text: 'Cancel' },
          },
        }
      : {}),
  };
}

/** A row of at most 25 buttons. `id` changes when the message is edited, as Slack asks. */
export function buttons(id: string, elements: readonly Button[]): ActionsBlock {
  return { type: 'actions', block_id: id.slice(0, 255), elements: elements.slice(0, 25) };
}

/** Literal text of a rich text block: shown as it is, so it is cleaned, not escaped. */
export function richText(text: string, max = 600): RichText {
  const value = clampEscaped(cleaned(text).trim(), max) || '-';
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: value }] }] };
}

/** An instant in the reader's own time zone; the fallback is UTC. `utc` is RFC 3339. */
export function localTime(ms: number, utc: string): string {
  return `<!date^${Math.floor(ms / 1000)}^{time}|${utc.slice(11, 16)} UTC>`;
}
