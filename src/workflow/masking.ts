/** Which secret a job output holds: the runner drops such outputs. */
import { expressionsIn } from './expression.ts';
import { formulaOf } from './formula.ts';
import type { Job, Scalar, Workflow } from './model.ts';

/** By the output: every reader of it asks. */
const known = new WeakMap<Scalar, { readonly secret: string | undefined }>();

/** `secrets.REGISTRY`, or undefined. An action's output is no job output and is kept. */
export function secretIn(workflow: Workflow, job: Job, output: Scalar): string | undefined {
  if (workflow.kind === 'action') return undefined;
  const held = known.get(output) ?? { secret: readSecret(workflow, job, output) };
  known.set(output, held);
  return held.secret;
}

function readSecret(workflow: Workflow, job: Job, output: Scalar): string | undefined {
  const value = withoutCommands(formulaOf({ workflow, job, followNeeds: false }, output.value));
  const reads = expressionsIn(value).flatMap((expression) => expression.reads);
  return reads.find(({ path, tested }) => path[0] === 'secrets' && !tested)?.path.join('.');
}

/** A program that is called with a secret rarely prints it; `echo` and `printf` do. */
function withoutCommands(value: string): string {
  return value.replaceAll(/\$\((?!\s*(?:echo|printf)\b)(?:[^()]|\([^()]*\))*\)/g, '');
}
