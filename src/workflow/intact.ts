/** Does an edited file still say what it said, but for the fix? Guards against an edit that silences the checker by breaking the file. */
import { parseDocument } from 'yaml';
import type { FixedFile } from './fix.ts';
import { reaches } from './graph.ts';
import type { Workflow } from './model.ts';
import type { Parse } from './read-workflow.ts';

/** True for texts that are no YAML. */
export function isIntact({ path, before, after }: FixedFile, parse: Parse): boolean {
  if (!/\.ya?ml$/i.test(path)) return true;
  const [old, now] = [parse(path, before), parse(path, after)];
  if (!old || !now || faults(after) > faults(before)) return false;
  const sameJobs = old.jobs.map(({ id }) => id).join(' ') === now.jobs.map(({ id }) => id).join(' ');
  const keepsSteps = old.jobs.every((job, index) => job.steps.length <= (now.jobs[index]?.steps.length ?? -1));
  return sameJobs && keepsSteps && unread(now) <= unread(old) && inCircle(now) <= inCircle(old);
}

function faults(text: string): number {
  return parseDocument(text, { prettyErrors: false, logLevel: 'silent' }).errors.length;
}

/** Expressions that read nothing: constants, and those that do not parse. */
function unread({ slots }: Workflow): number {
  return slots.flatMap(({ expressions }) => expressions).filter(({ reads }) => reads.length === 0).length;
}

/** GitHub refuses jobs that need each other. */
function inCircle(workflow: Workflow): number {
  return workflow.jobs.filter((job) => reaches(workflow, job, job)).length;
}
