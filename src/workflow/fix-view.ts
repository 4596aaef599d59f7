/** What a fix maker sees: the checked file with its value graph, and the other files of the commit. */
import type { Edge } from './edge.ts';
import { expressionsIn } from './expression.ts';
import type { Finding, ReadFile } from './finding.ts';
import type { Change, Edit, Remedy } from './fix.ts';
import { edgesOf } from './graph.ts';
import type { Job, Slot, Workflow } from './model.ts';
import { offsetOf } from './place.ts';
import { openProject, type Project } from './project.ts';
import { type Parse, readWorkflow } from './read-workflow.ts';
import { parseTree, type Tree } from './yaml.ts';

export interface FixView {
  readonly file: string;
  readonly text: string;
  readonly read: ReadFile;
  readonly project: Project;
  readonly workflow: Workflow;
  readonly tree: Tree;
  readonly edges: readonly Edge[];
}

/** Remedies of one rule's findings, best first. */
export type MakeRemedies = (view: FixView, finding: Finding) => readonly Remedy[];

/** Undefined for what is neither a workflow nor an action. */
export function fixView(file: string, text: string, read: ReadFile, parse: Parse = readWorkflow): FixView | undefined {
  const workflow = parse(file, text);
  const tree = parseTree(text);
  if (!workflow || !tree) return undefined;
  const project = openProject(file, read, parse);
  return { file, text, read, project, workflow, tree, edges: edgesOf(project, workflow) };
}

/** The edge that a finding of an edge's rule was told about. */
export function edgeOf({ workflow, edges }: FixView, finding: Finding): Edge | undefined {
  return edges.find((edge) => {
    if (edge.rule !== finding.rule || edge.ref !== finding.ref) return false;
    const word = edge.ref.includes('*') ? (edge.read.path.at(-1) ?? '') : edge.ref;
    const { line, column } = workflow.position(offsetOf(workflow, edge.slot, edge.expression, word));
    return line === finding.exprLine && column === finding.exprColumn;
  });
}

export function inFile(file: string, changes: readonly Change[]): Edit[] {
  return changes.map((change) => ({ file, ...change }));
}

/** Where a job's map stands in the file. */
export function jobPath({ workflow }: Pick<FixView, 'workflow'>, job: Job): string[] {
  return workflow.kind === 'action' ? ['runs'] : ['jobs', job.id];
}

/** Other text for the segments of a read, wherever its slot spells it: `needs.old.outputs.x` -> `needs.new.outputs.x`. */
export function respell({ text }: FixView, slot: Slot, path: readonly string[], to: readonly string[]): Change[] {
  const { start, end } = slot.scalar;
  const source = text.slice(start, end);
  const inside = expressionsIn(source, slot.place === 'if');
  const isBare = slot.place === 'if' && !source.includes('${{');
  const pattern = new RegExp(
    path
      .map((part, index) =>
        index === 0
          ? `(?<![\\w.-])(${escaped(part)})`
          : `(?:\\s*\\.\\s*(${escaped(part)})|\\s*\\[\\s*'(${escaped(part)})'\\s*\\])`,
      )
      .join('') + '(?![\\w-])',
    'gid',
  );
  return [...source.matchAll(pattern)].flatMap((match) => {
    const within = isBare || inside.some((one) => match.index > one.at && match.index < one.at + one.text.length + 5);
    if (!within) return [];
    const spans = (match.indices ?? []).slice(1).filter((span) => span !== undefined);
    return spans.flatMap(([from, until], index) => {
      const wanted = to[index];
      return wanted === undefined || wanted === path[index]
        ? []
        : [{ start: start + from, end: start + until, text: wanted }];
    });
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w]/g, '\\$&');
}
