/** Which step makes an output, and how another place may read it. */

import type { Change } from '../fix.ts';
import { type FixView, jobPath } from '../fix-view.ts';
import { knownOutputs } from '../known-outputs.ts';
import type { Job, Step } from '../model.ts';
import { readScript } from '../shell.ts';
import { addEntry, addFirst } from '../yaml-edit.ts';

/** The only step of a job that certainly writes that output. */
export function writerOf(job: Job, name: string): Step | undefined {
  const found = job.steps.filter((step) => writes(step, name));
  return found.length === 1 ? found[0] : undefined;
}

export function writes(step: Step, name: string): boolean {
  if (step.run) return readScript(step.run.value).writes.some((one) => one.to === 'output' && one.name === name);
  return knownOutputs(step.uses ?? '')?.includes(name) ?? false;
}

/** The output of a step as an output of its job; the step gets an id where it has none. */
export function declare(
  view: FixView,
  job: Job,
  name: string,
): { readonly changes: Change[]; readonly step: string } | undefined {
  const step = writerOf(job, name);
  if (!step || job.uses !== undefined) return undefined;
  const id = step.id ?? freeId(job, name);
  const entry = addEntry(view.tree, jobPath(view, job), 'outputs', {
    name,
    value: `\${{ steps.${id}.outputs.${name} }}`,
  });
  const named =
    step.id === undefined ? addFirst(view.tree, [...jobPath(view, job), 'steps', step.index], `id: ${id}`) : [];
  return entry && named && { changes: [...entry, ...named], step: id };
}

function freeId(job: Job, name: string): string {
  const taken = new Set(job.steps.map(({ id }) => id));
  return taken.has(name) ? `${name}-output` : name;
}
