/** Which ways a shell script can go: blocks of `if`, as far as they can be told line by line. */

/** What a test about the run itself decides is decided the same for its readers. */
const OF_THE_RUN = /GITHUB_(?:REF|EVENT|HEAD|BASE)|github\.(?:ref|event|head|base)/;
const FAILS = /\bexit\s+(?:[1-9]|"?\$)|::error/;
/** What a line does to the blocks, the first that fits. `open`: a loop, a case, a function, a text: what happens in it is not told. */
const WORDS = [
  ['whole', /^\s*if\b.*[;\s]fi\b/],
  ['if', /^\s*if\b/],
  ['elif', /^\s*elif\b/],
  ['else', /^\s*else\b/],
  ['fi', /^\s*fi\b/],
  ['open', /^\s*(?:case|for|while|until|select|function)\b|[{(]\s*$|<<-?\s*["']?\w/],
  ['close', /^\s*(?:esac|done)\b|^\s*[})]/],
] as const;
type Word = (typeof WORDS)[number][0] | 'plain';

interface Block {
  readonly line: number;
  readonly isIf: boolean;
  hasElse: boolean;
  /** Every branch before this one writes, or ends the script with an error. */
  isCovered: boolean;
  /** So does this one. */
  isDone: boolean;
  /** Something is written in it. */
  writes: boolean;
}

interface Ways {
  readonly open: Block[];
  /** Outermost blocks that write; `line` where one of their ways does not. */
  readonly ended: { readonly line: number | undefined }[];
}

/**
 * Index of the only outermost `if` that the written lines stand in, where a way through it leaves them out without an error: an `else`
 * that it lacks, or a branch with none of them. undefined: there is no such way, or it cannot be told.
 */
export function passedBy(lines: readonly string[], written: ReadonlySet<number>): number | undefined {
  const ways: Ways = { open: [], ended: [] };
  for (const [index, line] of lines.entries()) {
    if (/^\s*#/.test(line)) continue;
    const word = WORDS.find(([, form]) => form.test(line))?.[0] ?? 'plain';
    if (!step(ways, { index, word })) return undefined;
    const writes = written.has(index);
    if ((writes || FAILS.test(line)) && !settle(ways, word, writes)) return undefined;
  }
  const [only, ...others] = ways.ended;
  if (only?.line === undefined || others.length > 0 || ways.open.length > 0) return undefined;
  return OF_THE_RUN.test(lines[only.line] ?? '') ? undefined : only.line;
}

/** false: the blocks cannot be followed. */
function step(ways: Ways, { index, word }: { readonly index: number; readonly word: Word }): boolean {
  const { open } = ways;
  if (word === 'if' || word === 'open') open.push(block(index, word === 'if'));
  if (word === 'close') return open.pop()?.isIf === false;
  if (word !== 'elif' && word !== 'else' && word !== 'fi') return true;
  const now = open.at(-1);
  if (!now?.isIf) return false;
  now.isCovered &&= now.isDone;
  now.isDone = false;
  now.hasElse ||= word === 'else';
  if (word === 'fi') end(ways, now);
  return true;
}

/** What a block that is over means for the one around it. */
function end({ open, ended }: Ways, over: Block): void {
  open.pop();
  const isWhole = over.hasElse && over.isCovered;
  const outer = open.at(-1);
  if (outer !== undefined) {
    outer.isDone ||= isWhole;
    outer.writes ||= over.writes;
  } else if (over.writes) ended.push({ line: isWhole ? undefined : over.line });
}

/** The line writes or ends the script: false where that is not in a branch that can be told. */
function settle({ open }: Ways, word: Word, writes: boolean): boolean {
  const now = open.at(-1);
  if (word === 'whole' || now === undefined || open.some(({ isIf }) => !isIf)) return false;
  now.isDone = true;
  now.writes ||= writes;
  return true;
}

function block(line: number, isIf: boolean): Block {
  return { line, isIf, hasElse: false, isCovered: true, isDone: false, writes: false };
}
