/** The one line of a script that writes a step's output, and how the script hands on a part of it besides. */
import { expressionsIn } from '../expression.ts';
import type { Change } from '../fix.ts';
import type { FixView } from '../fix-view.ts';
import { type Job, type Scalar, type Step, sameName, stepCalled } from '../model.ts';
import { readScript } from '../shell.ts';
import { eolAt, lineEnd, lineStart } from '../yaml-edit.ts';

export interface OwnWrite {
  readonly step: Step;
  /** What stands behind `NAME=`. */
  readonly value: string;
  /** Names that the script writes besides. */
  readonly others: readonly string[];
  /** Of its line in the file, without the indentation. */
  readonly start: number;
  readonly end: number;
}

/** `steps.meta.outputs.image` alone, written by one plain `echo` of a shell script; undefined for everything else. */
export function ownWrite({ text }: FixView, job: Job, value: string): OwnWrite | undefined {
  const { step, name } = readStep(job, value) ?? {};
  if (!step?.run || name === undefined || !/^(?:bash|sh)\b/.test(step.shell ?? job.shell ?? 'bash')) return undefined;
  const writes = readScript(step.run.value).writes.filter(({ to }) => to === 'output');
  const line = new RegExp(
    String.raw`^[ \t]*(echo[ \t]+("?)${name}=([^"\r\n]*)\2[ \t]*>>[ \t]*"?\$\{?GITHUB_OUTPUT\}?"?)[ \t]*$`,
    'gm',
  );
  const [found] = [...text.slice(step.run.start, step.run.end).matchAll(line)];
  if (!found || writes.filter((one) => sameName(one.name, name)).length !== 1) return undefined;
  const [whole, command = '', , written = ''] = found;
  const start = step.run.start + found.index + whole.indexOf(command);
  return { step, value: written, others: writes.map((one) => one.name), start, end: start + command.length };
}

/** The step and its output that a value of one expression reads. */
function readStep(job: Job, value: string): { readonly step: Step | undefined; readonly name: string } | undefined {
  const [expression] = expressionsIn(value);
  const [read, ...more] = expression?.reads ?? [];
  if (!read || more.length > 0 || !/^\$\{\{[^}]*\}\}$/.test(value.trim())) return undefined;
  const [context, id = '', , name = ''] = read.path;
  const isName = context === 'steps' && /^[\w-]+$/.test(name);
  return isName ? { step: stepCalled(job, id), name } : undefined;
}

/** One more line that writes `name`. A command in the value runs once, before both. undefined: the script has a form that is left alone. */
export function handOn(
  view: FixView,
  write: OwnWrite,
  { name, value }: { readonly name: string; readonly value: string },
): Change[] | undefined {
  const { text } = view;
  const { start, end } = write;
  const run = write.step.run;
  const form = run && formOf(text, run);
  const told = (said: string) => `echo "${name}=${said}" >> "$GITHUB_OUTPUT"`;
  if (!run || !form) return undefined;
  if (/\$\(|`/.test(value)) {
    const held = holding(text.slice(run.start, run.end), { variable: name.replaceAll('-', '_'), value });
    return held && (form === 'plain' ? onceInLine : onceInBlock)(text, write, { ...held, run, told: told(held.use) });
  }
  const line = told(value);
  return form === 'block' ? [added(text, write, line)] : asBlock(text, run, [text.slice(start, end), line]);
}

/** A variable for what is made in one place only; undefined where it is not, or the name is taken. */
function holding(source: string, { variable, value }: { readonly variable: string; readonly value: string }) {
  const at = source.indexOf(value);
  const isOne = at >= 0 && !source.includes(value, at + 1) && !new RegExp(`\\b${variable}\\b`).test(source);
  return isOne ? { at, value, set: `${variable}=${value}`, use: `$${variable}` } : undefined;
}

type Once = NonNullable<ReturnType<typeof holding>> & { readonly run: Scalar; readonly told: string };

function onceInLine(text: string, { start, end }: OwnWrite, { run, value, set, use, told }: Once): Change[] {
  const kept = text.slice(start, end).replace(value, () => use);
  return asBlock(text, run, [set, kept, told]);
}

function onceInBlock(text: string, write: OwnWrite, { at, run, value, set, use, told }: Once): Change[] {
  const place = run.start + at;
  const begin = lineStart(text, place);
  const [indent = ''] = /^[ \t]*/.exec(text.slice(begin)) ?? [];
  return [
    { start: begin, end: begin, text: `${indent}${set}${eolAt(text, begin)}` },
    { start: place, end: place + value.length, text: use },
    added(text, write, told),
  ];
}

/** Behind the line that writes. */
function added(text: string, { start, end }: OwnWrite, line: string): Change {
  return { start: end, end, text: `${eolAt(text, start)}${text.slice(lineStart(text, start), start)}${line}` };
}

/** A literal block, or one plain line that is all of the script. */
function formOf(text: string, { keyAt, start, end }: Scalar): 'block' | 'plain' | undefined {
  if (!/^run:[ \t]+$/.test(text.slice(keyAt, start))) return undefined;
  if (/^\|[-+]?[ \t]*(?:#.*)?\r?\n/.test(text.slice(start, end))) return 'block';
  const isPlain = !/["'>|&*!]/.test(text[start] ?? '') && !text.slice(start, end).includes('\n');
  const isAlone = lineEnd(text, end) === end && /^[ \t]*(?:-[ \t]+)?$/.test(text.slice(lineStart(text, keyAt), keyAt));
  return isPlain && isAlone ? 'plain' : undefined;
}

function asBlock(text: string, { keyAt, start, end }: Scalar, lines: readonly string[]): Change[] {
  const indent = `${eolAt(text, start)}${' '.repeat(keyAt - lineStart(text, keyAt) + 2)}`;
  return [{ start, end, text: `|${lines.map((line) => indent + line).join('')}` }];
}
