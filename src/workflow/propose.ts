/** Fixes that were tried: only those after which the checker is silent where it spoke, and speaks nowhere else. */
import { checkFile } from './check.ts';
import type { Finding, ReadFile } from './finding.ts';
import { applyEdits, type CheckedFix, type Edit, type Fix, type FixedFile } from './fix.ts';
import { fixView } from './fix-view.ts';
import { whyByHand } from './fixes/by-hand.ts';
import { IN_TEXT, MAKERS } from './fixes/index.ts';
import { isIntact } from './intact.ts';
import { type Parse, rememberingParse } from './read-workflow.ts';
import { unifiedDiff } from './unified-diff.ts';

const MAX_ROUNDS = 50;

/** Every way to mend each finding, best first, untried. `file` and `read` as for `checkFile`. Never throws. */
export function fixesFor(
  file: string,
  text: string,
  read: ReadFile,
  parse: Parse = rememberingParse(),
): readonly Fix[] {
  const view = fixView(file, text, read, parse);
  return checkFile(file, text, read, parse).flatMap((finding) => {
    if (!view || finding.file !== file) {
      const own = finding.file === file ? text : read(finding.file);
      const make = IN_TEXT.get(finding.rule);
      const remedies = own === undefined || !make ? [] : make(own, finding);
      return remedies.map((remedy) => ({ ...remedy, finding }));
    }
    const makers = MAKERS.get(finding.rule) ?? [];
    return makers.flatMap((make) => make(view, finding)).map((remedy) => ({ ...remedy, finding }));
  });
}

/** A fix with its proof; undefined when its finding stays, another one comes, or the file would mean something else. */
export function checkedFix(file: string, text: string, read: ReadFile, fix: Fix): CheckedFix | undefined {
  return tried({ file, text, read, known: new Map(), parse: rememberingParse() }, fix);
}

/** What is checked before and after each of several fixes; `known`: the findings before, by file. */
interface Trial {
  readonly file: string;
  readonly text: string;
  readonly read: ReadFile;
  readonly known: Map<string, readonly Finding[]>;
  readonly parse: Parse;
}

function tried({ file, text, read, known, parse }: Trial, fix: Fix): CheckedFix | undefined {
  const files = fixedFiles(file, text, read, fix.edits);
  if (!files || !files.every((one) => isIntact(one, parse))) return undefined;
  const edited = new Map(files.map(({ path, after }) => [path, after]));
  const readEdited: ReadFile = (path) => edited.get(path) ?? read(path);
  const paths = [...new Set([file, ...edited.keys()])];
  for (const path of paths)
    if (!known.has(path)) known.set(path, checkFile(path, (path === file ? text : read(path)) ?? '', read, parse));
  const before = paths.flatMap((path) => known.get(path) ?? []);
  const after = paths.flatMap((path) => checkFile(path, edited.get(path) ?? text, readEdited, parse));
  const gone = without(touchedLast(once(before), fix, files), once(after));
  const isNew = without(once(after), once(before)).length > 0;
  if (isNew || !gone.some((one) => keyOf(one) === keyOf(fix.finding))) return undefined;
  const { title, why, finding } = fix;
  const diff = files.map((one) => unifiedDiff(one.before, one.after, one.path)).join('');
  return { rule: finding.rule, title, why, files, diff, findings: gone };
}

/** Of several alike, those on an edited line are the ones that go. */
function touchedLast(findings: readonly Finding[], { edits }: Fix, files: readonly FixedFile[]): Finding[] {
  const text = (path: string) => files.find((one) => one.path === path)?.before ?? '';
  const lines = new Set(edits.map((edit) => `${edit.file}:${text(edit.file).slice(0, edit.start).split('\n').length}`));
  const isTouched = ({ file, exprLine }: Finding) => Number(lines.has(`${file}:${exprLine}`));
  return findings.toSorted((a, b) => isTouched(a) - isTouched(b));
}

/** One fix for each finding that has one, worst finding first; a lost value and the fallback that hides it are mended together. */
export function proposeFixes(file: string, text: string, read: ReadFile): readonly CheckedFix[] {
  const trial: Trial = { file, text, read, known: new Map(), parse: rememberingParse() };
  const proposed = [...proposals(trial, () => true)];
  const rank = new Map((trial.known.get(file) ?? []).map((finding, index) => [keyOf(finding), index]));
  const first = ({ findings }: CheckedFix) =>
    Math.min(...findings.map((one) => rank.get(keyOf(one)) ?? Number.MAX_SAFE_INTEGER));
  return proposed.toSorted((a, b) => first(a) - first(b));
}

/** One after the other, each tried only when it is asked for: every trial checks the files again. */
function* proposals(trial: Trial, wanted: (finding: Finding) => boolean): Generator<CheckedFix, void> {
  const fixes = fixesFor(trial.file, trial.text, trial.read, trial.parse);
  const done = new Set<string>();
  const failed = new Set<string>();
  // A name in `needs` that is wrong before one that is missing, a loss before what hides it.
  const refused = fixes.filter(({ finding }) => finding.rule === 'needs-unknown-job');
  const losses = fixes.filter(({ finding }) => finding.rule !== 'silent-fallback');
  for (const fix of [...refused, ...losses, ...fixes]) {
    if (done.has(placeOf(fix.finding)) || !wanted(fix.finding)) continue;
    const best = firstThatHolds(trial, pairs(fix, fixes), failed);
    if (!best) continue;
    for (const finding of best.findings) done.add(placeOf(finding));
    yield best;
  }
}

