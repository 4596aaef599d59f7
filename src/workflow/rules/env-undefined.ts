/** `env.X` that nothing before it sets, used as a value. */

import type { Rule } from '../rule.ts';
import { edgeRule, listed, meant } from '../rule.ts';

const all = edgeRule(
  'env-undefined',
  'A variable that nothing sets is read',
  ({ ref, read, others, elsewhere: step, slot }) => {
    const [, name = ''] = read.path;
    const other = meant(name, others) ?? others?.find((one) => shares(one, name));
    // A tool takes its default version then, and no image is named by it.
    const isTool = slot.place === 'with' && (slot.step?.uses ?? '').includes('/setup-');
    const hint = isTool ? { severity: 'info' as const } : {};
    if (step !== undefined)
      return {
        ...hint,
        message: `\`${ref}\` is always empty: step \`${step}\` writes \`${name}\` as an output, and nothing sets it as a variable.`,
        fix: `Read \`steps.${step}.outputs.${name}\` instead.`,
      };
    return {
      ...hint,
      message: `\`${ref}\` is always empty: nothing before it sets \`${name}\`${others?.length ? ` (set are ${listed(others)})` : ''}.`,
      fix: other
        ? `Read \`env.${other}\` instead.`
        : `Set \`${name}\` under \`env\`, or write it to "$GITHUB_ENV" in an earlier step.`,
    };
  },
);

export const envUndefined: Rule = {
  ...all,
  // A switch that is usually unset (`if: env.DEBUG`), a title and a value with a stand-in lose nothing.
  inWorkflow: (view) =>
    all.inWorkflow?.({
      ...view,
      edges: view.edges.filter(
        ({ slot, read }) =>
          !read.tested &&
          read.otherwise === undefined &&
          slot.step !== undefined &&
          slot.place !== 'if' &&
          slot.place !== 'name',
      ),
    }) ?? [],
};

function shares(left: string, right: string): boolean {
  const words = right.toLowerCase().split(/[_-]/);
  return left
    .toLowerCase()
    .split(/[_-]/)
    .some((word) => word.length > 2 && words.includes(word));
}
