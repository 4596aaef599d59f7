/** output-may-be-masked: only what is not secret goes through the output; the secret is put back where the value is read. */
import type { Edge } from '../edge.ts';
import type { Edit, Remedy } from '../fix.ts';
import { type FixView, inFile, type MakeRemedies, respell } from '../fix-view.ts';
import type { Job, Scalar } from '../model.ts';
import { sameName } from '../model.ts';
import { offsetOf } from '../place.ts';
import { type Part, partsOf } from '../value-parts.ts';
import { held, mapAt } from '../yaml-edit.ts';
import { handOn, type OwnWrite, ownWrite } from './own-write.ts';

/** One job output with its secret. */
interface Masked {
  readonly job: Job;
  readonly name: string;
  readonly scalar: Scalar;
}

export const unmask: MakeRemedies = (view, finding) => {
  const job = view.workflow.jobs.find(({ id }) => id === finding.job);
  const name = (finding.ref ?? '').replace(/^outputs\./, '');
  const scalar = job?.outputs.get(name);
  if (!job || !scalar || view.workflow.kind === 'action') return [];
  const masked = { job, name, scalar };
  const write = ownWrite(view, job, scalar.value);
  const parts = write
    ? partsOf({ workflow: view.workflow, job, step: write.step }, write.value)
    : partsOf({ workflow: view.workflow, job }, scalar.value);
  const cut = parts && cutBehindSecret(parts);
  const readers = readersOf(view, masked);
  if (!cut || !readers) return [];
  const remedy = remedyOf(view, masked, { cut, readers, write });
  return remedy ? [remedy] : [];
};

interface Cut {
  /** What every job can say, the secret included. */
  readonly head: string;
  /** What only the producer knows. */
  readonly tail: string;
  readonly secret: string;
}

/** undefined: the producer's own part comes before the secret, or there is none. */
function cutBehindSecret(parts: readonly Part[]): Cut | undefined {
  const first = parts.findIndex(({ kind }) => kind === 'own');
  const head = parts.slice(0, first);
  const secret = head.find(({ kind }) => kind === 'secret');
  if (first < 0 || !secret || parts.slice(first).some(({ kind }) => kind === 'secret')) return undefined;
  const text = (some: readonly Part[]) => some.map((one) => one.text).join('');
  return { head: text(head), tail: text(parts.slice(first)), secret: secret.text.replaceAll(/[${}\s]/g, '') };
}

/** Every place that reads it; undefined where one cannot put the secret back, or may know another secret of that name. */
function readersOf(view: FixView, { job, name }: Masked): Edge[] | undefined {
  const mine = view.edges.filter(
    ({ read: { path } }) =>
      (path[0] === 'needs' || path[0] === 'jobs') && sameName(path[1] ?? '', job.id) && sameName(path[3] ?? '', name),
  );
  const own = environmentOf(view, job);
  const fits = mine.every(({ slot, read, ref, expression }) => {
    if (read.path[0] !== 'needs' || !slot.job || environmentOf(view, slot.job) !== own) return false;
    if (isShown(slot.place)) return true;
    const canBeSecret = slot.place === 'env' || (slot.step !== undefined && /^(?:with|run)$/.test(slot.place));
    return canBeSecret && !read.tested && expression.text.trim() === ref;
  });
  return fits && mine.some(({ slot }) => !isShown(slot.place)) ? mine : undefined;
}

/** Conditions and names see no secrets, and need only something that is not empty. */
function isShown(place: string): boolean {
  return place === 'if' || place === 'name';
}

/** A job of another environment may read another secret under the same name. */
function environmentOf({ tree, text }: FixView, job: Job): string {
  const map = mapAt(tree, ['jobs', job.id]);
  const entry = map && held(map, 'environment');
  const [from = 0, to = 0] = entry?.value instanceof Object && 'range' in entry.value ? rangeOf(entry.value.range) : [];
  return map === undefined ? `unknown ${job.id}` : text.slice(from, to).trim();
}

function rangeOf(range: unknown): number[] {
  return Array.isArray(range) ? range.filter((one) => typeof one === 'number') : [];
}

function remedyOf(
  view: FixView,
  { job, name, scalar }: Masked,
  {
    cut,
    readers,
    write,
  }: { readonly cut: Cut; readonly readers: readonly Edge[]; readonly write: OwnWrite | undefined },
): Remedy | undefined {
  const wanted = cut.head.endsWith(':') ? 'image-tag' : `${name}-part`;
  const taken = [...job.outputs.keys(), ...(write?.others ?? [])];
  const handed = write ? handOn(view, write, { name: wanted, value: cut.tail }) : [];
  if (taken.includes(wanted) || !handed || (!write && !/^\$\{\{[^}]*\}\}$/.test(cut.tail))) return undefined;
  const value = write ? `\${{ steps.${write.step.id ?? ''}.outputs.${wanted} }}` : cut.tail;
  const [quote = ''] = /^["']/.exec(view.text.slice(scalar.start)) ?? [];
  const declared = { start: scalar.keyAt, end: scalar.end, text: `${wanted}: ${quote}${value}${quote}` };
  const whole = `${cut.head}\${{ needs.${job.id}.outputs.${wanted} }}`;
  const read = readers.flatMap((edge) => rewritten(view, edge, { whole, path: ['needs', job.id, 'outputs', wanted] }));
  const readBy = [...new Set(readers.map(({ slot }) => slot.job?.id ?? ''))].join('`, `');
  return {
    title: `Pass on \`${wanted}\` without \`${cut.secret}\``,
    why: `The runner drops an output that holds a secret. \`${readBy}\` can read \`${cut.secret}\` itself, so only the rest goes through the output.`,
    edits: inFile(view.file, [...handed, declared, ...read]),
    arrives: readers.map(({ slot }) => ({ job: slot.job?.id ?? '', name: slot.key })),
  };
}

function rewritten(
  view: FixView,
  { slot, expression, read }: Edge,
  { whole, path }: { readonly whole: string; readonly path: readonly string[] },
): Omit<Edit, 'file'>[] {
  if (isShown(slot.place)) return respell(view, slot, read.path, path);
  const start = offsetOf(view.workflow, slot, expression, '${{');
  return [{ start, end: view.text.indexOf('}}', start) + 2, text: whole }];
}
