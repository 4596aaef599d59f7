/** `needs.X` where no job is called X. */
import { edgeRule, listed, meant } from '../rule.ts';

export const needsJobMissing = edgeRule(
  'needs-job-missing',
  'An output of a job that does not exist is read',
  ({ ref, read, others, slot }) => {
    const [, name = ''] = read.path;
    const needed = slot.job?.needs.map(({ value }) => value) ?? [];
    const other = meant(name, needed) ?? meant(name, others);
    return {
      message: `\`${ref}\` is always empty: there is no job \`${name}\`.`,
      fix: other ? `Read \`needs.${other}\` instead.` : `Read one of the jobs that are needed: ${listed(needed)}.`,
    };
  },
);
