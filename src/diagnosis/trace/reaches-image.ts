/** Does a value that a job reads get into the tag that the job deploys? Only where every command that deploys can be read. */
import { deployingTags } from '../../workflow/deployed.ts';
import type { Edge } from '../../workflow/edge.ts';
import { entryOf, type Job, type Scalar, type Step, sameName, type Workflow } from '../../workflow/model.ts';

/** Set by the runner, from nothing that a job could lose. */
const RUNNERS_OWN = /^(?:GITHUB|RUNNER)_|^(?:HOME|PATH|PWD|USER|HOSTNAME|CI)$/;
const NAMES = /\$\{?([A-Za-z_]\w*)|\benv\.([A-Za-z_]\w*)/g;
const MOST = 200;

/** A text of a step, perhaps with the scalar that it is. */
interface Source {
  readonly step: Step;
  readonly text: string;
  /** Where the scalar begins in the file. */
  readonly start?: number;
}

/** `no` is proven by the files; anything that cannot be read leaves it `unknown`. */
export function reachesImage(workflow: Workflow, job: Job, edge: Edge): 'yes' | 'no' | 'unknown' {
  const tags = deployingTags(job);
  if (tags === undefined || tags.length === 0 || edge.slot.place === 'with') return 'unknown';
  const queue: Source[] = [...tags];
  const known = new Set<string>();
  let isUnknown = false;
  for (let next = queue.shift(); next !== undefined && known.size < MOST; next = queue.shift()) {
    if (isSlot(next, edge)) return 'yes';
    for (const [name, sources] of sourcesOf({ workflow, job }, next)) {
      const key = `${next.step.index}/${name}`;
      if (known.has(key)) continue;
      known.add(key);
      queue.push(...sources);
      isUnknown ||= sources.length === 0 && !RUNNERS_OWN.test(name);
    }
  }
  return isUnknown || queue.length > 0 ? 'unknown' : 'no';
}

function isSlot({ text, start }: Source, { slot, expression }: Edge): boolean {
  return slot.place === 'run' ? text.includes(`\${{${expression.text}}}`) : start === slot.scalar.start;
}

/** What a text names, each with everything that may give it its value. */
function sourcesOf(
  { workflow, job }: { readonly workflow: Workflow; readonly job: Job },
  { step, text }: Source,
): readonly (readonly [name: string, sources: readonly Source[]])[] {
  const variables = [...text.matchAll(NAMES)].map(([, variable, context]) => variable ?? context ?? '');
  const outputs = job.steps.filter(({ id }) => id !== undefined && readsStep(text, id));
  return [
    ...variables.map((name) => {
      const scalar = entryOf(step.env, name) ?? entryOf(job.env, name) ?? entryOf(workflow.env, name);
      return [name, [...assigned(job, step, name), ...(scalar === undefined ? [] : [sourceOf(step, scalar)])]] as const;
    }),
    // Whatever a step is given may be in its output.
    ...outputs.map((one) => {
      const given = [...one.env.values(), ...one.inputs.values(), ...(one.run === undefined ? [] : [one.run])];
      return [`steps.${one.id}`, given.map((scalar) => sourceOf(one, scalar))] as const;
    }),
  ];
}

function sourceOf(step: Step, { value, start }: Scalar): Source {
  return { step, text: value, start };
}

function readsStep(text: string, id: string): boolean {
  return [...text.matchAll(/\bsteps\.([\w-]+)\./g)].some(([, name = '']) => sameName(name, id));
}

/** In the scripts of the job up to this step, also into the file that sets variables for later steps. */
function assigned(job: Job, { index }: Step, name: string): readonly Source[] {
  const form = new RegExp(`(?<![\\w-])${name}=(.*)$`, 'gm');
  return job.steps
    .filter((one) => one.index <= index)
    .flatMap((step) => [...(step.run?.value ?? '').matchAll(form)].map(([, text = '']) => ({ step, text })));
}
