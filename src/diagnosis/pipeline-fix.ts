/** The checked fix for the fault that lost a tag, from the files as they were at one commit. */
import type { RunTrace } from '../evidence/build-trace.ts';
import { valueOf } from '../evidence/observation.ts';
import { checkFile } from '../workflow/check.ts';
import type { Finding } from '../workflow/finding.ts';
import type { CheckedFix } from '../workflow/fix.ts';
import { proposeFixes, repaired } from '../workflow/propose.ts';
import { unifiedDiff } from '../workflow/unified-diff.ts';

/** A workflow file and what it uses. */
export interface PipelineFiles {
  readonly workflow: { readonly path: string; readonly text: string };
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** Which finding: the checker's rule and what the faulty place reads (`needs.build.outputs.tag`, empty where it reads nothing). */
export interface WantedFix {
  readonly rule: string;
  readonly ref: string;
}

/**
 * undefined: no edit makes this finding go away without making a new one, or the file is not known. The fault may lie in a called
 * workflow; every other error of the same pipeline that can be mended is mended with it, so that the checker is silent afterwards.
 */
export function pipelineFix(pipeline: RunTrace | PipelineFiles, wanted: WantedFix): CheckedFix | undefined {
  const known = 'run' in pipeline ? filesOf(pipeline) : pipeline;
  if (known === undefined) return undefined;
  const before = new Map([known.workflow, ...known.files].map(({ path, text }) => [path, text]));
  const workflows = [...before.keys()].filter((path) => /\.ya?ml$/i.test(path));
  const main = workflows
    .flatMap((path) => proposeFixes(path, before.get(path) ?? '', (other) => before.get(other)))
    .find(({ findings }) => findings.some(({ rule, ref }) => rule === wanted.rule && (ref ?? '') === wanted.ref));
  return main && withTheRest(main, workflows, before);
}

type Texts = ReadonlyMap<string, string>;

/** From the original texts, caller first: a fallback is stopped while it still hides the loss, then the loss itself is mended. */
function withTheRest(main: CheckedFix, workflows: readonly string[], before: Texts): CheckedFix {
  const read = (path: string) => before.get(path);
  const inputs = workflows.map((file) => ({ file, text: before.get(file) ?? '' }));
  const first = new Set(main.findings.map(keyOf));
  const isWanted = (one: Finding) => one.severity === 'error' || first.has(keyOf(one));
  const files = repaired(inputs, read, isWanted);
  const after = new Map([...before, ...files.map((one) => [one.path, one.after] as const)]);
  const left = new Set(findingsIn(workflows, after).filter(isWanted).map(keyOf));
  const isMain = files.every(({ path, after: text }) =>
    main.files.some((one) => one.path === path && one.after === text),
  );
  if (isMain || [...first].some((key) => left.has(key))) return main;
  const also = findingsIn(workflows, before).filter(
    (one) => isWanted(one) && !left.has(keyOf(one)) && !first.has(keyOf(one)),
  );
  return {
    ...main,
    files,
    diff: files.map((one) => unifiedDiff(one.before, one.after, one.path)).join(''),
    why: `${main.why} What else loses a value in the same pipeline is mended with it (${also.map(({ file, exprLine }) => `${file}:${exprLine}`).join(', ')}).`,
    findings: [...main.findings, ...also],
  };
}

function findingsIn(workflows: readonly string[], texts: Texts): readonly Finding[] {
  return workflows.flatMap((path) => checkFile(path, texts.get(path) ?? '', (other) => texts.get(other)));
}

/** Lines move with an edit, so a finding is known by the rest. */
function keyOf({ rule, file, job, ref }: Finding): string {
  return JSON.stringify([rule, file, job, ref]);
}

function filesOf({ workflow, files, run }: RunTrace): PipelineFiles | undefined {
  const main = valueOf(workflow);
  return (
    main && { workflow: main, files: files.filter(({ repository, path }) => isOwn(run.repository, repository, path)) }
  );
}

/** What stands under its repository's full name was called as another's would be: it may be of another commit. */
function isOwn(repository: string, ofFile: string, path: string): boolean {
  return ofFile === repository && !path.startsWith(`${repository}/`);
}
