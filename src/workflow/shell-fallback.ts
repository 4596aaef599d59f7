/** Shell that tests a variable and takes another value where it is empty: `[ -z "$X" ] && X=…`, `if`, `case`, `… || date`. */
import { type Piece, pieces } from './shell-pieces.ts';
import { operandOf, senseOf } from './shell-test.ts';
import { TAG_NAME } from './tag-name.ts';

/** A variable, or the text of an inlined expression, and what takes its place. */
export interface ShellFallback {
  readonly name: string;
  /** The variable that gets the other value. */
  readonly target: string;
  readonly value: string;
  readonly offset: number;
  readonly whole: string;
  /** Offset of the assignment; absent where it cannot be replaced alone. */
  readonly assigned?: number;
}

interface Branches {
  readonly empty: readonly Piece[];
  readonly filled: readonly Piece[];
}

/** How far behind a test its branches are looked for. */
const REACH = 1500;
/** No script that somebody wrote has more tests. */
const MAX_TESTS = 400;
const TEST =
  /(?:(?<not>!)[ \t]+)?(?:\[\[?[ \t]+(?<body>(?:(?![ \t]\]).){1,300})[ \t]\]\]?|(?<![\w$./-])test[ \t]+(?<bare>[^\n;&|#]{1,300}))/g;
const CASE = /\bcase[ \t]+(\S{1,200}|"?\$\{\{[^}\n]{1,200}\}\}"?)[ \t]+in\b/g;
const PIPE =
  /\b(\w+)=["']?(\$\(\s*(?:echo|printf)\b[^\n|]{0,200}\$\{?(\w+)[^\n]{0,200}?\|\|\s*(?:echo\s+)?([^\n]{1,200}?)\))["']?[ \t]*(?:$|[\r;#&])/gm;

/** In no order. */
export function shellFallbacks(text: string): ShellFallback[] {
  return [...tests(text), ...cases(text), ...pipes(text)].filter(({ value }) => value !== '');
}

/** The variable or expression that is copied into this one before; itself when there is none. */
export function originOf(text: string, name: string, before: number): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) return name;
  let origin = name;
  for (let depth = 0; depth < 3; depth += 1) {
    const last = [
      ...text
        .slice(0, before)
        .matchAll(new RegExp(`(?:^|[;\\n])[ \\t]*["']?(?:export[ \\t]+|local[ \\t]+)?${origin}=([^\\n;]*)`, 'g')),
    ].at(-1);
    const copied = last?.[1] === undefined ? undefined : operandOf(last[1].trim());
    if (copied === undefined || copied === origin) return origin;
    if (!/^\w+$/.test(copied)) return TAG_NAME.test(origin) ? origin : copied;
    origin = copied;
  }
  return origin;
}

function tests(text: string): ShellFallback[] {
  return [...text.matchAll(TEST)].slice(0, MAX_TESTS).flatMap((match) => {
    const { not, body, bare } = match.groups ?? {};
    const sense = senseOf((body ?? bare ?? '').trim());
    if (!sense) return [];
    const isEmpty = sense.isEmpty !== (not !== undefined);
    const start = Math.max(text.lastIndexOf('\n', match.index) + 1, match.index - 200);
    const before = text.slice(start, match.index);
    const end = match.index + match[0].length;
    const rest = text.slice(end, end + REACH);
    const opener = /\bif[ \t]+$|(?<=\bel)if[ \t]+$/.exec(before);
    if (opener) {
      const then = /^(?:\s*(?:\|\||&&)\s*\[\[?[ \t][^\n]{1,200}?[ \t]\]\]?)*\s*;?(?:[ \t]*#[^\n]*)?\s*then\b/.exec(
        rest,
      );
      if (!then || !chains(then[0], isEmpty)) return [];
      const [first, second] = ofIf(pieces(rest.slice(then[0].length), end + then[0].length));
      const branches = isEmpty ? { empty: first, filled: second } : { empty: second, filled: first };
      return made(text, sense.name, start + opener.index, branches);
    }
    const inner = /\b(\w+)=["']?\$\([ \t]*$/.exec(before);
    const branches = ofList(pieces(rest, end), isEmpty);
    return inner?.[1] === undefined
      ? made(text, sense.name, match.index, branches)
      : printed(text, { ...branches, name: sense.name, target: inner[1], at: match.index });
  });
}

/** `-z A || B`: what follows is done when it is empty, whatever the other tests say; `-n A && B` the other way round. */
function chains(between: string, isEmpty: boolean): boolean {
  return !between.includes(isEmpty ? '&&' : '||');
}

function cases(text: string): ShellFallback[] {
  return [...text.matchAll(CASE)].slice(0, MAX_TESTS).flatMap((match) => {
    const name = operandOf(match[1] ?? '');
    const from = match.index + match[0].length;
    const rest = text.slice(from, from + REACH).split(/\besac\b/)[0] ?? '';
    const arm = /(?:^|[\s|;])(?:""|'')(?:[ \t]*\|[^)\n]{0,80})?[ \t]*\)/.exec(rest);
    if (name === undefined || !arm) return [];
    const at = arm.index + arm[0].length;
    const own = pieces(rest.slice(at), from + at);
    const end = own.findIndex(({ by }) => by === ';;');
    const empty = end < 0 ? own : own.slice(0, end);
    const filled = pieces(rest, from).map((piece) => ({ ...piece, text: piece.text.replace(/^[^()]*\)\s*/, '') }));
    return made(text, name, match.index, { empty, filled });
  });
}

