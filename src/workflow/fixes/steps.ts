/** step-unknown: the id that is missing, the id that was meant, or the way from the job that has the step. */
import type { Edge } from '../edge.ts';
import type { Change, Edit, Remedy } from '../fix.ts';
import { edgeOf, type FixView, inFile, jobPath, type MakeRemedies, respell } from '../fix-view.ts';
import { type Job, jobCalled, sameName } from '../model.ts';
import { addEntry, addFirst } from '../yaml-edit.ts';
import { clearly } from './clear.ts';
import { addNeed } from './needs.ts';
import { rename } from './outputs.ts';
import { writes } from './producers.ts';

export const steps: MakeRemedies = (view, finding) => {
  const edge = edgeOf(view, finding);
  const job = edge?.slot.job;
  if (!job || edge.elsewhere === 'later') return [];
  const other = edge.elsewhere === undefined ? undefined : jobCalled(view.workflow, edge.elsewhere);
  if (other) return fromJob(view, edge, other);
  return [...giveId(view, edge, job), ...meantId(view, edge, job)];
};

function giveId(view: FixView, edge: Edge, job: Job): Remedy[] {
  const [, id = '', , name = ''] = edge.read.path;
  const before = job.steps.filter(({ index }) => edge.slot.step === undefined || index < edge.slot.step.index);
  const able = before.filter((step) => writes(step, name));
  const [step] = able;
  if (!step || able.length > 1 || step.id !== undefined) return [];
  const changes = addFirst(view.tree, [...jobPath(view, job), 'steps', step.index], `id: ${id}`);
  return changes
    ? [
        {
          title: `Give the step that makes \`${name}\` the id \`${id}\``,
          why: 'A step without an id has no outputs that others can read.',
          edits: inFile(view.file, changes),
        },
      ]
    : [];
}

function meantId(view: FixView, edge: Edge, job: Job): Remedy[] {
  const [, id = '', , name = ''] = edge.read.path;
  const before = job.steps.filter(({ index }) => edge.slot.step === undefined || index < edge.slot.step.index);
  const able = before.filter((step) => step.id !== undefined && writes(step, name)).flatMap((step) => step.id ?? []);
  const other = clearly(id, able) ?? (able.length === 1 ? able[0] : undefined);
  return other === undefined ? [] : [rename(view, edge, 1, other)];
}

/** Declared there, needed here, read over `needs`. */
function fromJob(view: FixView, edge: Edge, other: Job): Remedy[] {
  const { path } = edge.read;
  const { job } = edge.slot;
  const output = job && view.workflow.kind === 'workflow' ? outputFor(view, other, edge) : undefined;
  const needed = job && needEdits(view, job, other);
  if (!job || !output || !needed) return [];
  const to = ['needs', other.id, 'outputs', output.name];
  const same = view.edges.filter((one) => one.ref === edge.ref && one.slot.job === job);
  const read = same.flatMap((one) => respell(view, one.slot, path, to));
  return [
    {
      title: `Read \`${to.join('.')}\` instead of another job's step`,
      why: `Steps are seen inside of their own job only: \`${other.id}\` hands the value on as an output, and \`${job.id}\` needs it.`,
      edits: [...inFile(view.file, [...output.changes, ...read]), ...needed],
    },
  ];
}

/** The job output that holds the step's, or a new one. */
function outputFor(
  { tree, workflow }: FixView,
  job: Job,
  { read: { path } }: Edge,
): { readonly name: string; readonly changes: Change[] } | undefined {
  const [, id = '', , name = ''] = path;
  const value = `\${{ steps.${id}.outputs.${name} }}`;
  const tight = (text: string) => text.replaceAll(/\s/g, '');
  const known = [...job.outputs].find(([, scalar]) => tight(scalar.value) === tight(value));
  if (known) return { name: known[0], changes: [] };
  const changes = job.outputs.has(name)
    ? undefined
    : addEntry(tree, jobPath({ workflow }, job), 'outputs', { name, value });
  return changes && { name, changes };
}

function needEdits(view: FixView, job: Job, other: Job): readonly Edit[] | undefined {
  return job.needs.some((need) => sameName(need.value, other.id)) ? [] : addNeed(view, job, other)[0]?.edits;
}
