/** All legs of a matrix write the same job output; the last one wins. */
import { expressionsIn } from '../expression.ts';
import { formulaOf } from '../formula.ts';
import { type Job, sameName, type Workflow } from '../model.ts';
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
          const differs = expressionsIn(value).some(({ reads }) => reads.some(({ path }) => path[0] === 'matrix'));
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
      reads.some(({ path }) => path[0] === 'needs' && sameName(path[1] ?? '', job.id) && sameName(path[3] ?? '', name)),
    ),
  );
}
