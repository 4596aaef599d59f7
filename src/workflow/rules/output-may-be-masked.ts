/** A job output whose value holds a secret is dropped by the runner: its readers get an empty value. */
import { secretIn } from '../masking.ts';
import type { Rule } from '../rule.ts';

export const outputMayBeMasked: Rule = {
  id: 'output-may-be-masked',
  title: 'A job output holds a secret and is dropped',
  inWorkflow: ({ workflow }) =>
    workflow.jobs.flatMap((job) =>
      [...job.outputs].flatMap(([name, scalar]) => {
        const ref = secretIn(workflow, job, scalar);
        if (ref === undefined) return [];
        return [
          {
            severity: 'warning' as const,
            offset: scalar.start,
            job: job.id,
            ref: `outputs.${name}`,
            message: `Output \`${name}\` holds the value of \`${ref}\`: the runner drops outputs that contain a secret, and readers get an empty value.`,
            fix: `Pass on the part without the secret, and put \`${ref}\` before it in the job that reads it; or make it a variable (\`vars\`).`,
          },
        ];
      }),
    ),
};
