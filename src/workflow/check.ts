/** One file through every rule. */

import type { Finding, ReadFile, WorkflowReport } from './finding.ts';
import { edgesOf } from './graph.ts';
import { type Hideout, hideouts } from './hideouts.ts';
import { openProject } from './project.ts';
import { type Parse, readWorkflow } from './read-workflow.ts';
import type { Draft, Rule, TextView } from './rule.ts';
import { RULES } from './rules/index.ts';
import { positionsIn } from './yaml.ts';

/** Findings of one workflow, composite action, script or Makefile, worst first. `read` gives the other files of the same commit. Never throws. */
export function checkFile(file: string, text: string, read: ReadFile, parse: Parse = readWorkflow): Finding[] {
  const isYaml = /\.ya?ml$/i.test(file);
  const workflow = isYaml ? parse(file, text) : undefined;
  if (!workflow) return isYaml ? [] : checkText(file, text, []);
  const project = openProject(file, read, parse);
  const view = { project, workflow, edges: edgesOf(project, workflow) };
  const own = RULES.flatMap((rule) =>
    (rule.inWorkflow?.(view) ?? []).map((draft) => findingOf(rule, file, draft, workflow.position)),
  );
  const hidden = hideouts(view);
  const pairs = hidden.flatMap((one) =>
    checkText(one.file, one.text, one.empty).filter(({ rule }) => rule === 'silent-fallback'),
  );
  return order([
    ...new Map(
      [...pairs, ...told(own, hidden, { pairs, position: workflow.position })].map((one) => [keyOf(one), one]),
    ).values(),
  ]);
}

/** The whole report; files that cannot be read are the caller's affair. */
export function checkFiles(
  files: readonly { readonly file: string; readonly text: string }[],
  read: ReadFile,
  job?: string,
): WorkflowReport {
  const found = files.flatMap(({ file, text }) => checkFile(file, text, read));
  const once = [...new Map(found.map((one) => [keyOf(one), one])).values()];
  const findings = job === undefined ? once : once.filter((one) => one.job === null || one.job === job);
  return { apiVersion: 'pullcheck/v1', kind: 'WorkflowReport', files: files.map(({ file }) => file), findings };
}

function checkText(file: string, text: string, empty: readonly string[]): Finding[] {
  const kind = /(?:^|\/)(?:GNU)?[Mm]akefile(?:\.[\w-]+)?$|\.mk$/.test(file) ? 'makefile' : 'script';
  const view: TextView = { kind, text, empty };
  return order(
    RULES.flatMap((rule) =>
      (rule.inText?.(view) ?? []).map((draft) => findingOf(rule, file, draft, positionsIn(text))),
    ),
  );
}

/** The lost value's own finding says where the loss is hidden. */
function told(
  own: readonly Finding[],
  hidden: readonly Hideout[],
  { pairs, position }: { readonly pairs: readonly Finding[]; readonly position: Position },
): Finding[] {
  return own.map((finding) => {
    const where = hidden.find(({ from }) => from.some((offset) => position(offset).line === finding.line));
    const fallback = where && pairs.find((pair) => pair.file === where.file);
    if (!fallback) return finding;
    return {
      ...finding,
      message: `${finding.message} ${fallback.file}:${fallback.exprLine} hides it with a made-up value.`,
    };
  });
}

type Position = (offset: number) => { readonly line: number; readonly column: number };

function findingOf(
  rule: Rule,
  file: string,
  draft: Draft,
  position: (offset: number) => { line: number; column: number },
): Finding {
  const { offset, severity, job, ref, message, fix } = draft;
  const { line: exprLine, column: exprColumn } = position(offset);
  const place = position(draft.scalarAt ?? offset);
  return { rule: rule.id, severity, file, ...place, exprLine, exprColumn, job, ref, message, fix };
}

const RANK = { error: 0, warning: 1, info: 2 };

function order(findings: readonly Finding[]): Finding[] {
  const hides = ({ message }: Finding) =>
    message.includes('hides it') ? 0 : message.includes('loss is hidden') ? 1 : 2;
  return findings.toSorted(
    (a, b) =>
      hides(a) - hides(b) ||
      RANK[a.severity] - RANK[b.severity] ||
      a.exprLine - b.exprLine ||
      a.exprColumn - b.exprColumn,
  );
}

function keyOf({ rule, file, exprLine, exprColumn, ref }: Finding): string {
  return [rule, file, exprLine, exprColumn, ref].join('\u0000');
}
