/** A chat message as terminal text: our own blocks, their markup taken off, their buttons numbered. */
import { printable, type Style } from './style.ts';

/** What is read of a block; the chat adapter's blocks fit. */
export interface ChatBlock {
  readonly type: string;
  readonly text?: { readonly text: string } | undefined;
  readonly elements?: readonly ChatElement[] | undefined;
}
interface ChatElement {
  readonly type: string;
  readonly text?: string | { readonly text: string } | undefined;
  readonly action_id?: string | undefined;
  readonly value?: string | undefined;
}

export interface ChatButton {
  readonly label: string;
  readonly action: string;
  readonly value: string;
}

/** Slack's signs that we use, as one character. */
const SIGNS: Readonly<Record<string, string>> = {
  large_green_circle: '●',
  red_circle: '●',
  white_circle: '○',
  white_check_mark: '✓',
  x: '✗',
  grey_question: '?',
  heavy_minus_sign: '-',
  hourglass_flowing_sand: '…',
  mag: '…',
  warning: '!',
  no_entry: '✗',
  busts_in_silhouette: '!',
  pager: '!',
};

/** Markup -> text: emphasis, entities, dates, mentions, signs. `people`: display name by user id. */
export function plainText(markup: string, people: Readonly<Record<string, string>>): string {
  const text = markup
    .replace(/<!date\^\d+\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<(https?:[^|>\s]+)\|([^>]*)>/g, '$2: $1')
    .replace(/<(https?:[^|>\s]+)>/g, '$1')
    .replace(/<@([A-Z0-9]+)>/g, (_whole, id: string) => `@${people[id] ?? id}`)
    .replace(/<!subteam\^([A-Z0-9]+)>/g, '@$1')
    .replace(/:([a-z_]+):/g, (whole, name: string) => SIGNS[name] ?? whole)
    .replace(/```\n?/g, '')
    .replace(/(^|[\s(·])[*_]([^*_\n]+)[*_](?=$|[\s:.,)·])/gm, '$1$2')
    .replace(/`([^`\n]*)`/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return printable(text);
}

/** The blocks as lines, without their buttons. */
export function blockLines(
  blocks: readonly ChatBlock[],
  people: Readonly<Record<string, string>>,
  style: Style,
): readonly string[] {
  return blocks.flatMap((block) => {
    if (block.type === 'header') return [style.bold(plainText(block.text?.text ?? '', people))];
    if (block.type === 'section')
      return plainText(block.text?.text ?? '', people)
        .trimEnd()
        .split('\n');
    if (block.type !== 'context') return [];
    const words = (block.elements ?? []).map(({ text }) => (typeof text === 'string' ? text : (text?.text ?? '')));
    return words.map((one) => style.dim(plainText(one, people)));
  });
}

/** Every button of the blocks, in order. */
export function buttonsOf(blocks: readonly ChatBlock[]): readonly ChatButton[] {
  return blocks.flatMap(({ type, elements }) =>
    type !== 'actions'
      ? []
      : (elements ?? []).flatMap(({ text, action_id: action, value }) => {
          const label = typeof text === 'string' ? text : text?.text;
          return label === undefined || action === undefined ? [] : [{ label, action, value: value ?? '' }];
        }),
  );
}
