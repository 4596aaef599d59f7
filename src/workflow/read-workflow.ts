/** YAML text -> Workflow. */
import { expressionsIn } from './expression.ts';
import type { Input, Job, Place, Scalar, Slot, Step, Workflow } from './model.ts';
import { child, deepScalars, entries, items, parseTree, scalarMap, scalarOf, type Tree } from './yaml.ts';

/** Reads one file; undefined when the text is neither a workflow nor an action. */
export type Parse = (file: string, text: string) => Workflow | undefined;

/** A workflow or a composite action; undefined when the text is neither. Never throws. */
export function readWorkflow(file: string, text: string): Workflow | undefined {
  const tree = parseTree(text);
  if (!tree) return undefined;
  const jobs = child(tree, tree.root, 'jobs');
  if (jobs) return workflowOf(tree, file, jobs.node);
  const runs = child(tree, tree.root, 'runs');
  return runs ? actionOf(tree, file, runs.node) : undefined;
}

const MOST_KNOWN = 12;

/** `readWorkflow` that remembers the last few texts: while fixes are tried, the same come again and again. */
export function rememberingParse(): Parse {
  const known = new Map<string, Workflow | undefined>();
  return (file, text) => {
    const key = `${file}\u0000${text}`;
    if (known.has(key)) return known.get(key);
    const workflow = readWorkflow(file, text);
    known.set(key, workflow);
    for (const oldest of known.keys()) if (known.size > MOST_KNOWN) known.delete(oldest);
    return workflow;
  };
}

function workflowOf(tree: Tree, file: string, jobsNode: unknown): Workflow {
  const call = child(tree, child(tree, tree.root, 'on')?.node, 'workflow_call')?.node;
  const slots: Slot[] = [];
  const jobs = entries(tree, jobsNode).map(({ key, keyAt, node }) => {
    const job = jobOf(tree, { id: key, keyAt, node });
    slots.push(...slotsOf(tree, node, job));
    return job;
  });
  const outputs = callOutputs(tree, child(tree, call, 'outputs')?.node);
  for (const [key, scalar] of outputs) slots.push(slot(scalar, 'output', key));
  const env = scalarMap(tree, child(tree, tree.root, 'env')?.node);
  for (const [key, scalar] of env) slots.push(slot(scalar, 'env', key));
  const inputs = inputsOf(tree, child(tree, call, 'inputs')?.node);
  return { kind: 'workflow', file, text: tree.text, env, jobs, inputs, outputs, slots, position: tree.position };
}

function actionOf(tree: Tree, file: string, runs: unknown): Workflow {
  const outputs = callOutputs(tree, child(tree, tree.root, 'outputs')?.node);
  const job = jobOf(tree, { id: '', keyAt: 0, node: runs });
  const slots = slotsOf(tree, runs, job);
  // An action of JavaScript or a container sets its outputs itself; only a composite one reads them from steps.
  const isComposite = child(tree, runs, 'steps') !== undefined;
  if (isComposite) for (const [key, scalar] of outputs) slots.push({ ...slot(scalar, 'output', key), job });
  const inputs = inputsOf(tree, child(tree, tree.root, 'inputs')?.node);
  const env = new Map<string, Scalar>();
  return { kind: 'action', file, text: tree.text, env, jobs: [job], inputs, outputs, slots, position: tree.position };
}

function inputsOf(tree: Tree, node: unknown): Input[] {
  return entries(tree, node).map(({ key, keyAt, node: input }) => {
    const given = child(tree, input, 'default');
    const value = scalarOf(given?.node)?.value;
    return {
      name: key,
      keyAt,
      required: scalarOf(child(tree, input, 'required')?.node)?.value === 'true',
      hasDefault: given !== undefined,
      ...(value === undefined ? {} : { default: value }),
    };
  });
}

function callOutputs(tree: Tree, node: unknown): Map<string, Scalar> {
  const found = new Map<string, Scalar>();
  for (const { key, node: output } of entries(tree, node)) {
    const entry = child(tree, output, 'value');
    const value = entry && scalarOf(entry.node, entry.keyAt);
    if (value) found.set(key, value);
  }
  return found;
}

