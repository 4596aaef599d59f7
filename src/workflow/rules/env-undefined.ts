/** `env.X` that nothing before it sets, used as a value. */

import { judgeEnv } from '../env.ts';
import { deploys, pushes } from '../images.ts';
import type { Job } from '../model.ts';
import { offsetOfLine } from '../place.ts';
import type { Draft, Rule, View } from '../rule.ts';
import { edgeRule, listed, meant } from '../rule.ts';
import { readScript } from '../shell.ts';

const all = edgeRule(
  'env-undefined',
  'A variable that nothing sets is read',
  ({ ref, read, others, elsewhere: step, inJob, slot }) => {
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
    if (inJob !== undefined)
      return {
        ...hint,
        message: `\`${ref}\` is always empty: job \`${inJob}\` sets \`${name}\`, and a variable ends with its job.`,
        fix: `Make \`${name}\` an output of \`${inJob}\`, and read \`needs.${inJob}.outputs.${name}\`.`,
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
  inWorkflow: (view) => [...inExpressions(view), ...inShell(view)],
};

function inExpressions(view: View): readonly Draft[] {
  // A switch that is usually unset (`if: env.DEBUG`), a title and a value with a stand-in lose nothing.
  const edges = view.edges.filter(
    ({ slot, read }) =>
      !read.tested &&
      read.otherwise === undefined &&
      (slot.step !== undefined || slot.place === 'output') &&
      slot.place !== 'if' &&
      slot.place !== 'name',
  );
  return all.inWorkflow?.({ ...view, edges }) ?? [];
}

/** `$IMAGE_TAG` of a deploying or pushing command, which only another job sets. */
function inShell({ project, workflow }: View): Draft[] {
  return workflow.slots.flatMap((slot) => {
    const { job, step, place, scalar } = slot;
    if (place !== 'run' || !job || !step || !isImagesWork(job)) return [];
    const script = readScript(scalar.value);
    const told = new Set<string>();
    return script.lines.flatMap((line, at): Draft[] =>
      [...line.matchAll(VARIABLE)].flatMap(([whole, braced, bare]) => {
        const name = braced ?? bare ?? '';
        if (told.has(name) || /^\s*#/.test(line)) return [];
        told.add(name);
        if (told.size > MOST_NAMES || isOwn(scalar.value, name)) return [];
        const { inJob } = judgeEnv(project, workflow, { job, step, name });
        if (inJob === undefined) return [];
        return [
          {
            severity: 'error',
            offset: offsetOfLine(workflow, scalar, at),
            scalarAt: scalar.start,
            job: job.id,
            ref: name,
            message: `\`${whole}\` is always empty here: job \`${inJob}\` sets \`${name}\`, and a variable ends with its job.`,
            fix: `Make \`${name}\` an output of \`${inJob}\`, and give it to this step: \`env: { ${name}: \${{ needs.${inJob}.outputs.${name} }} }\`.`,
          },
        ];
      }),
    );
  });
}

/** Names that sound like an image's, without a default. */
const VARIABLE = /\$(?:\{(\w*(?:TAG|IMAGE|VERSION|SHA|DIGEST)\w*)\}|(\w*(?:TAG|IMAGE|VERSION|SHA|DIGEST)\w*))/g;

/** Each is looked for in the whole script. */
const MOST_NAMES = 100;

function isImagesWork(job: Job): boolean {
  return deploys(job) || job.steps.some(pushes);
}

/** Set by the script itself, or asked for: `read TAG`, `for TAG in`, `[ -z "$TAG" ]`. */
function isOwn(text: string, name: string): boolean {
  return new RegExp(
    `\\b${name}=|\\b(?:read|for|getopts|mapfile)\\b[^\\n]*\\b${name}\\b|-[nz]\\s+"?\\$\\{?${name}\\b`,
  ).test(text);
}

function shares(left: string, right: string): boolean {
  const words = right.toLowerCase().split(/[_-]/);
  return left
    .toLowerCase()
    .split(/[_-]/)
    .some((word) => word.length > 2 && words.includes(word));
}
