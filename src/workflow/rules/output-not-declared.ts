/** The job, the called workflow or the action has no output of that name. */
import { edgeRule, listed, meant } from '../rule.ts';

/** `needs.build.tag`, `steps.meta.version`. */
export function forgotten(
  ref: string,
  [context = '', name = '', ...rest]: readonly string[],
): { readonly message: string; readonly fix: string } {
  const last = rest.at(-1) ?? '';
  return {
    message: `\`${ref}\` is always empty: values stand under \`${context}.${name}.outputs\`.`,
    fix: `Read \`${[context, name, 'outputs', last].join('.')}\`.`,
  };
}

export const outputNotDeclared = edgeRule(
  'output-not-declared',
  'An output that its producer does not declare is read',
  ({ ref, read, others, in: file, without }) => {
    if (without) return { ...forgotten(ref, read.path), severity: 'error' };
    const name = read.path[3] ?? '';
    const producer = read.path[1] ?? '';
    const other = meant(name, others);
    const who = file === undefined ? `\`${producer}\`` : `\`${producer}\` (${file})`;
    return {
      message: `\`${ref}\` is always empty: ${who} declares ${others?.length ? `only ${listed(others)}` : 'no outputs'}.`,
      fix: other
        ? `Read \`${other}\`, or declare \`${name}\` there.`
        : `Declare \`${name}\` under \`outputs\` of \`${producer}\`.`,
    };
  },
);
