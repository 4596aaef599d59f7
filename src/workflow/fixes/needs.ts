/** needs-not-declared: the job into `needs`; second best, the value through a job that is needed already. */

import type { Remedy } from '../fix.ts';
import { edgeOf, type FixView, inFile, jobPath, type MakeRemedies, respell } from '../fix-view.ts';
import { reaches } from '../graph.ts';
import { type Job, jobCalled, sameName } from '../model.ts';
import { addEntry, addToList } from '../yaml-edit.ts';

export const needs: MakeRemedies = (view, finding) => {
  const edge = edgeOf(view, finding);
  const job = edge?.slot.job;
  const producer = job && jobCalled(view.workflow, edge.read.path[1] ?? '');
  if (!producer || producer === job) return [];
  return [...addNeed(view, job, producer), ...reExport(view, job, producer)];
};

/** The smallest change there is. Where the job comes later anyway, it alters neither order nor skipping: both follow all ancestors. */
export function addNeed(view: FixView, job: Job, producer: Job): Remedy[] {
  const names = job.needs.map(({ value }) => value);
  const changes = addToList(view.tree, jobPath(view, job), 'needs', { names, name: producer.id });
  if (!changes || reaches(view.workflow, producer, job)) return [];
  const why = reaches(view.workflow, job, producer)
    ? `\`needs\` holds direct dependencies only. \`${job.id}\` already runs after \`${producer.id}\`, so neither order nor skipping changes.`
    : `\`needs\` holds direct dependencies only. \`${job.id}\` now waits for \`${producer.id}\`, and is skipped when that is skipped.`;
  return [{ title: `Add \`${producer.id}\` to the needs of \`${job.id}\``, why, edits: inFile(view.file, changes) }];
}

function reExport(view: FixView, job: Job, producer: Job): Remedy[] {
  const between = job.needs.flatMap(({ value }) => jobCalled(view.workflow, value) ?? []);
  const through = between.find(
    (one) => one.uses === undefined && one.needs.some(({ value }) => sameName(value, producer.id)),
  );
  if (!through) return [];
  const mine = view.edges.filter(
    ({ slot, read, rule }) =>
      slot.job === job && rule === 'needs-not-declared' && sameName(read.path[1] ?? '', producer.id),
  );
  const names = new Set(mine.map(({ read }) => read.path[3] ?? ''));
  const [name] = names;
  // One entry at one place: two at once would have to be ordered.
  if (name === undefined || names.size > 1 || name === '' || through.outputs.has(name)) return [];
  const value = `\${{ needs.${producer.id}.outputs.${name} }}`;
  const declared = addEntry(view.tree, jobPath(view, through), 'outputs', { name, value });
  if (!declared) return [];
  const read = mine.flatMap((edge) => respell(view, edge.slot, edge.read.path, ['needs', through.id, 'outputs', name]));
  const why = `\`${job.id}\` needs \`${through.id}\`, which needs \`${producer.id}\` and can hand the value on.`;
  return [
    { title: `Hand \`${name}\` on through \`${through.id}\``, why, edits: inFile(view.file, [...declared, ...read]) },
  ];
}
