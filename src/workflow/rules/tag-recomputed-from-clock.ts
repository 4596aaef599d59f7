/** Two jobs ask the clock, and get two answers. */
import { divergenceDrafts } from '../divergence.ts';
import type { Rule } from '../rule.ts';

export const tagRecomputedFromClock: Rule = {
  id: 'tag-recomputed-from-clock',
  title: 'A deployed tag is made from the time again',
  inWorkflow: (view) =>
    divergenceDrafts(view, 'clock', ({ deployed }) => ({
      severity: 'error',
      message: `\`${deployed}\` is made from the time once when the image is pushed and again here, later: that tag may never have been pushed.`,
      fix: 'Make the tag once, in the job that pushes, and pass it on as a job output.',
    })),
};
