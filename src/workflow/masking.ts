/** Which secret a job output holds: the runner drops such outputs. */
import { expressionsIn } from './expression.ts';
import { formulaOf } from './formula.ts';
import { type Job, type Scalar, sameName, stepCalled, type Workflow } from './model.ts';
import { readScript } from './shell.ts';

/** `echo "::add-mask::$TOKEN"`. */
const MASK = /::add-mask::\$\{?(\w+)\}?["']?\s*$/;
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
  const own = maskedBy(job, output);
  if (own !== undefined) return own;
  const value = withoutCommands(formulaOf({ workflow, job, followNeeds: false }, output.value));
  const reads = expressionsIn(value).flatMap((expression) => expression.reads);
  return reads.find(({ path, tested }) => path[0] === 'secrets' && !tested)?.path.join('.');
}

/** The step that writes it has hidden that very variable: `::add-mask::$TOKEN`. */
function maskedBy(job: Job, output: Scalar): string | undefined {
  const reads = expressionsIn(output.value).flatMap((expression) => expression.reads);
  for (const { path, tested } of reads) {
    const [context, id = '', kind, name = ''] = path;
    const step = context === 'steps' && kind === 'outputs' && !tested ? stepCalled(job, id) : undefined;
    const { writes = [], lines = [] } = step?.run ? readScript(step.run.value) : {};
    const masked = lines.flatMap((line) => MASK.exec(line)?.[1] ?? []);
    const written = writes.filter((one) => one.to === 'output' && sameName(one.name, name));
    const hidden = masked.find((one) =>
      written.some(({ value }) => new RegExp(`\\$(?:${one}\\b|\\{${one}\\})`).test(value)),
    );
    if (hidden !== undefined) return `$${hidden}`;
  }
  return undefined;
}

/** A program that is called with a secret rarely prints it; `echo` and `printf` do. */
function withoutCommands(value: string): string {
  return value.replaceAll(/\$\((?!\s*(?:echo|printf)\b)(?:[^()]|\([^()]*\))*\)/g, '');
}
