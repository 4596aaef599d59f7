/** `needs` holds direct dependencies only; anything else is an empty string, without a warning. */
import { edgeRule } from '../rule.ts';

export const needsNotDeclared = edgeRule(
  'needs-not-declared',
  'A job reads an output of a job that it does not need',
  ({ ref, read, slot, transitive }) => {
    const [, producer = ''] = read.path;
    const how = transitive ? ', and a dependency of a dependency does not count' : '';
    return {
      message: `\`${ref}\` is always empty: \`${slot.job?.id ?? ''}\` does not need \`${producer}\`${how}.`,
      fix: `Add \`${producer}\` to the \`needs\` of \`${slot.job?.id ?? ''}\`.`,
    };
  },
);
