/** Words of a log that look like tags with a commit or a time in them: which job first spoke of one shows where it was made. */
import { commitOf, timeOf } from '../image/tag.ts';
import type { LogLine } from './log-line.ts';

/** A word of the log that looks like a tag: it holds a commit or a time. */
export interface Mention {
  readonly word: string;
  /** ms, of the first line that has it. */
  readonly at?: number;
}

const MOST = 300;
/** Cheap: most lines have no such word. */
const LIKELY = /20\d\d|\d{8}|[0-9a-f]{7}/;
const WORD = /(?<![\w.-])\w[\w.-]{6,127}(?![\w.-])/g;

export interface Mentions {
  read(line: LogLine): void;
  all(): readonly Mention[];
}

export function makeMentions(): Mentions {
  const seen = new Map<string, Mention>();
  return {
    read: ({ text, at }) => {
      if (seen.size >= MOST || !LIKELY.test(text)) return;
      for (const [word] of text.slice(0, 2000).matchAll(WORD)) {
        const bare = word.replace(/[.-]+$/, '');
        if (seen.size >= MOST || seen.has(bare) || !/\d/.test(bare) || !/[-._]|^[0-9a-f]{7,40}$/.test(bare)) continue;
        if (commitOf(bare) === undefined && timeOf(bare) === undefined) continue;
        seen.set(bare, { word: bare, ...(at === undefined ? {} : { at }) });
      }
    },
    all: () => [...seen.values()],
  };
}
