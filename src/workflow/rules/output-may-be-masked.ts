/** A job output whose value holds a secret is dropped by the runner: its readers get an empty value. */
import { expressionsIn } from '../expression.ts';
import { formulaOf } from '../formula.ts';
import type { Rule } from '../rule.ts';

export const outputMayBeMasked: Rule = {
  id: 'output-may-be-masked',
  title: 'A job output holds a secret and is dropped',
  inWorkflow: ({ workflow }) =>
    workflow.kind === 'action'
      ? []
      : workflow.jobs.flatMap((job) =>
          [...job.outputs].flatMap(([name, scalar]) => {
            const value = formulaOf({ workflow, job, followNeeds: false }, scalar.value);
            const secret = expressionsIn(withoutCommands(value))
              .flatMap(({ reads }) => reads)
              .find(({ path, tested }) => path[0] === 'secrets' && !tested);
            if (!secret) return [];
            const ref = secret.path.join('.');
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

/** A program that is called with a secret rarely prints it; `echo` and `printf` do. */
function withoutCommands(value: string): string {
  return value.replaceAll(/\$\((?!\s*(?:echo|printf)\b)(?:[^()]|\([^()]*\))*\)/g, '');
}
