/** The JavaScript of `actions/github-script`: which outputs it sets. */
import type { Step } from './model.ts';

const ACTION = /^actions\/github-script@/i;
const SET = /\bcore\s*\.\s*setOutput\s*\(\s*(?:'([^'\n]*)'|"([^"\n]*)"|`([^`$\n]*)`)\s*,/g;
/** Ways in which other code may set one: modules, `core` handed on or taken apart, the file itself. */
const ELSEWHERE =
  /\brequire\s*\(\s*['"`]?(?:[./]|\$|process)|\bimport\s*\(|GITHUB_OUTPUT|set-output|\bexec\b|child_process|GITHUB_WORKSPACE/;

/** The script of such a step. */
export function githubScript(step: Step): string | undefined {
  return step.uses !== undefined && ACTION.test(step.uses) ? step.inputs.get('script')?.value : undefined;
}

/** The names it sets besides `result`, which is what it returns; undefined when they cannot all be read. */
export function outputsSet(script: string): readonly string[] | undefined {
  const plain = script.slice(0, 100_000).replaceAll(/^\s*\/\/.*$/gm, '');
  const set = [...plain.matchAll(SET)].flatMap(([, single, double, back]) => single ?? double ?? back ?? []);
  const uses = plain.match(/\bsetOutput\b/g)?.length ?? 0;
  const handedOn = /\bcore\b(?!\s*\.)/.test(plain.replaceAll(/(["'`])(?:(?!\1)[^\\\n])*\1/g, "''"));
  // One that sets nothing by name is one whose way to do it was not recognised.
  if (set.length === 0 || uses !== set.length || handedOn || isElsewhere(plain)) return undefined;
  return [...new Set(set)];
}

/** A file that is only data sets nothing. */
function isElsewhere(script: string): boolean {
  return ELSEWHERE.test(script.replaceAll(/require\s*\(\s*['"`][^'"`\n]*\.json['"`]\s*\)/g, ''));
}
