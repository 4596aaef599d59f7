/** Values behind `||` that no build has pushed, and jobs that run whatever came of the build. */
import { marked } from './commit-marks.ts';
import type { Edge } from './edge.ts';
import { isClock, isMoving, isRunNumber } from './fallback.ts';
import { formulaOf } from './formula.ts';
import { pushedTags } from './images.ts';
import { entryOf, type Job, jobCalled, type Workflow } from './model.ts';

/** A name that is moved on, the time, or a number or commit of the run's that the build makes no tag of. */
export function isMadeUp(workflow: Workflow, edge: Edge): boolean {
  const value = edge.read.otherwise ?? '';
  if (isMoving(value) || isClock(value)) return true;
  const commit = marked(value);
  if (/^[\w.-]*«(?:long|short(?::\d+)?)»$/.test(commit))
    return tagsBuilt(workflow, edge)?.every((tag) => isReadable(tag) && tag !== commit) ?? false;
  return isRunNumber(value) && isOfNoBuild(workflow, edge);
}

/** Every tag of the producer's can be read, and none is made like the fallback. */
function isOfNoBuild(workflow: Workflow, edge: Edge): boolean {
  const isOther = (tag: string) => isReadable(tag) && !isRunNumber(tag) && !/RUN_(?:NUMBER|ID|ATTEMPT)/.test(tag);
  return tagsBuilt(workflow, edge)?.every(isOther) ?? false;
}

/** What the producer hands on, and what is pushed; undefined: it declares no such output. */
function tagsBuilt(workflow: Workflow, { read }: Edge): readonly string[] | undefined {
  const [, name = '', , output = ''] = read.path;
  const job = jobCalled(workflow, name);
  const own = job && entryOf(job.outputs, output);
  if (!own) return undefined;
  const made = formulaOf({ workflow, job, followNeeds: true }, own.value);
  return [made, ...pushedTags(workflow).map(({ tag }) => tag)];
}

function isReadable(tag: string): boolean {
  return !/\$[({\w]/.test(tag.replaceAll(/\$\{\{\s*github\.[\w.]+\s*\}\}/g, ''));
}

/** Its condition lets it run when the job before has failed, and asks for nothing of that job's. */
export function runsAnyway({ condition = '' }: Job): boolean {
  const either = /success\(\)\s*\|\|\s*failure\(\)|failure\(\)\s*\|\|\s*success\(\)/;
  const rest = withoutMildDemands(condition).replace(either, '');
  const isOpen = /always\(\)|!\s*cancelled\(\)/.test(condition) || either.test(condition);
  return isOpen && !/needs\.|success\(\)/.test(rest);
}

/** Neither cancelled nor skipped: it may still have failed. */
export function withoutMildDemands(condition: string): string {
  return condition.replaceAll(/\bneeds\.[\w-]+\.result\s*!=\s*'(?:cancelled|skipped)'/g, '');
}

/** The other value is wanted: of a job called rollback, of a build that may be skipped, or pushed under that very name. */
export function isWanted(workflow: Workflow, { slot, read }: Edge): boolean {
  const producer = jobCalled(workflow, read.path[1] ?? '');
  return (
    /roll-?_?back|revert|restore/i.test(slot.job?.id ?? '') ||
    producer === undefined ||
    mayBeSkipped(workflow, producer) ||
    pushedTags(workflow).some(({ tag }) => tag === read.otherwise)
  );
}

/** It, or one before it, may be skipped. */
function mayBeSkipped(workflow: Workflow, job: Job, depth = 0): boolean {
  if (job.condition !== undefined || depth > 10) return true;
  return job.needs.some(({ value }) => {
    const before = jobCalled(workflow, value);
    return before !== undefined && mayBeSkipped(workflow, before, depth + 1);
  });
}
