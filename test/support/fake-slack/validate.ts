/** Slack's size and shape rules for blocks, as far as this project meets them. Gives Slack's error word, or nothing. */
import { type Json, str } from './types.ts';

type Rule = (block: Json) => boolean;

const RULES: Readonly<Record<string, Rule>> = {
  header: (block) => plain(block['text'], 150),
  section: (block) => text(block['text'], 3000),
  context: (block) => list(block['elements'], 10).every((one) => text(one, 3000)),
  divider: () => true,
  actions: (block) => list(block['elements'], 25).length > 0 && list(block['elements'], 25).every(element),
  plan: (block) => words(block['title'], 255) && list(block['tasks'], 50).every(taskCard),
  task_card: taskCard,
};

export const MESSAGE_LIMIT = { blocks: 50, characters: 13_200, text: 40_000, editText: 4000 };
const MODAL_BLOCKS = 100;

/** `refused`: block types that this workspace does not take. */
export function blocksError(blocks: readonly Json[], refused: ReadonlySet<string>): string | undefined {
  if (blocks.length > MESSAGE_LIMIT.blocks) return 'invalid_blocks';
  if (JSON.stringify(blocks).length > MESSAGE_LIMIT.characters) return 'msg_blocks_too_long';
  return blocks.every((block) => isValid(block, refused)) ? undefined : 'invalid_blocks';
}

export function viewError(view: Json): string | undefined {
  const blocks = list(view['blocks'], MODAL_BLOCKS);
  if (JSON.stringify(view).length > 250_000) return 'view_too_large';
  const titles = ['title', 'submit', 'close'].every((key) => view[key] === undefined || plain(view[key], 24));
  const metadata = view['private_metadata'];
  const isShort = metadata === undefined || (typeof metadata === 'string' && metadata.length <= 3000);
  return view['type'] === 'modal' &&
    titles &&
    isShort &&
    blocks.length > 0 &&
    blocks.every((block) => isValid(block, new Set()))
    ? undefined
    : 'invalid_arguments';
}

function isValid(block: Json, refused: ReadonlySet<string>): boolean {
  const type = str(block['type']);
  const id = block['block_id'];
  if (refused.has(type) || (id !== undefined && str(id).length > 255)) return false;
  return RULES[type]?.(block) ?? false;
}

function element(one: Json): boolean {
  const value = one['value'];
  const ask = one['confirm'];
  return (
    one['type'] === 'button' &&
    words(one['action_id'], 255) &&
    plain(one['text'], 75) &&
    (value === undefined || str(value).length <= 2000) &&
    (ask === undefined || question(ask as Json))
  );
}

function question(ask: Json): boolean {
  return plain(ask['title'], 100) && text(ask['text'], 300) && plain(ask['confirm'], 30) && plain(ask['deny'], 30);
}

function taskCard(card: Json): boolean {
  return (
    words(card['task_id'], 255) &&
    words(card['title'], 255) &&
    ['pending', 'in_progress', 'complete', 'error'].includes(str(card['status']))
  );
}

function text(value: unknown, max: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, text: content } = value as Json;
  return (type === 'mrkdwn' || type === 'plain_text') && words(content, max);
}

function plain(value: unknown, max: number): boolean {
  return text(value, max) && (value as Json)['type'] === 'plain_text';
}

function words(value: unknown, max: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= max;
}

function list(value: unknown, max: number): readonly Json[] {
  return Array.isArray(value) && value.length <= max ? (value as Json[]) : [];
}
