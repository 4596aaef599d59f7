/** The block ladder: plan -> sections -> text. A workspace that refuses a level is spared it for a day. */
import type { Clock } from '../../clock.ts';
import type { Message } from './blocks/parts.ts';
import { asPlain } from './blocks/plain.ts';

/** Richest first. */
export type BlockLevel = 'plan' | 'sections' | 'text';

/** A message at each level. `plan` absent: the same as sections. */
export interface Drawing {
  readonly plan?: () => Message;
  readonly sections: () => Message;
}

const LEVELS: readonly BlockLevel[] = ['plan', 'sections', 'text'];
const DAY_MS = 24 * 3600 * 1000;

export interface LevelMemory {
  /** The level to start with now. */
  start(): BlockLevel;
  /** `level` was refused for its block types and the next one was taken. */
  refused(level: BlockLevel): void;
}

/** Remembered by this process: the price of not knowing is one refused call a day. */
export function createLevelMemory(richest: BlockLevel, clock: Clock): LevelMemory {
  let known: { readonly level: BlockLevel; readonly until: number } | undefined;
  return {
    start() {
      if (known && clock.now() >= known.until) known = undefined;
      return known?.level ?? richest;
    },
    refused(level) {
      const next = LEVELS[LEVELS.indexOf(level) + 1] ?? 'text';
      known = { level: next, until: clock.now() + DAY_MS };
    },
  };
}

/** The payloads to try from `start` down, never the same one twice. */
export function ladder(
  drawing: Drawing,
  start: BlockLevel,
): readonly { readonly level: BlockLevel; readonly message: Message }[] {
  const seen = new Set<string>();
  return LEVELS.slice(LEVELS.indexOf(start)).flatMap((level) => {
    const message = drawAt(drawing, level);
    const print = JSON.stringify(message);
    if (seen.has(print)) return [];
    seen.add(print);
    return [{ level, message }];
  });
}

function drawAt(drawing: Drawing, level: BlockLevel): Message {
  if (level === 'plan' && drawing.plan) return drawing.plan();
  return level === 'text' ? asPlain(drawing.sections()) : drawing.sections();
}
