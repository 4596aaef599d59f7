/** The lowest level of the ladder: the same message as text alone. */
import { escaped } from './escape.ts';
import { MAX_TEXT } from './fit.ts';
import { type Message, type MessageBlock, shown } from './parts.ts';

/** Everything that the blocks say, as mrkdwn text. Buttons cannot be drawn; what to type instead is in the text already. */
export function asPlain(message: Message): Message {
  const lines = (message.blocks ?? []).flatMap(lineOf).filter((line) => line !== '');
  return { text: shown(lines.length === 0 ? message.text : lines.join('\n'), MAX_TEXT) };
}

function lineOf(block: MessageBlock): string[] {
  switch (block.type) {
    case 'header':
      return [`*${block.text.text}*`];
    case 'section':
      return [block.text?.text ?? ''];
    case 'context':
      return block.elements.flatMap((element) => ('text' in element ? [element.text] : []));
    case 'plan':
      return [`*${escaped(block.title)}*`, ...block.tasks.map((task) => `${task.status}: ${escaped(task.title)}`)];
    case 'actions':
      return ['_This workspace refuses our buttons; use the `pullcheck` command line._'];
  }
}
