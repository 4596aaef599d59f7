/** How a tag is made, as far as it can be read: values followed within a job and reduced to marks such as `«short»`. */
import { cutTo, marked } from './commit-marks.ts';
import type { Read } from './expression.ts';
import { expressionsIn } from './expression.ts';
import { metadataTags } from './metadata-tags.ts';
import { entryOf, type Job, jobCalled, type Scalar, type Step, sameName, stepCalled, type Workflow } from './model.ts';
import { readScript } from './shell.ts';

export interface Scope {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly step?: Step;
  /** Follow `needs` into the producing job; without it they stay opaque. */
  readonly followNeeds: boolean;
  /** False: values of other steps stay opaque, too. */
  readonly followSteps?: boolean;
  /** Whose assignments count, where it is not the step's `run`. */
  readonly script?: string;
  /** Only its assignments above this line count. */
  readonly above?: number;
  /** Values that may still be looked up: each may be made of many, and each of those again. */
  readonly left?: { values: number };
}

const MAX_DEPTH = 5;
const MOST_VALUES = 200;
/** Cut to its first characters (`${SHA::7}`), with a default, or in other case. */
const VARIABLE =
  /\$(?:env:)?(?:\{(?<cut>[A-Za-z_]\w*):0?:(?<length>\d+)\}|\{(?<withDefault>[A-Za-z_]\w*)(?::?-[^{}$]*|,,|\^\^)\}|\{?(?<plain>[A-Za-z_]\w*)\}?)/g;

/** `sha-«short»` for `sha-${{ steps.x.outputs.tag }}`; what cannot be followed stays as written. */
export function formulaOf(whose: Scope, text: string, depth = 0): string {
  const { left = { values: MOST_VALUES } } = whose;
  const scope = { ...whose, left };
  let out = marked(text.slice(0, 500).replaceAll(/["']/g, ''));
  if (depth >= MAX_DEPTH) return out;
  for (const { text: inner, reads } of expressionsIn(out)) {
    const [read] = reads;
    const value = read && reads.length === 1 && left.values-- > 0 ? valueOf(scope, read, depth + 1) : undefined;
    if (value !== undefined) out = out.replace(`\${{${inner}}}`, () => value);
  }
  const whole = out.replaceAll(VARIABLE, (as, ...[cut, length, held, name]: (string | undefined)[]) => {
    const value = left.values-- > 0 ? variableOf(scope, cut ?? held ?? name ?? '', depth + 1) : undefined;
    return (value !== undefined && length !== undefined ? cutTo(value, Number(length)) : value) ?? as;
  });
  // A variable that holds the commit may be cut: `${SHA::7}`, `$(echo $SHA | cut -c1-7)`.
  return marked(whole);
}

function valueOf(scope: Scope, { path }: Read, depth: number): string | undefined {
  const [context, name = '', , output = ''] = path;
  if (context === 'env') return variableOf({ ...scope }, name, depth);
  if (context === 'steps') {
    if (scope.followSteps === false) return undefined;
    const step = stepCalled(scope.job, name);
    if (!step) return undefined;
    const made = output === 'version' ? metadataTags(step) : undefined;
    if (made) return made.length === 1 ? formulaOf({ ...scope, step }, made[0] ?? '', depth) : undefined;
    return writtenBy({ ...scope, step }, output, 'output', depth);
  }
  if (context !== 'needs' || !scope.followNeeds) return undefined;
  const job = jobCalled(scope.workflow, name);
  const value = job && entryOf(job.outputs, output);
  return value && formulaOf({ workflow: scope.workflow, job, followNeeds: true, ...leftOf(scope) }, value.value, depth);
}

function leftOf({ left }: Scope): Pick<Scope, 'left'> {
  return left === undefined ? {} : { left };
}

function variableOf(scope: Scope, name: string, depth: number): string | undefined {
  const { job, step, workflow, script = step?.run?.value } = scope;
  if (script !== undefined) {
    const { above = Number.POSITIVE_INFINITY } = scope;
    const own = readScript(script).assignments.findLast((one) => one.name === name && one.line < above);
    // `TAG=${TAG::7}` is made of what stood there before.
    if (own) return formulaOf({ ...scope, above: own.line }, own.value, depth);
  }
  const fixed = ownOf(step, name) ?? job.env.get(name) ?? workflow.env.get(name);
  if (fixed) return formulaOf(scope, fixed.value, depth);
  if (scope.followSteps === false) return undefined;
  for (const earlier of job.steps) {
    const written = earlier === step ? undefined : writtenBy({ ...scope, step: earlier }, name, 'env', depth);
    if (written !== undefined) return written;
  }
  return undefined;
}

/** `TAG: ${{ env.TAG }}` hands on what is set outside of the step. */
function ownOf(step: Step | undefined, name: string): Scalar | undefined {
  const given = step?.env.get(name);
  const reads = expressionsIn(given?.value ?? '').flatMap((expression) => expression.reads);
  return reads.some(({ path }) => path[0] === 'env' && sameName(path[1] ?? '', name)) ? undefined : given;
}

function writtenBy(
  scope: Scope & { readonly step: Step },
  name: string,
  to: 'output' | 'env',
  depth: number,
): string | undefined {
  if (!scope.step.run) return undefined;
  const write = readScript(scope.step.run.value).writes.find((one) => one.to === to && sameName(one.name, name));
  return write && write.value !== '' ? formulaOf(scope, write.value, depth) : undefined;
}