function jobOf(tree: Tree, { id, keyAt, node }: { id: string; keyAt: number; node: unknown }): Job {
  const text = (key: string) => scalarOf(child(tree, node, key)?.node)?.value;
  const needs = needsOf(tree, child(tree, node, 'needs')?.node);
  const [name, uses, condition] = ['name', 'uses', 'if'].map(text);
  const defaults = child(tree, child(tree, node, 'defaults')?.node, 'run')?.node;
  const shell = scalarOf(child(tree, defaults, 'shell')?.node)?.value;
  return {
    id,
    keyAt,
    needs,
    needsKnown: !needs.some(({ value }) => value.includes('${{')),
    outputs: scalarMap(tree, child(tree, node, 'outputs')?.node),
    env: scalarMap(tree, child(tree, node, 'env')?.node),
    inputs: scalarMap(tree, child(tree, node, 'with')?.node),
    steps: items(tree, child(tree, node, 'steps')?.node).map((item, index) => stepOf(tree, item, index)),
    hasMatrix: child(tree, child(tree, node, 'strategy')?.node, 'matrix') !== undefined,
    ...(name ? { name } : {}),
    ...(uses === undefined ? {} : { uses }),
    ...(condition === undefined ? {} : { condition }),
    ...(shell === undefined ? {} : { shell }),
  };
}

/** A single job or a list. */
function needsOf(tree: Tree, node: unknown): Scalar[] {
  const single = scalarOf(node);
  const all = single ? [single] : items(tree, node).flatMap((item) => scalarOf(item) ?? []);
  return all.filter(({ value }) => value !== '');
}

function stepOf(tree: Tree, node: unknown, index: number): Step {
  const text = (key: string) => scalarOf(child(tree, node, key)?.node)?.value;
  const entry = child(tree, node, 'run');
  const run = entry && scalarOf(entry.node, entry.keyAt);
  const [id, name, uses, shell, condition] = ['id', 'name', 'uses', 'shell', 'if'].map(text);
  return {
    index,
    env: scalarMap(tree, child(tree, node, 'env')?.node),
    inputs: scalarMap(tree, child(tree, node, 'with')?.node),
    ...(id ? { id } : {}),
    ...(name ? { name } : {}),
    ...(uses === undefined ? {} : { uses }),
    ...(shell === undefined ? {} : { shell }),
    ...(run ? { run } : {}),
    ...(condition === undefined ? {} : { condition }),
  };
}

function slotsOf(tree: Tree, node: unknown, job: Job): Slot[] {
  const own = entries(tree, node).flatMap(({ key, keyAt, node: value }) => {
    if (key === 'needs' || key === 'steps') return [];
    const scalar = scalarOf(value, keyAt);
    const place = key === 'outputs' ? 'output' : placeOf(key);
    if (scalar) return [{ ...slot(scalar, place, key), job }];
    return deepScalars(tree, value).map((one) => ({ ...slot(one.scalar, place, one.path.at(-1) ?? key), job }));
  });
  const steps = items(tree, child(tree, node, 'steps')?.node).flatMap((item, index) => {
    const step = job.steps[index];
    return deepScalars(tree, item).map(({ path, scalar }) => ({
      ...slot(scalar, placeOf(path[0] ?? ''), path.at(-1) ?? ''),
      job,
      ...(step ? { step } : {}),
    }));
  });
  return [...own, ...steps].filter((one) => one.expressions.length > 0 || isScript(one));
}

/** Also of an action that is given one: `script`, `inlineScript`. */
function isScript({ place, key }: Slot): boolean {
  return place === 'run' || (place === 'with' && /^(?:inline-?)?script$/i.test(key));
}

function placeOf(key: string): Place {
  return key === 'if' || key === 'env' || key === 'with' || key === 'run' || key === 'name' ? key : 'other';
}

function slot(scalar: Scalar, place: Place, key: string): Slot {
  return { scalar, place, key, expressions: expressionsIn(scalar.value, place === 'if') };
}
