/** Shell text, read without running it: what it writes for later steps, what it calls, what it assigns. */
import { pieces } from './shell-pieces.ts';

/** One value that a script writes for later steps; `line` counts from 0. */
export interface Write {
  readonly to: 'output' | 'env';
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

export interface Script {
  readonly writes: readonly Write[];
  /** Some write to that file has a form whose names cannot be read. */
  readonly unreadable: { readonly output: boolean; readonly env: boolean };
  /** Local scripts, Makefile targets and interpreters that inherit the files: they may write, too. */
  readonly calls: readonly string[];
  /** `NAME=value` of the script's own variables, in order. */
  readonly assignments: readonly { readonly name: string; readonly value: string; readonly line: number }[];
  readonly lines: readonly string[];
}

const SINK = {
  output: /\$\{?(?:env:|Env:)?GITHUB_OUTPUT(?!\w)\}?|%GITHUB_OUTPUT%/i,
  env: /\$\{?(?:env:|Env:)?GITHUB_ENV(?!\w)\}?|%GITHUB_ENV%/i,
};
/** Behind a value: where it goes. */
const SENT =
  /["']?\s*(?:\|\s*(?:tee|Out-File|Add-Content)\b[^|]*|>>?\s*["']?[$%{]*(?:env:)?GITHUB_(?:OUTPUT|ENV)(?!\w).*)$/is;
const COMMAND = /::set-(output|env)\s+name=([^:]*?)::([^"'\n]*)/g;
const ECHO =
  /^\s*(?:[({]\s*)?(?:.*?(?:&&|\|\||;|\bthen|\bdo|\belse)\s+)?(?:echo|printf|Write-Output|print)?(?:\s+-[neE]+)?(?:\s+--)?\s*(["']?)([A-Za-z_][\w.-]*)=(.*)$/;
const MULTI = /(["']?)([A-Za-z_][\w.-]*)<<\s*["']?[\w${}.-]+/;
/** Programs that inherit the environment and can write anything. */
const CALL =
  /(?:^|[|;&({]|\bthen\b|\bdo\b|\belse\b|\bif\b|!)\s*(?:[A-Z_]\w*=[^\s(]*\s+)*(?:sudo\s+(?:-E\s+)?|time\s+|exec\s+)?((?:(?:bash|sh|zsh|source|\.|node|python3?|ruby|perl|pwsh|deno|bun|npx|npm|pnpm|yarn|poetry|uv|cargo|go|gradle|mvn|make|just|task|nx|turbo|lerna|dagger|rake|bundle|php|tox|nox|invoke|earthly|bazel|dotnet|semantic-release|changeset|act)\s[^|;&]*)|["']?(?:\.{0,2}\/|\$|\.?[\w-]+\/)["'\w./${}-]+[^|;&]*|[\w-]+\.(?:sh|py|rb|js|mjs|ts|pl|ps1)\b[^|;&]*)/g;

/** `$sha = …`: a variable of PowerShell, no program. */
const PWSH_ASSIGNMENT = /^\s*\$(?:env:)?\w+\s*[-+*]?=\s*(?:&\s*)?/;

/** `${REF/refs\/tags\//}`: what it replaces is no path. */
const CHANGED = /\$\{(\w+)(?::|\/|#|%|\^|,)[^{}]*\}/g;

const cache = new Map<string, Script>();

/** Never throws. Rules ask for the same script many times. */
export function readScript(text: string): Script {
  const known = cache.get(text);
  if (known) return known;
  if (cache.size > 500) cache.clear();
  const script = scriptOf(text);
  cache.set(text, script);
  return script;
}

function scriptOf(text: string): Script {
  // Longer lines are data, and would make the patterns slow.
  const lines = text.split('\n', 5000).map((line) => line.slice(0, 2000));
  const writes: Write[] = [];
  const unreadable = { output: false, env: false };
  for (const to of ['output', 'env'] as const) {
    const read = readSink(lines, to);
    writes.push(...read.writes);
    unreadable[to] = read.unreadable;
  }
  lines.forEach((line, index) => {
    for (const match of line.matchAll(COMMAND)) {
      const to = match[1] === 'env' ? 'env' : 'output';
      const name = match[2] ?? '';
      if (/^[\w.-]+$/.test(name)) writes.push({ to, name, value: match[3] ?? '', line: index });
      else unreadable[to] = true;
    }
    if (/##\[set-(?:output|env)|setOutput|set_output|exportVariable/.test(line)) {
      unreadable.output = true;
      unreadable.env = true;
    }
  });
  return { writes, unreadable, calls: callsOf(lines), assignments: assignmentsOf(lines), lines };
}

function readSink(lines: readonly string[], to: 'output' | 'env'): { writes: Write[]; unreadable: boolean } {
  const sink = SINK[to];
  const writes: Write[] = [];
  let unreadable = false;
  // Of `echo "name<<EOF" >>`, until a line of its own writes the end.
  let end: string | undefined;
  lines.forEach((line, index) => {
    if (!sink.test(line) || /^\s*#/.test(line)) return;
    if (end !== undefined) {
      if (echoed(line) === end) end = undefined;
      return;
    }
    end = MULTI.test(line) && /^\s*echo\b/.test(line) ? delimiterOf(line) : undefined;
    const from = startOf(lines, index, sink);
    const block = from === undefined ? undefined : lines.slice(from.first, from.last + 1);
    if (!block || from === undefined) {
      unreadable = true;
      return;
    }
    let seen = 0;
    block.forEach((inner, offset) => {
      const write = writeOf(inner);
      if (write) writes.push({ to, ...write, line: from.first + offset });
      if (write) seen += 1;
    });
    const odd = block.some((inner) => writesSomething(inner) && !writeOf(inner) && !isInsideMultiline(block, inner));
    if (seen === 0 || odd) unreadable = true;
  });
  return { writes, unreadable: unreadable || end !== undefined };
}

/** `EOF` of `echo "name<<EOF" >> FILE`. */
function delimiterOf(line: string): string | undefined {
  return /<<\s*["']?([\w${}.-]+)["']?\s*>>/.exec(line)?.[1];
}

function echoed(line: string): string | undefined {
  return /^\s*echo\s+(["']?)([\w${}.-]+)\1\s*>>/.exec(line)?.[2];
}

/** Which lines a redirect takes: its own (with continuation), a `{ … }` group, or a here-document. */
function startOf(lines: readonly string[], at: number, sink: RegExp): { first: number; last: number } | undefined {
  const line = lines[at] ?? '';
  const here = /<<-?\s*\\?["']?(\w+)["']?/.exec(line.replace(MULTI, ''));
  if (here && /\bcat\b|\btee\b/.test(line)) {
    const end = lines.findIndex((text, index) => index > at && text.trim() === here[1]);
    return end < 0 ? undefined : { first: at + 1, last: end - 1 };
  }
  if (/^\s*[})]\s*(?:>>?|\|\s*tee)/.test(line)) {
    const opener = line.trim().startsWith('}') ? /^\s*\{|\{\s*$/ : /^\s*\(|\(\s*$/;
    for (let first = at - 1; first >= 0; first -= 1)
      if (opener.test(lines[first] ?? '')) return { first: first + 1, last: at - 1 };
    return undefined;
  }
  if (/^\s*(?:done|fi|esac)\b/.test(line)) return undefined;
  let first = at;
  while (first > 0 && (lines[first - 1] ?? '').trimEnd().endsWith('\\')) first -= 1;
  return />>?|\btee\b|Out-File|Add-Content/.test(line.replace(sink, '')) ? { first, last: first } : undefined;
}

function writeOf(line: string): { name: string; value: string } | undefined {
  const multi = MULTI.exec(line);
  if (multi?.[2] !== undefined && /echo|printf|^\s*\w+<</.test(line)) return { name: multi[2], value: '' };
  const match = ECHO.exec(line.replace(/\$\{\{/g, '${{'));
  const name = match?.[2];
  if (name === undefined) return undefined;
  const value = (match?.[3] ?? '').replace(SENT, '').replace(/["']\s*\\?\s*$/, '');
  return { name, value };
}

function writesSomething(line: string): boolean {
  return /\b(?:echo|printf|cat|tee|jq|sed|awk|grep|cut|env|python3?|node)\b|>>/.test(line) && !/^\s*#/.test(line);
}

/** Lines between `echo "x<<EOF"` and `echo "EOF"` are a value, whatever they are. */
function isInsideMultiline(block: readonly string[], line: string): boolean {
  const at = block.indexOf(line);
  return block.slice(0, at).some((before) => MULTI.test(before));
}

function callsOf(lines: readonly string[]): string[] {
  const joined = lines
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ');
  return (
    joined
      .split('\n')
      .map((line) => line.replace(PWSH_ASSIGNMENT, '').replaceAll(CHANGED, '${$1}'))
      .flatMap((line) => [...withoutStrings(line).matchAll(CALL)].map((match) => (match[1] ?? '').trim()))
      .filter((call) => !/^["']?(?:\$\{?\w+\}?)["']?$|^\$(?:env:)?\w+(?:\.|\[|\s*[-+*]?=|$)/.test(call))
      // A comparison behind `&&`.
      .filter((call) => !/^["']?\$[^|;&]*["'}]\s+(?:==?|!=|=~)\s/.test(call))
  );
}

/** `echo "…"` may name a program without calling it; `$( … )` calls. */
function withoutStrings(line: string): string {
  return /^\s*(?:echo|printf)\b/.test(line)
    ? [...line.matchAll(/\$\(([^()]*)\)/g)].map((match) => match[1] ?? '').join(' ; ')
    : line;
}

function assignmentsOf(lines: readonly string[]): { name: string; value: string; line: number }[] {
  return lines.flatMap((text, line) => {
    const match =
      /^\s*(?:.*?(?:\bthen|;|&&|\|\|)\s+)?(?:export\s+|local\s+|readonly\s+|declare\s+(?:-\w+\s+)?)?([A-Za-z_]\w*)=(.*)$/.exec(
        text,
      );
    return match?.[1] === undefined ? [] : [{ name: match[1], value: firstOf(withoutComment(match[2] ?? '')), line }];
  });
}

/** Without the commands that follow: `TAG=$(date +%s) && sed …`. */
function firstOf(value: string): string {
  return /&&|\|\||;/.test(value) ? (pieces(value, 0)[0]?.text ?? value) : value;
}

/** A value without a comment behind it. */
export function withoutComment(value: string): string {
  return value.replace(/\s+#\s.*$/, '').trim();
}