/** `TAG=$(echo "$IN" | grep . || date +%s)`. */
function pipes(text: string): ShellFallback[] {
  return [...text.matchAll(PIPE)].flatMap((match) => {
    const [, target = '', whole = '', name = '', value = ''] = match;
    if (/^(?:true|:|exit|return|false)\b/.test(value) || value === ':') return [];
    const offset = match.index + match[0].indexOf(whole);
    return [{ name: originOf(text, name, match.index), target, value: plain(value), offset, whole }];
  });
}

/** What is done in the two branches of an `if`, without what lies deeper; the second only of a plain `else`. */
function ofIf(all: readonly Piece[]): readonly [Piece[], Piece[]] {
  const branches: [Piece[], Piece[]] = [[], []];
  let depth = 0;
  let branch: 0 | 1 = 0;
  for (const piece of all) {
    if (depth === 0 && /^(?:fi|elif)\b/.test(piece.text)) break;
    if (depth === 0 && /^else\b/.test(piece.text)) branch = 1;
    if (/^(?:if|case|for|while|until)\b/.test(piece.text)) depth += 1;
    const lead = /^(?:else|then|do)\b\s*/.exec(piece.text)?.[0].length ?? 0;
    if (depth === 0) branches[branch].push({ ...piece, text: piece.text.slice(lead), at: piece.at + lead });
    if (/^(?:fi|esac|done)\b/.test(piece.text)) depth -= 1;
  }
  return branches;
}

/** `TEST && X=…`, `TEST || { …; X=…; }`, `TEST && X=$Y || X=…`. */
function ofList(all: readonly Piece[], isEmpty: boolean): Branches {
  const begin = all.findIndex(({ text }) => text !== '');
  const first = all[begin];
  if (!first || (first.by !== '&&' && first.by !== '||')) return { empty: [], filled: [] };
  const [mine, next] = group(all.slice(begin));
  const other = all[begin + next]?.by === '||' && first.by === '&&' ? group(all.slice(begin + next))[0] : [];
  const isTrue = first.by === '&&';
  return isTrue === isEmpty ? { empty: mine, filled: other } : { empty: other, filled: mine };
}

/** A command with those joined to it by `&&`, or all between braces; and how many pieces that took. */
function group(all: readonly Piece[]): readonly [Piece[], number] {
  const [first] = all;
  if (first && /^\{\s/.test(first.text)) {
    const end = all.findIndex(({ text }) => text.startsWith('}'));
    const lead = /^\{\s*/.exec(first.text)?.[0].length ?? 0;
    const own = [{ ...first, text: first.text.slice(lead), at: first.at + lead }, ...all.slice(1, Math.max(1, end))];
    return end < 0 ? [[], all.length] : [own, end + 1];
  }
  const end = all.findIndex(({ by }, index) => index > 0 && by !== '&&');
  return end < 0 ? [[...all], all.length] : [all.slice(0, end), end];
}

/** The first value that stands for the one that is missing, behind words only. */
function made(text: string, name: string, offset: number, { empty, filled }: Branches): ShellFallback[] {
  for (const piece of empty) {
    if (piece.text === '' || /^(?:echo|printf|log|warn)\b/.test(piece.text)) continue;
    const one = assignmentOf(piece.text);
    if (!one) return [];
    const { target } = one;
    const copies = (other: Piece) => {
      const copy = assignmentOf(other.text);
      return copy?.target === target && operandOf(copy.value) === name;
    };
    const isMeant = target === name || filled.some(copies) || originOf(text, target, offset) === name;
    if (!isMeant) continue;
    const origin = originOf(text, name, offset);
    const whole = text.slice(offset, piece.at + piece.text.length);
    return [{ name: origin, target, value: plain(one.value), offset, whole, assigned: piece.at }];
  }
  return [];
}

/** `X=$([ -n "$Y" ] && echo "$Y" || date)`. */
function printed(
  text: string,
  { empty, filled, name, target, at }: Branches & { name: string; target: string; at: number },
): ShellFallback[] {
  const [value] = empty;
  const isKept = filled.some((piece) => operandOf(piece.text.replace(/^(?:echo|printf)\s+/, '')) === name);
  if (!value || !isKept) return [];
  const offset = text.lastIndexOf('$(', at);
  const end = value.at + value.text.length;
  return [
    {
      name: originOf(text, name, offset),
      target,
      value: plain(value.text.replace(/^(?:echo|printf)\s+/, '')),
      offset,
      whole: text.slice(offset, end),
    },
  ];
}

function assignmentOf(text: string): { readonly target: string; readonly value: string } | undefined {
  const found = /^(?:export\s+|local\s+|readonly\s+)?([A-Za-z_]\w*)=(\S[\s\S]*)$/.exec(text);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  // `TAG=x command` sets it for that command only.
  return pieces(found[2], 0, /\s/).length > 1 ? undefined : { target: found[1], value: found[2] };
}

function plain(value: string): string {
  return value.trim().replace(/^["'`]|["'`]$/g, '');
}
