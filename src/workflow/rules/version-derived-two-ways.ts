/** `git describe` in one place, the ref's name in the other. */
import { divergenceDrafts } from '../divergence.ts';
import type { Rule } from '../rule.ts';

export const versionDerivedTwoWays: Rule = {
  id: 'version-derived-two-ways',
  title: 'Pushed and deployed versions come from different sources',
  inWorkflow: (view) =>
    divergenceDrafts(view, 'version', ({ pushed, deployed }) => ({
      severity: 'warning',
      message: `The image is pushed as \`${pushed}\` and asked for as \`${deployed}\`: the two differ off a tagged commit.`,
      fix: 'Derive the version once and pass it on as a job output.',
    })),
};
