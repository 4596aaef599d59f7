/** A deployed tag that is made in another way than the pushed one. */
import { withoutLength } from './commit-marks.ts';
import { type Deployed, deployedTags } from './deployed-tags.ts';
import { pushedTags } from './images.ts';
import { offsetOfLine } from './place.ts';
import type { Draft, View } from './rule.ts';

type Difference = 'sha' | 'clock' | 'version';

export interface Divergence {
  readonly difference: Difference;
  readonly deployed: Deployed;
  /** The pushed formula. */
  readonly pushed: string;
  /** Where it is told, in the file. */
  readonly offset: number;
}

const known = new WeakMap<View['workflow'], readonly Divergence[]>();

/** All of a file; each of three rules tells its own. */
export function divergences({ workflow }: Pick<View, 'workflow'>): readonly Divergence[] {
  const found = known.get(workflow) ?? divergencesIn(workflow);
  known.set(workflow, found);
  return found;
}

/** Only where the rest of both formulas is equal: then they were meant to be the same tag. */
function divergencesIn(workflow: View['workflow']): Divergence[] {
  const pushed = pushedTags(workflow);
  if (pushed.length === 0) return [];
  const tags = new Set(pushed.map(({ tag }) => tag));
  const hasV = /\btags:\s*(?:\[\s*|\n\s*-\s*)["']?v[\d*[]/.test(workflow.text);
  return deployedTags(workflow, pushed).flatMap((deployed) => {
    const { tag, line, slot } = deployed;
    const offset = line === undefined ? slot.scalar.start : offsetOfLine(workflow, slot.scalar, line);
    for (const other of tags) {
      const difference = differ(tag, other, hasV);
      if (difference && (difference === 'clock' || !tags.has(tag)))
        return [{ difference, deployed, pushed: other, offset }];
    }
    const other = tags.has(tag) ? undefined : otherPrefix(tag, [...tags]);
    return other === undefined ? [] : [{ difference: 'sha' as const, deployed, pushed: other, offset }];
  });
}

const OF_REF = ['«ref»', '«ref#v»'];
const OF_DESCRIBE = ['«describe»', '«describe#v»'];

/** `hasV`: git tags of this workflow begin with a `v`, which some forms leave out. */
function differ(deployed: string, pushed: string, hasV: boolean): Difference | undefined {
  if (deployed.includes('«clock»')) return shapeOf(pushed) === shapeOf(deployed) ? 'clock' : undefined;
  if (deployed === pushed) return undefined;
  if (/«(?:long|short)/.test(deployed) && withoutLength(deployed) === withoutLength(pushed)) return 'sha';
  const isOther = (from: string, to: string) => deployed.includes(from) && deployed.replace(from, to) === pushed;
  const crossed = OF_REF.flatMap((ref) => OF_DESCRIBE.map((described) => [ref, described] as const));
  if (crossed.some(([ref, described]) => isOther(ref, described) || isOther(described, ref))) return 'version';
  const isStripped = isOther('«ref»', '«ref#v»') || isOther('«ref#v»', '«ref»');
  return isStripped && hasV ? 'version' : undefined;
}

/** What only the run knows made equal. */
function shapeOf(formula: string): string {
  return formula.replaceAll(/\$\{\{.*?\}\}|\$\{?\w+\}?/g, '«»');
}

/** The commit under another prefix. A difference only where every pushed tag is known, and one of them names the commit. */
function otherPrefix(deployed: string, pushed: readonly string[]): string | undefined {
  const ofCommit = /^([\w.-]*)«(?:long|short(?::\d+)?)»$/;
  if (!ofCommit.test(deployed) || pushed.some((tag) => /[$`]/.test(tag))) return undefined;
  return pushed.find((tag) => ofCommit.test(tag));
}

/** One draft for each place of that difference. */
export function divergenceDrafts(
  view: View,
  difference: Difference,
  say: (both: { readonly pushed: string; readonly deployed: string }) => Pick<Draft, 'message' | 'fix' | 'severity'>,
): Draft[] {
  const told = new Set<string>();
  const mine = divergences(view).filter((one) => one.difference === difference);
  // The value itself before the commands that use it.
  const ordered = mine.toSorted(
    (a, b) => Number(a.deployed.line !== undefined) - Number(b.deployed.line !== undefined),
  );
  return ordered.flatMap(({ deployed: { slot, job, tag, line }, pushed, offset }) => {
    const key = `${job.id} ${tag}`;
    if (line !== undefined && told.has(key)) return [];
    told.add(key);
    const said = say({ pushed: inWords(pushed), deployed: inWords(tag) });
    const { start } = slot.scalar;
    return [{ offset, scalarAt: start, job: job.id, ref: slot.key, ...said }];
  });
}

function inWords(formula: string): string {
  return formula
    .replace('«short»', '<7 characters of the commit>')
    .replace(/«short:(\d+)»/, '<$1 characters of the commit>')
    .replace('«long»', '<40 characters of the commit>')
    .replaceAll('«clock»', '<time>')
    .replace('«ref#v»', '<git tag without its v>')
    .replace('«describe#v»', '<git describe without its v>')
    .replace('«describe»', '<git describe>')
    .replace('«ref»', '<branch or tag name>');
}
