/** Whether an entry's key matches an image: equal ports, the same number of host parts, each a shell glob, and the path as a plain prefix. */
import { parseKeyUrl, splitHost } from './keyring-url.ts';

/** Why a key does not match, or null when it does. */
export type Mismatch = 'unparsable' | 'port' | 'host' | 'path' | null;

/** Compares the key (`*.example.com/team`) with the image's full name (`reg.example.com/team/app`). */
export function mismatch(key: string, repository: string): Mismatch {
  const glob = parseKeyUrl(key);
  const target = parseKeyUrl(repository);
  if (!glob || !target) return 'unparsable';
  const globHost = splitHost(glob.host);
  const targetHost = splitHost(target.host);
  const sameHost =
    globHost.parts.length === targetHost.parts.length &&
    globHost.parts.every((part, index) => matchesGlob(part, targetHost.parts[index] ?? ''));
  if (!sameHost) return 'host';
  if (globHost.port !== targetHost.port) return 'port';
  return target.path.startsWith(glob.path) ? null : 'path';
}

type Piece = '*' | ((char: string) => boolean);

/** Go's `filepath.Match`; a malformed pattern matches nothing. Quadratic at worst. */
function matchesGlob(pattern: string, text: string): boolean {
  const pieces = compile(pattern);
  if (!pieces) return false;
  const chars = Array.from(text);
  let piece = 0;
  let char = 0;
  let star = -1;
  let resume = 0;
  while (char < chars.length) {
    const want = pieces[piece];
    if (want === '*') {
      star = piece;
      resume = char;
      piece += 1;
    } else if (want?.(chars[char] ?? '')) {
      piece += 1;
      char += 1;
    } else if (star >= 0) {
      piece = star + 1;
      resume += 1;
      char = resume;
      if (chars[resume - 1] === '/') return false;
    } else return false;
  }
  return pieces.slice(piece).every((rest) => rest === '*');
}

/** The pattern's pieces; undefined for an open bracket or a trailing backslash. */
function compile(pattern: string): Piece[] | undefined {
  const chars = Array.from(pattern);
  const pieces: Piece[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at];
    if (char === '*') {
      if (pieces.at(-1) !== '*') pieces.push('*');
    } else if (char === '?') pieces.push((one) => one !== '/');
    else if (char === '[') {
      const set = charClass(chars, at + 1);
      if (!set) return undefined;
      pieces.push(set.has);
      at = set.end;
    } else {
      const literal = char === '\\' ? chars[(at += 1)] : char;
      if (literal === undefined) return undefined;
      pieces.push((one) => one === literal);
    }
  }
  return pieces;
}

/** A bracket's ranges, read from after `[`; `end` is the place of `]`. */
function charClass(
  chars: readonly string[],
  from: number,
): { has: (char: string) => boolean; end: number } | undefined {
  const negated = chars[from] === '^';
  let at = negated ? from + 1 : from;
  const ranges: { low: string; high: string }[] = [];
  while (chars[at] !== ']' || ranges.length === 0) {
    const low = classChar(chars, at);
    if (!low) return undefined;
    at = low.next;
    let high = low;
    if (chars[at] === '-') {
      const end = classChar(chars, at + 1);
      if (!end) return undefined;
      high = end;
      at = end.next;
    }
    ranges.push({ low: low.char, high: high.char });
    if (at >= chars.length) return undefined;
  }
  return { end: at, has: (char) => ranges.some(({ low, high }) => low <= char && char <= high) !== negated };
}

function classChar(chars: readonly string[], at: number): { char: string; next: number } | undefined {
  const first = chars[at];
  if (first === undefined || first === '-' || first === ']') return undefined;
  if (first !== '\\') return { char: first, next: at + 1 };
  const escaped = chars[at + 1];
  return escaped === undefined ? undefined : { char: escaped, next: at + 2 };
}
