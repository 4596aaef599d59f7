/** Two formulas, or a moving tag: the deploying job takes the tag that was pushed, as the job that pushed it made it. */
import { divergences } from '../divergence.ts';
import { expressionsIn } from '../expression.ts';
import type { Finding } from '../finding.ts';
import type { Edit, Remedy } from '../fix.ts';
import { type FixView, inFile, jobPath, type MakeRemedies } from '../fix-view.ts';
import { formulaOf } from '../formula.ts';
import { makersBefore, type Pushed, pushedTags } from '../images.ts';
import { type Job, type Slot, sameName } from '../model.ts';
import { addEntry } from '../yaml-edit.ts';
import { addNeed } from './needs.ts';

/** sha-format-divergence, tag-recomputed-from-clock, version-derived-two-ways. */
export const sameTag: MakeRemedies = (view, finding) => {
  const found = divergences(view).find(({ deployed: { slot, job }, offset }) => {
    const { line, column } = view.workflow.position(offset);
    return slot.job === job && line === finding.exprLine && column === finding.exprColumn;
  });
  if (!found) return [];
  const { deployed, pushed } = found;
  const producers = pushedTags(view.workflow).filter(({ tag }) => tag === pushed);
  return producers.flatMap((one) =>
    waysTo(view, deployed.job, one).flatMap((way) =>
      remedyOf(view, { finding, reader: deployed.job }, way, deployed.raw),
    ),
  );
};

/** mutable-tag-deployed, where the build has pushed one fixed tag. */
export const builtTag: MakeRemedies = (view, finding) => {
  const reader = view.workflow.jobs.find(({ id }) => id === finding.job);
  const makers = reader ? makersBefore(view.workflow, reader) : [];
  const moving = finding.ref ?? '';
  const fixed = pushedTags(view.workflow).filter(({ job, tag }) => makers.includes(job) && tag !== moving);
  const [one] = fixed;
  if (!reader || !one || new Set(fixed.map(({ tag }) => tag)).size !== 1) return [];
  return waysTo(view, reader, one).flatMap((way) => remedyOf(view, { finding, reader }, way, moving));
};

/** An expression that has the pushed tag in the reading job, and what must be written for it elsewhere. */
interface Way {
  readonly text: string;
  readonly edits: readonly Edit[];
}

function waysTo(view: FixView, reader: Job, pushed: Pushed): Way[] {
  return [...anywhere(pushed), ...throughOutput(view, reader, pushed), ...inShell(pushed)];
}

/** What every job can say: the commit, the ref. */
function anywhere({ raw, tag }: Pushed): Way[] {
  if (/^[\w.-]*«long»$/.test(tag)) return [{ text: tag.replace('«long»', '${{ github.sha }}'), edits: [] }];
  const reads = expressionsIn(raw ?? '').flatMap((one) => one.reads);
  const isOpen = raw !== undefined && reads.length > 0 && reads.every(({ path }) => path[0] === 'github');
  return isOpen && isPlain(raw) ? [{ text: raw, edits: [] }] : [];
}

/** A job output that holds it already, or a new one. */
function throughOutput(view: FixView, reader: Job, { job, raw, tag }: Pushed): Way[] {
  const scope = { workflow: view.workflow, job, followNeeds: true };
  if (job.uses !== undefined || job === reader) return [];
  const needed = job && needEdits(view, reader, job);
  if (!needed) return [];
  const known = [...job.outputs].find(
    ([, { value }]) => formulaOf(scope, value) === tag && !tag.includes('${{ matrix'),
  );
  if (known) return [{ text: `\${{ needs.${job.id}.outputs.${known[0]} }}`, edits: needed }];
  if (raw === undefined || !isPlain(raw) || job.hasMatrix) return [];
  const reads = expressionsIn(raw).flatMap((one) => one.reads);
  if (reads.length === 0 || reads.some(({ path }) => path[0] !== 'steps' && path[0] !== 'env' && path[0] !== 'github'))
    return [];
  const name = job.outputs.has('image-tag') ? 'pushed-tag' : 'image-tag';
  const declared = addEntry(view.tree, jobPath(view, job), 'outputs', { name, value: raw });
  return declared && !job.outputs.has(name)
    ? [{ text: `\${{ needs.${job.id}.outputs.${name} }}`, edits: [...inFile(view.file, declared), ...needed] }]
    : [];
}

/** The commit cut to a length that is certain: git's own abbreviation may be longer in a large repository. */
function inShell({ raw, tag }: Pushed): Way[] {
  const [, before = '', length = '7'] = /^([\w.-]*)«short(?::(\d+))?»$/.exec(tag) ?? [];
  const isCertain =
    /«short/.test(tag) && (raw === undefined || /::|:0:|cut|head|Substring/.test(raw) || /:\d/.test(tag));
  return isCertain ? [{ text: `${before}\${GITHUB_SHA::${length}}`, edits: [] }] : [];
}

function isPlain(raw: string): boolean {
  return !/[$`\\"'\s]/.test(raw.replaceAll(/\$\{\{.*?\}\}/g, ''));
}

function needEdits(view: FixView, reader: Job, job: Job): readonly Edit[] | undefined {
  return reader.needs.some(({ value }) => sameName(value, job.id)) ? [] : addNeed(view, reader, job)[0]?.edits;
}

function remedyOf(
  view: FixView,
  { finding, reader }: { readonly finding: Finding; readonly reader: Job },
  { text, edits }: Way,
  raw: string,
): Remedy[] {
  const slot = view.workflow.slots.find(
    ({ scalar, job }) => job === reader && view.workflow.position(scalar.start).line === finding.line,
  );
  const start = slot && raw !== '' ? placeOf(view, slot, finding, { raw, text }) : undefined;
  if (start === undefined) return [];
  return [
    {
      title: 'Deploy the tag that was pushed',
      why: `\`${text}\` is the tag as the pushing job made it; a tag that is made twice, or moves, may be another one.`,
      edits: [...edits, { file: view.file, start, end: start + raw.length, text }],
    },
  ];
}

/** Where the old text stands; undefined: not on that line, or the new one would not be read there. */
function placeOf(
  view: FixView,
  slot: Slot,
  finding: Finding,
  { raw, text }: { readonly raw: string; readonly text: string },
): number | undefined {
  const isRun = slot.place === 'run';
  const from = isRun ? lineOf(view, finding) : slot.scalar.start;
  const start = view.text.indexOf(raw, from);
  const before = view.text.slice(from, start);
  if (start < 0 || start + raw.length > slot.scalar.end || (isRun && before.includes('\n'))) return undefined;
  if (!text.includes('${GITHUB_SHA')) return start;
  const isBash = isRun && /^bash\b/.test(slot.step?.shell ?? slot.job?.shell ?? 'bash');
  return isBash && before.split("'").length % 2 === 1 ? start : undefined;
}

function lineOf({ workflow, text }: FixView, { exprLine }: Finding): number {
  let at = 0;
  for (let line = 1; line < exprLine; line += 1) at = text.indexOf('\n', at) + 1;
  return at > 0 || exprLine === 1 ? at : workflow.text.length;
}
