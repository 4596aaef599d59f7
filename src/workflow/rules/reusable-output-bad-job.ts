/** An output of a called workflow reads a job that is not there. */
import { edgeRule, listed, meant } from '../rule.ts';

export const reusableOutputBadJob = edgeRule(
  'reusable-output-bad-job',
  'An output of a called workflow reads a job that does not exist',
  ({ ref, read, others, slot }) => {
    const [, name = ''] = read.path;
    const other = meant(name, others);
    return {
      message: `Output \`${slot.key}\` reads \`${ref}\`, and there is no job \`${name}\`: callers get an empty value.`,
      fix: other ? `Read \`jobs.${other}\` instead.` : `Read one of the jobs ${listed(others)}.`,
    };
  },
);
