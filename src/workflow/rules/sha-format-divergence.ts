/** The build pushes seven characters of the commit, the deployment asks for forty, or the other way round. */
import { divergenceDrafts } from '../divergence.ts';
import type { Rule } from '../rule.ts';

export const shaFormatDivergence: Rule = {
  id: 'sha-format-divergence',
  title: 'A deployed tag holds the commit in another length than the pushed one',
  inWorkflow: (view) =>
    divergenceDrafts(view, 'sha', ({ pushed, deployed }) => ({
      severity: 'error',
      message: `The image is pushed as \`${pushed}\` and asked for as \`${deployed}\`: that tag is never pushed.`,
      fix: 'Make the tag once, in the job that pushes, and pass it on as a job output.',
    })),
};
