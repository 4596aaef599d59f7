/** Scripts and Makefiles that are run with a variable which is known to be empty: where a fallback would hide the loss. */
import { calledFile } from './calls.ts';
import type { Edge } from './edge.ts';
import type { Step } from './model.ts';
import type { Project } from './project.ts';
import type { View } from './rule.ts';
import { readScript } from './shell.ts';

export interface Hideout {
  readonly file: string;
  readonly text: string;
  /** Variables without a value. */
  readonly empty: readonly string[];
  /** Offsets of the scalars that lost them. */
  readonly from: readonly number[];
}

/** Follows `run:` and, one level deep, `uses: ./…`. */
export function hideouts(view: View): Hideout[] {
  return [...direct(view), ...throughActions(view)];
}

function direct({ project, workflow, edges }: View): Hideout[] {
  return workflow.jobs.flatMap((job) => {
    const broken = edges.filter((edge) => isLost(edge) && edge.slot.job === job && edge.slot.place === 'env');
    return job.steps.flatMap((step) => {
      const mine = broken.filter(({ slot }) => slot.step === undefined || slot.step === step);
      return mine.length === 0
        ? []
        : filesOf(
            project,
            step,
            mine.map(({ slot }) => ({ name: slot.key, from: slot.scalar.start })),
          );
    });
  });
}

function throughActions({ project, workflow, edges }: View): Hideout[] {
  const lost = edges.filter(
    (edge) => isLost(edge) && edge.slot.place === 'with' && edge.slot.step?.uses?.startsWith('./'),
  );
  return lost.flatMap((edge) => {
    const action = project.used(edge.slot.step?.uses ?? '');
    if (!action || action === workflow) return [];
    const input = `inputs.${edge.slot.key}`.toLowerCase();
    return action.slots.flatMap((slot) => {
      const passes = slot.expressions.some(({ reads }) =>
        reads.some(({ path }) => path.join('.').toLowerCase() === input),
      );
      if (slot.place !== 'env' || !passes || !slot.step) return [];
      return filesOf(project, slot.step, [{ name: slot.key, from: edge.slot.scalar.start }]);
    });
  });
}

function filesOf(project: Project, step: Step, lost: readonly { name: string; from: number }[]): Hideout[] {
  if (!step.run) return [];
  return readScript(step.run.value).calls.flatMap((call) => {
    const called = calledFile(project, call);
    if (!called) return [];
    return [
      {
        file: project.shown(called.path),
        text: called.text,
        empty: lost.map(({ name }) => name),
        from: lost.map(({ from }) => from),
      },
    ];
  });
}

function isLost({ state, read, slot }: Edge): boolean {
  return state === 'broken' && !read.tested && slot.expressions.length === 1;
}
