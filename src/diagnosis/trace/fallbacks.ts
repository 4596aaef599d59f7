/** Every place in reach of a job where an empty value would get a made-up one: its expressions, scripts, actions, called files. */
import { calledFile } from '../../workflow/calls.ts';
import { type Fallback, fallbacksIn } from '../../workflow/fallback.ts';
import { githubScript } from '../../workflow/github-script.ts';
import type { Job, Workflow } from '../../workflow/model.ts';
import { offsetOf, offsetOfLine } from '../../workflow/place.ts';
import { callsElsewhere } from '../../workflow/project.ts';
import { readScript } from '../../workflow/shell.ts';
import type { Unit } from './pipeline.ts';

export interface MadeUp {
  /** What arrives empty: a variable, or `needs.build.outputs.tag`. */
  readonly name: string;
  readonly value: string;
  /** From the repository's root. */
  readonly file: string;
  readonly line: number;
}

const DEPTH = 2;

export function fallbacksOf(unit: Unit, job: Job): readonly MadeUp[] {
  return [...inExpressions(unit, job), ...ofJob(unit, unit.workflow, job, DEPTH)];
}

function inExpressions({ edges, workflow }: Unit, job: Job): MadeUp[] {
  return edges.flatMap(({ slot, read, expression, ref }) => {
    if (slot.job !== job || read.tested || read.otherwise === undefined || read.otherwise === '') return [];
    const { line } = workflow.position(offsetOf(workflow, slot, expression, ref));
    return [{ name: ref, value: read.otherwise, file: workflow.file, line }];
  });
}

function ofJob(unit: Unit, workflow: Workflow, job: Job, depth: number): MadeUp[] {
  const isOthers = job.uses === undefined || callsElsewhere(workflow, job.uses);
  const called = isOthers || job.uses === undefined ? undefined : unit.project.used(job.uses);
  const inner =
    called !== undefined && depth > 0 ? called.jobs.flatMap((one) => ofJob(unit, called, one, depth - 1)) : [];
  const own = job.steps.flatMap((step) => {
    const action = step.uses?.startsWith('./') ? unit.project.used(step.uses) : undefined;
    if (action !== undefined && depth > 0) return action.jobs.flatMap((one) => ofJob(unit, action, one, depth - 1));
    const program = githubScript(step) === undefined ? undefined : step.inputs.get('script');
    const run = step.run ?? program;
    if (run === undefined) return [];
    const mine = fallbacksIn(run.value, 'script').map((one) => {
      const index = run.value.slice(0, one.offset).split('\n').length - 1;
      const { line } = workflow.position(offsetOfLine(workflow, run, index));
      return placed(one, workflow.file, line);
    });
    return [...mine, ...(program === undefined ? inFiles(unit, run.value, depth) : [])];
  });
  return [...inner, ...own];
}

function inFiles(unit: Unit, script: string, depth: number): MadeUp[] {
  if (depth <= 0) return [];
  return readScript(script).calls.flatMap((call) => {
    const called = calledFile(unit.project, call);
    if (called === undefined) return [];
    const isMake = /(?:^|\/)(?:GNU)?[Mm]akefile(?:\.[\w-]+)?$|\.mk$/.test(called.path);
    const found = fallbacksIn(called.text, isMake ? 'makefile' : 'script').map((one) =>
      placed(one, unit.project.shown(called.path), called.text.slice(0, one.offset).split('\n').length),
    );
    return [...found, ...(isMake ? [] : inFiles(unit, called.text, depth - 1))];
  });
}

function placed({ name, value }: Fallback, file: string, line: number): MadeUp {
  return { name, value, file, line };
}