function firstThatHolds(trial: Trial, fixes: readonly Fix[], failed: Set<string>): CheckedFix | undefined {
  for (const fix of fixes) {
    const key = keyOf(fix.finding) + JSON.stringify(fix.edits);
    const result = failed.has(key) ? undefined : tried(trial, fix);
    if (result) return result;
    failed.add(key);
  }
  return undefined;
}

/** The texts with fix after fix applied, until none is left; only for findings that are `wanted`. Other files by their path. */
export function repaired(
  files: readonly { readonly file: string; readonly text: string }[],
  read: ReadFile,
  wanted: (finding: Finding) => boolean = () => true,
): readonly FixedFile[] {
  const original = new Map(files.map(({ file, text }) => [file, text]));
  const now = new Map(original);
  const readNow: ReadFile = (path) => now.get(path) ?? read(path);
  const parse = rememberingParse();
  for (const { file } of files)
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const trial: Trial = { file, text: now.get(file) ?? '', read: readNow, known: new Map(), parse };
      const { value: fix } = proposals(trial, wanted).next();
      if (!fix) break;
      for (const { path, before, after } of fix.files) {
        if (!original.has(path)) original.set(path, before);
        now.set(path, after);
      }
    }
  return [...now].flatMap(([path, after]) => {
    const before = original.get(path) ?? '';
    return before === after ? [] : [{ path, before, after }];
  });
}

/** The findings with the diff that mends each. */
export function withDiffs(
  findings: readonly Finding[],
  files: readonly { readonly file: string; readonly text: string }[],
  read: ReadFile,
): Finding[] {
  const fixes = files
    .flatMap(({ file, text }) => proposeFixes(file, text, read))
    .flatMap(({ findings: gone, diff }) => gone.map((one) => [placeOf(one), diff] as const));
  // The first is the one that mends a pair together.
  const diffs = new Map(fixes.toReversed());
  return findings.map((one) => {
    const diff = diffs.get(placeOf(one));
    return diff === undefined ? { ...one, fix: `${one.fix} ${whyByHand(one)}`.trimEnd() } : { ...one, diff };
  });
}

/** Together with the fallbacks that hide this loss, then alone. */
function pairs(fix: Fix, fixes: readonly Fix[]): Fix[] {
  const { finding } = fix;
  if (finding.rule === 'silent-fallback') return [fix];
  const hiding = fixes.filter(
    (one) =>
      one.finding.rule === 'silent-fallback' &&
      (isHidingIn(fix, one.finding) ||
        (one.finding.message.includes('loss is hidden') && belongs(one.finding, finding))),
  );
  if (hiding.length === 0) return [fix];
  const edits = [...fix.edits, ...hiding.flatMap((one) => one.edits)];
  const why = `${fix.why} ${[...new Set(hiding.map((one) => one.why))].join(' ')}`;
  const stop = [...new Set(hiding.map((one) => one.title.replace(/^./, (letter) => letter.toLowerCase())))].join(', ');
  return [{ ...fix, edits, why, title: `${fix.title}, and ${stop}` }, fix];
}

function isHidingIn({ arrives = [], finding }: Fix, fallback: Finding): boolean {
  return (
    finding.file === fallback.file && arrives.some(({ job, name }) => job === fallback.job && name === fallback.ref)
  );
}

/** In a followed file, or in the same job. */
function belongs(fallback: Finding, loss: Finding): boolean {
  return fallback.file === loss.file ? fallback.job === loss.job : loss.message.includes(`${fallback.file}:`);
}

function fixedFiles(file: string, text: string, read: ReadFile, edits: readonly Edit[]): FixedFile[] | undefined {
  const files: FixedFile[] = [];
  for (const path of new Set(edits.map((edit) => edit.file))) {
    const before = path === file ? text : read(path);
    const after =
      before === undefined
        ? undefined
        : applyEdits(
            before,
            edits.filter((edit) => edit.file === path),
          );
    if (before === undefined || after === undefined || after === before) return undefined;
    files.push({ path, before, after });
  }
  return files.length === 0 ? undefined : files;
}

/** Lines move with an edit, so a finding is known by the rest. */
function keyOf({ rule, file, job, ref }: Finding): string {
  return [rule, file, job, ref].join('\u0000');
}

/** Before any edit: one variable may be replaced at several places. */
function placeOf(one: Finding): string {
  return `${keyOf(one)} ${one.exprLine} ${one.exprColumn}`;
}

/** The first of those at one place: the checked file's own view of it. */
function once(findings: readonly Finding[]): Finding[] {
  const placed = findings.map((one) => [placeOf(one), one] as const);
  return [...new Map(placed.toReversed()).values()].toReversed();
}

/** Of the left those that the right has fewer of. */
function without(left: readonly Finding[], right: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  for (const one of right) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return left.filter((one) => {
    const more = counts.get(keyOf(one)) ?? 0;
    counts.set(keyOf(one), more - 1);
    return more <= 0;
  });
}
