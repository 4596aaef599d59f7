/** An output of a called workflow reads a job output that is not declared. */
import { edgeRule, listed, meant } from '../rule.ts';

export const reusableOutputNotDeclared = edgeRule(
  'reusable-output-not-declared',
  'An output of a called workflow reads a job output that is not declared',
  ({ ref, read, others }) => {
    const [, job = '', , name = ''] = read.path;
    const other = meant(name, others);
    return {
      message: `Callers get an empty value: \`${ref}\` is read, and job \`${job}\` declares ${others?.length ? `only ${listed(others)}` : 'no outputs'}.`,
      fix: other
        ? `Read \`${other}\`, or declare \`${name}\` on the job.`
        : `Declare \`${name}\` under \`outputs\` of \`${job}\`.`,
    };
  },
);
