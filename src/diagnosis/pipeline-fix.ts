/** The checked fix for the fault that lost a tag, from the files as they were at one commit. */
import type { RunTrace } from '../evidence/build-trace.ts';
import { valueOf } from '../evidence/observation.ts';
import type { CheckedFix } from '../workflow/fix.ts';
import { proposeFixes } from '../workflow/propose.ts';

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

/** undefined: no edit makes this finding go away without making a new one, or the file is not known. */
export function pipelineFix(pipeline: RunTrace | PipelineFiles, wanted: WantedFix): CheckedFix | undefined {
  const known = 'run' in pipeline ? filesOf(pipeline) : pipeline;
  if (known === undefined) return undefined;
  const { workflow, files } = known;
  const read = (path: string) => files.find((file) => file.path === path)?.text;
  return proposeFixes(workflow.path, workflow.text, read).find(({ findings }) =>
    findings.some(({ rule, ref }) => rule === wanted.rule && (ref ?? '') === wanted.ref),
  );
}

function filesOf({ workflow, files, run }: RunTrace): PipelineFiles | undefined {
  const main = valueOf(workflow);
  return main && { workflow: main, files: files.filter(({ repository }) => repository === run.repository) };
}
