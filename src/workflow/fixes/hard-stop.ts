/** silent-fallback: instead of a made-up value an error that says which one is missing. */
import { expressionsIn } from '../expression.ts';
import { buildsImage, type Fallback, fallbacksIn } from '../fallback.ts';
import type { Finding } from '../finding.ts';
import type { Change, Remedy } from '../fix.ts';
import { type FixView, inFile, type MakeRemedies } from '../fix-view.ts';
import { jobCalled } from '../model.ts';
import { eolAt } from '../yaml-edit.ts';

export const hardStop: MakeRemedies = (view, finding) => {
  const { workflow, text } = view;
  const slots = workflow.slots.filter(({ place, job }) => place === 'run' && (job?.id || null) === finding.job);
  for (const { scalar } of slots) {
    const source = text.slice(scalar.start, scalar.end);
    for (const one of fallbacksIn(source, 'script')) {
      const { line } = workflow.position(scalar.start + one.offset);
      if (one.name !== finding.ref || line !== finding.exprLine) continue;
      const change = stopIn(source, one);
      return change
        ? [remedy(finding, { ...change, start: scalar.start + change.start, end: scalar.start + change.end })]
        : [];
    }
  }
  return inExpression(view, finding);
};

/** strict-mode-missing: the variable is demanded before the command that needs it. */
export function demandInText(text: string, finding: Finding): Remedy[] {
  const starts = [...text.matchAll(/^/gm)].map(({ index }) => index);
  const at = starts[finding.exprLine - 1];
  const before = starts[finding.exprLine - 2];
  const isContinued = before !== undefined && /\\\r?\n$/.test(text.slice(before, at));
  if (at === undefined || finding.ref === null || isContinued) return [];
  const [indent = ''] = /^[ \t]*/.exec(text.slice(at)) ?? [];
  const line = `${indent}: "\${${finding.ref}:?${finding.ref} is empty}"${eolAt(text, at)}`;
  return [
    {
      title: `Stop when \`${finding.ref}\` is empty`,
      why: 'The command below would run without it, and name an image that nobody built.',
      edits: inFile(finding.file, [{ start: at, end: at, text: line }]),
    },
  ];
}

/** The same in a script or a Makefile. */
export function hardStopInText(text: string, finding: Finding): Remedy[] {
  const isMake = /(?:^|\/)(?:GNU)?[Mm]akefile|\.mk$/.test(finding.file);
  const line = (offset: number) => text.slice(0, offset).split('\n').length;
  const one = fallbacksIn(text, isMake ? 'makefile' : 'script').find(
    ({ name, offset }) => name === finding.ref && line(offset) === finding.exprLine,
  );
  // Outside of a recipe it would stop every target, the build's as well.
  const isForAll =
    isMake && one !== undefined && !/^\t/m.test(text.slice(text.lastIndexOf('\n', one.offset) + 1, one.offset + 1));
  const change = one && !(isForAll && buildsImage(text)) && stopIn(text, one);
  return change ? [remedy(finding, change)] : [];
}

function remedy({ ref, file }: Finding, change: Change): Remedy {
  return {
    title: `Stop when \`${ref ?? ''}\` is empty`,
    why: 'A missing value ends the run where it is noticed, instead of becoming a name under which nothing was built.',
    edits: inFile(file, [change]),
  };
}

function stopIn(text: string, one: Fallback): Change | undefined {
  const { name, offset, whole } = one;
  const said = `${name} is empty`;
  const part = (at: number, length: number, replacement: string) => ({
    start: offset + at,
    end: offset + at + length,
    text: replacement,
  });
  if (whole.startsWith('${')) {
    const at = 2 + (/^\w+/.exec(whole.slice(2))?.[0] ?? name).length;
    return part(at, whole.length - at, `:?${said}}`);
  }
  const made = madeIn(whole, said);
  if (made) return part(made.at, made.length, made.text);
  const at = assignedIn(one);
  const replaced = at === undefined ? '' : whole.slice(at);
  if (at === undefined || replaced === '') return undefined;
  if (whole.startsWith('ifeq')) return part(at, replaced.length, `$(error ${said})`);
  const rest = text.slice(offset + whole.length);
  if (!isBalanced(replaced) || !/^(?:[ \t]*(?:[;}#\n\r]|&&|\|\|)|[ \t]*$)/.test(rest)) return undefined;
  // Inside of a quoted YAML scalar more quotes would end it.
  const quote = /^["']/.test(text) ? '' : '"';
  const stop = `echo ${quote}::error::${said}${quote} >&2; exit 1`;
  return part(at, replaced.length, /(?:&&|\|\|)(?:\s|\\\r?\n)*$/.test(whole.slice(0, at)) ? `{ ${stop}; }` : stop);
}

/** Of make: `$(if $(X),,$(eval X := …))` and `$(or $(X),…)`. */
function madeIn(whole: string, said: string): { at: number; length: number; text: string } | undefined {
  const made = /\$\(eval[\s\S]*\)(?=\s*\)$)/.exec(whole);
  if (whole.startsWith('$(if') && made) return { at: made.index, length: made[0].length, text: `$(error ${said})` };
  const [, otherwise] = /,\s*([\s\S]*)\)$/.exec(whole) ?? [];
  if (!whole.startsWith('$(or') || otherwise === undefined) return undefined;
  const { length } = otherwise;
  return { at: whole.length - 1 - length, length, text: `$(error ${said})` };
}

/** Where in the whole the other value is assigned. */
function assignedIn({ name, target = name, offset, whole, assigned }: Fallback): number | undefined {
  if (assigned !== undefined) return assigned - offset;
  if (!whole.startsWith('if')) return undefined;
  const found = new RegExp(`(?:export\\s+)?\\b${target}\\s*[:?]?=(?!=)[\\s\\S]*$`).exec(whole.slice(3));
  return found ? found.index + 3 : undefined;
}

function isBalanced(text: string): boolean {
  return ['"', "'"].every((quote) => (text.split(quote).length - 1) % 2 === 0);
}

/** `|| 'main'` goes where the producer always runs; where it may be skipped, the other value may be meant. */
function inExpression(view: FixView, finding: Finding): Remedy[] {
  const edge = view.edges.find(
    ({ ref, read, slot }) =>
      ref === finding.ref &&
      read.otherwise !== undefined &&
      view.workflow.position(slot.scalar.start).line === finding.line,
  );
  if (!edge) return [];
  const producer = edge.read.path[0] === 'needs' ? jobCalled(view.workflow, edge.read.path[1] ?? '') : edge.slot.job;
  if (!producer || producer.condition !== undefined) return [];
  const { start, end } = edge.slot.scalar;
  const source = view.text.slice(start, end);
  const pattern = new RegExp(
    `(?<=${edge.ref.replaceAll(/[^\w]/g, '\\$&')})\\s*\\|\\|\\s*(?:'[^'\n]*'|github\\.run_\\w+)(?=\\s*\\}\\})`,
    'g',
  );
  const changes = [...source.matchAll(pattern)].map(({ index, 0: whole }) => ({
    start: start + index,
    end: start + index + whole.length,
    text: '',
  }));
  if (changes.length === 0 || expressionsIn(source).length === 0) return [];
  return [
    {
      title: `Do not replace an empty \`${edge.ref}\``,
      why: `\`${producer.id}\` always runs before, so the value is there; if it were not, another one would only hide that.`,
      edits: inFile(view.file, changes),
    },
  ];
}
