/** `needs` lists a job that is not there: GitHub refuses the file and nothing runs. */
import { jobCalled } from '../model.ts';
import { listed, meant, type Rule } from '../rule.ts';

export const needsUnknownJob: Rule = {
  id: 'needs-unknown-job',
  title: 'A job needs a job that does not exist',
  inWorkflow: ({ workflow }) =>
    workflow.jobs.flatMap((job) =>
      (job.needsKnown ? job.needs : [])
        .filter(({ value }) => jobCalled(workflow, value) === undefined)
        .map(({ value, start }) => {
          const ids = workflow.jobs.map(({ id }) => id).filter((id) => id !== job.id);
          const other = meant(value, ids);
          return {
            severity: 'error' as const,
            offset: start,
            job: job.id,
            ref: value,
            message: `\`${job.id}\` needs \`${value}\`, which is no job of this file: GitHub refuses the file and nothing runs.`,
            fix: other ? `Write \`${other}\`.` : `Name one of ${listed(ids)}, or take it out.`,
          };
        }),
    ),
};
