/** Outputs that are called otherwise, not declared, or read from a job that is not there. */

import type { Edge } from '../edge.ts';
import type { Finding } from '../finding.ts';
import type { Remedy } from '../fix.ts';
import { edgeOf, type FixView, inFile, jobPath, type MakeRemedies, respell } from '../fix-view.ts';
import { entryOf, type Job, jobCalled } from '../model.ts';
import { addEntry } from '../yaml-edit.ts';
import { clearly } from './clear.ts';
import { addNeed } from './needs.ts';
import { declare, writerOf } from './producers.ts';

/** output-not-declared, reusable-output-not-declared. */
export const notDeclared: MakeRemedies = (view, finding) => {
  const edge = edgeOf(view, finding);
  if (!edge) return [];
  if (edge.without) return forgotten(view, edge);
  const [, producer = '', , name = ''] = edge.read.path;
  const other = ofMetadata(edge, name) ?? clearly(name, edge.others ?? []);
  const job = edge.in === undefined ? jobCalled(view.workflow, producer) : undefined;
  const declared = job && declare(view, job, name);
  const written: Remedy[] = declared
    ? [
        {
          title: `Declare \`${name}\` as an output of \`${job.id}\``,
          why: `Step \`${declared.step}\` writes it; only the job's \`outputs\` carry it to other jobs.`,
          edits: inFile(view.file, declared.changes),
        },
      ]
    : [];
  return [...written, ...(other === undefined ? [] : [rename(view, edge, 3, other)])];
};

/** docker/metadata-action calls the tag without its repository `version`. */
function ofMetadata({ in: action }: Edge, name: string): string | undefined {
  return action?.toLowerCase() === 'docker/metadata-action' && /^(?:image|docker)?[-_]?tag$/i.test(name)
    ? 'version'
    : undefined;
}

/** `needs.build.tag` and `steps.meta.output.tag` -> with `outputs` between. */
function forgotten(view: FixView, edge: Edge): Remedy[] {
  const [context = '', name = '', kind = '', last, ...more] = edge.read.path;
  if (more.length > 0 || (last !== undefined && !/^outputs?$/i.test(kind))) return [];
  const to = last === undefined ? [context, name, `outputs.${kind}`] : [context, name, 'outputs', last];
  const same = view.edges.filter(
    (one) => one.ref === edge.ref && (context === 'needs' || one.slot.job === edge.slot.job),
  );
  return [
    {
      title: `Read \`${to.join('.')}\` instead of \`${edge.ref}\``,
      why: `Values of a ${context === 'needs' ? 'job' : 'step'} stand under \`outputs\`.`,
      edits: inFile(
        view.file,
        same.flatMap((one) => respell(view, one.slot, edge.read.path, to)),
      ),
    },
  ];
}

/** output-never-written, where the step writes another name. */
export const neverWritten: MakeRemedies = (view, finding) => {
  const edge = edgeOf(view, finding);
  if (edge?.without) return forgotten(view, edge);
  const other = edge?.toEnv ? undefined : clearly(edge?.read.path[3] ?? '', edge?.others ?? []);
  return edge && other !== undefined ? [rename(view, edge, 3, other)] : [];
};

/** env-undefined: the output of that name, or the variable that was meant. */
export const envName: MakeRemedies = (view, finding) => {
  const edge = edgeOf(view, finding);
  const name = edge?.read.path[1] ?? '';
  if (edge?.elsewhere !== undefined) {
    const wanted = `steps.${edge.elsewhere}.outputs.${name}`;
    const same = view.edges.filter((one) => one.ref === edge.ref && one.slot.job === edge.slot.job);
    const edits = same.flatMap((one) =>
      respell(view, one.slot, edge.read.path, ['steps', `${edge.elsewhere ?? ''}.outputs.${name}`]),
    );
    return [
      {
        title: `Read \`${wanted}\` instead of \`${edge.ref}\``,
        why: `Step \`${edge.elsewhere}\` writes it as an output; nothing sets a variable of that name.`,
        edits: inFile(view.file, edits),
      },
    ];
  }
  if (edge?.inJob !== undefined) return fromJob(view, edge, edge.inJob);
  const other = clearly(edge?.read.path[1] ?? '', edge?.others ?? []);
  return edge && other !== undefined ? [rename(view, edge, 1, other)] : [];
};

