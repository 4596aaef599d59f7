/** All legs of a matrix write the same job output; the last one wins. */
import { expressionsIn } from '../expression.ts';
import { formulaOf } from '../formula.ts';
import { type Job, sameName, stepCalled, type Workflow } from '../model.ts';
import type { Rule } from '../rule.ts';

export const matrixOutputOverwritten: Rule = {
  id: 'matrix-output-overwritten',
  title: 'Every leg of a matrix overwrites the same output',
  inWorkflow: ({ workflow }) =>
    workflow.jobs
      .filter((job) => job.hasMatrix)
      .flatMap((job) =>
        [...job.outputs].flatMap(([name, scalar]) => {
          const value = formulaOf({ workflow, job, followNeeds: false }, scalar.value);
          const differs = ofMatrix(value) || isOwnImage(job, scalar.value);
          if (!differs || expressionsIn(scalar.value).length !== 1 || !isRead(workflow, job, name)) return [];
          return [
            {
              severity: 'warning' as const,
              offset: scalar.start,
              job: job.id,
              ref: `outputs.${name}`,
              message: `Output \`${name}\` differs between the legs of the matrix, and only the one that ends last is kept.`,
              fix: 'Write one output for each leg, or pass the values on as an artifact.',
            },
          ];
        }),
      ),
};

function isRead(workflow: Workflow, job: Job, name: string): boolean {
  return workflow.slots.some(({ expressions }) =>
    expressions.some(({ reads }) =>
      reads.some(
        ({ path }) =>
          (path[0] === 'needs' || path[0] === 'jobs') &&
          sameName(path[1] ?? '', job.id) &&
          sameName(path[3] ?? '', name),
      ),
    ),
  );
}

function ofMatrix(text: string): boolean {
  return expressionsIn(text).some(({ reads }) => reads.some(({ path }) => path[0] === 'matrix'));
}

/** The digest of an image that each leg builds in its own way, or the names that it gets. */
function isOwnImage(job: Job, text: string): boolean {
  const [context, id = '', , output = ''] = expressionsIn(text)[0]?.reads[0]?.path ?? [];
  const step = context === 'steps' ? stepCalled(job, id) : undefined;
  if (!step) return false;
  const given = (...names: string[]) => names.some((name) => ofMatrix(step.inputs.get(name)?.value ?? ''));
  if (step.uses?.startsWith('docker/build-push-action@'))
    return /^(?:digest|imageid)$/.test(output) && given('platforms', 'file', 'context', 'target', 'build-args');
  return (
    (step.uses?.startsWith('docker/metadata-action@') ?? false) &&
    /^(?:tags|json)$/.test(output) &&
    given('images', 'tags', 'flavor')
  );
}
