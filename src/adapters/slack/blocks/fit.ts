/** Keeps a message within what Slack takes: 50 blocks, 12,000 characters (it refuses at about 13,200), 3,900 for `text`. */
import { context, type Message, type MessageBlock, shown } from './parts.ts';

const MAX_BLOCKS = 50;
const MAX_TOTAL = 12_000;
export const MAX_TEXT = 3900;

/** What to draw: the body may lose its end, the tail (buttons, small print) always stays. */
export interface Draft {
  readonly text: string;
  readonly body: readonly MessageBlock[];
  readonly tail?: readonly MessageBlock[];
}

/** The draft as a message that fits; a cut is said in the message. */
export function fit(draft: Draft): Message {
  const tail = draft.tail ?? [];
  const room = MAX_TOTAL - size(tail) - 200;
  const kept: MessageBlock[] = [];
  let used = 0;
  for (const block of draft.body) {
    const length = size([block]);
    if (kept.length + tail.length >= MAX_BLOCKS - 1 || used + length > room) break;
    kept.push(block);
    used += length;
  }
  const cut = draft.body.length - kept.length;
  const note =
    cut > 0 ? [context(`${cut} more part${cut === 1 ? '' : 's'} left out: the message would be too long.`)] : [];
  return { text: shown(draft.text, MAX_TEXT), blocks: [...kept, ...note, ...tail] };
}

/** Characters of the blocks as they are sent. */
function size(blocks: readonly MessageBlock[]): number {
  return JSON.stringify(blocks).length;
}