/** A variable that another job sets: as its output. */
function fromJob(view: FixView, edge: Edge, id: string): Remedy[] {
  const [, name = ''] = edge.read.path;
  const [job, reader] = [jobCalled(view.workflow, id), edge.slot.job];
  if (!job || !reader || job.hasMatrix || job.outputs.has(name)) return [];
  const declared = addEntry(view.tree, jobPath(view, job), 'outputs', { name, value: `\${{ env.${name} }}` });
  const isNeeded = reader.needs.some(({ value }) => value === job.id);
  const needed = isNeeded ? [] : addNeed(view, reader, job)[0]?.edits;
  if (!declared || !needed) return [];
  const same = view.edges.filter((one) => one.ref === edge.ref && one.slot.job === reader);
  const read = same.flatMap((one) => respell(view, one.slot, edge.read.path, ['needs', `${job.id}.outputs.${name}`]));
  return [
    {
      title: `Read \`needs.${job.id}.outputs.${name}\` instead of \`${edge.ref}\``,
      why: `\`${job.id}\` sets the variable, and variables end with their job: it hands the value on as an output.`,
      edits: [...inFile(view.file, [...declared, ...read]), ...needed],
    },
  ];
}

/** reusable-output-bad-job. */
export const badJob: MakeRemedies = (view, finding) => {
  const edge = edgeOf(view, finding);
  const job = edge && declarer(view.workflow.jobs, edge);
  return job ? [rename(view, edge, 1, job.id)] : [];
};

/** needs-job-missing: a needed job with that output first, then one that can be needed. */
export const jobMissing: MakeRemedies = (view, finding) => {
  const edge = edgeOf(view, finding);
  const reader = edge?.slot.job;
  if (!reader) return [];
  const needed = reader.needs.flatMap(({ value }) => jobCalled(view.workflow, value) ?? []);
  const near = declarer(needed, edge);
  if (near) return [rename(view, edge, 1, near.id)];
  const far = declarer(
    view.workflow.jobs.filter((job) => job !== reader && !needed.includes(job)),
    edge,
  );
  if (!far) return [];
  const renamed = rename(view, edge, 1, far.id);
  return addNeed(view, reader, far).map(({ edits }) => ({
    title: `${renamed.title}, and need \`${far.id}\``,
    why: renamed.why,
    edits: [...renamed.edits, ...edits],
  }));
};

/** Among jobs that have the output, the one that is called alike, or the only one. */
function declarer(jobs: readonly Job[], { read: { path } }: Edge): Job | undefined {
  const able = jobs.filter(
    (job) => entryOf(job.outputs, path[3] ?? '') !== undefined || writerOf(job, path[3] ?? '') !== undefined,
  );
  const declared = able.filter((job) => entryOf(job.outputs, path[3] ?? '') !== undefined);
  const id = clearly(
    path[1] ?? '',
    declared.map((job) => job.id),
  );
  return declared.find((job) => job.id === id) ?? (declared.length === 1 ? declared[0] : undefined);
}

/** Every such read of the file (of a step or a variable: of the job) at once. */
export function rename(view: FixView, edge: Edge, at: number, name: string): Remedy {
  const { path } = edge.read;
  const isLocal = path[0] === 'steps' || path[0] === 'env';
  const same = view.edges.filter(
    (one) => one.ref === edge.ref && one.rule === edge.rule && (!isLocal || one.slot.job === edge.slot.job),
  );
  const to = path.map((part, index) => (index === at ? name : part));
  return {
    title: `Read \`${to.join('.')}\` instead of \`${edge.ref}\``,
    why: `Nothing is called \`${path[at] ?? ''}\` there, and \`${name}\` is the one that can be meant.`,
    edits: inFile(
      view.file,
      same.flatMap((one) => respell(view, one.slot, path, to)),
    ),
  };
}

/** needs-unknown-job. */
export const unknownJob: MakeRemedies = (view, finding: Finding) => {
  const job = view.workflow.jobs.find(({ id }) => id === finding.job);
  const scalar = job?.needs.find(({ value }) => value === finding.ref);
  const ids = view.workflow.jobs
    .map(({ id }) => id)
    .filter((id) => id !== job?.id && !job?.needs.some(({ value }) => value === id));
  const other = scalar && (clearly(scalar.value, ids) ?? readFrom(view, finding.job, ids));
  if (!scalar || other === undefined) return [];
  const start = view.text.indexOf(scalar.value, scalar.start);
  const reads = view.edges
    .filter(({ slot, read }) => slot.job === job && read.path[0] === 'needs' && read.path[1] === scalar.value)
    .flatMap(({ slot, read }) => respell(view, slot, read.path, ['needs', other, ...read.path.slice(2)]));
  return [
    {
      title: `Need \`${other}\` instead of \`${scalar.value}\``,
      why: `There is no job \`${scalar.value}\`, and GitHub refuses the whole file.`,
      edits: inFile(view.file, [{ start, end: start + scalar.value.length, text: other }, ...reads]),
    },
  ];
};

/** The only job that is read without being needed. */
function readFrom(view: FixView, job: string | null, ids: readonly string[]): string | undefined {
  const reads = view.edges.filter(({ slot, rule }) => rule === 'needs-not-declared' && slot.job?.id === job);
  const read = new Set(reads.map((edge) => edge.read.path[1]));
  return read.size === 1 ? ids.find((id) => read.has(id)) : undefined;
}
