/** Shell cut into commands, read without running it. */

/** One command. */
export interface Piece {
  readonly text: string;
  readonly at: number;
  /** What separates it from the piece before. */
  readonly by: string;
}

const CLOSER: Readonly<Record<string, string>> = { '(': ')', '"': '"', '`': '`' };

/** Commands outside of quotes and parentheses, without comments, up to the end of a `$( … )` that was opened before. */
export function pieces(text: string, at: number, separator = /\r?\n|;;?|&&|\|\|/): Piece[] {
  const found: Piece[] = [];
  const between = new RegExp(separator, 'y');
  const open: string[] = [];
  let begin = 0;
  let by = '';
  let index = 0;
  const push = (end: number) => {
    const part = text.slice(begin, end);
    const trimmed = part.replace(/\\\r?\n/g, (cut) => ' '.repeat(cut.length)).trim();
    found.push({ text: trimmed, at: at + begin + (part.length - part.replace(/^(?:\s|\\\r?\n)+/, '').length), by });
  };
  while (index < text.length) {
    const char = text[index] ?? '';
    const inner = open.at(-1);
    between.lastIndex = index;
    const [cut] = inner === undefined ? (between.exec(text) ?? []) : [];
    if (char === '\\') index += 2;
    else if (char === inner) {
      open.pop();
      index += 1;
    } else if (cut !== undefined) {
      push(index);
      by = cut;
      index += cut.length;
      begin = index;
    } else if (inner === undefined && char === ')') break;
    else if (inner === undefined && char === '#' && /(?:^|\s)$/.test(text.slice(Math.max(0, index - 1), index))) {
      push(index);
      by = '#';
      index = begin = text.indexOf('\n', index) < 0 ? text.length : text.indexOf('\n', index);
    } else {
      index = step(text, index, open);
    }
  }
  push(index);
  return found;
}

/** Past one sign, or past all that it quotes. */
function step(text: string, index: number, open: string[]): number {
  const char = text[index] ?? '';
  const isQuoted = open.at(-1) === '"';
  if (text.startsWith('${{', index)) return after(text, '}}', index);
  if (text.startsWith('${', index)) {
    open.push('}');
    return index + 2;
  }
  if (char === "'" && !isQuoted) return after(text, "'", index + 1);
  const isOpening = char === '(' ? !isQuoted || text[index - 1] === '$' : char in CLOSER;
  if (isOpening) open.push(CLOSER[char] ?? '');
  return index + 1;
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at < 0 ? text.length : at + end.length;
}
