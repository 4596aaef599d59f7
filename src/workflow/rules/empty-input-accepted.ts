/** `required: true` of a composite action is not enforced: an empty value passes and becomes a tag. */
import type { Input, Place, Workflow } from '../model.ts';
import type { Rule } from '../rule.ts';

const TAG = /(?:^|[_-])(?:tag|image|digest)(?:$|[_-])/i;

export const emptyInputAccepted: Rule = {
  id: 'empty-input-accepted',
  title: 'A required input that becomes a tag may be empty',
  inWorkflow: ({ workflow }) =>
    workflow.kind === 'action'
      ? workflow.inputs
          .filter(
            (input) =>
              input.required && !input.hasDefault && becomesTag(workflow, input) && !isChecked(workflow, input),
          )
          .map((input) => ({
            severity: 'info' as const,
            offset: input.keyAt,
            job: null,
            ref: `inputs.${input.name}`,
            message: `\`${input.name}\` is required, and yet an empty value passes: nothing checks it before it becomes a tag.`,
            fix: `Stop in the first step when it is empty: test -n "\${{ inputs.${input.name} }}".`,
          }))
      : [],
};

function readsInput(text: string, { name }: Input): boolean {
  return text.toLowerCase().replaceAll(/\s/g, '').includes(`\${{inputs.${name.toLowerCase()}}}`);
}

function becomesTag(workflow: Workflow, input: Input): boolean {
  return workflow.slots.some(
    ({ place, key, scalar }) =>
      readsInput(scalar.value, input) &&
      (place === 'run' ? TAG.test(input.name) && setsTag(scalar.value, input) : isNamed(place) && TAG.test(key)),
  );
}

function isNamed(place: Place): boolean {
  return place === 'env' || place === 'with';
}

/** `name:${{ inputs.tag }}`, `--set image.tag=${{ inputs.tag }}` in a script. */
function setsTag(text: string, { name }: Input): boolean {
  return new RegExp(
    String.raw`(?:[\w}]:|tag=|image=)["']?\$\{\{\s*inputs\.${name.replaceAll(/\W/g, '.')}\s*\}\}`,
    'i',
  ).test(text);
}

function isChecked(workflow: Workflow, input: Input): boolean {
  const names = workflow.slots
    .filter(({ place, scalar }) => place === 'env' && readsInput(scalar.value, input))
    .map(({ key }) => key);
  const spelt = names.map((name) => String.raw`\$(?:env:)?\{?${name.replaceAll(/\W/g, '.')}\b`);
  const value = [String.raw`\$\{\{\s*inputs\.${input.name.replaceAll(/\W/g, '.')}\s*\}\}`, ...spelt].join('|');
  // The test is of this value: `-n` is also a namespace.
  const isTested = new RegExp(
    String.raw`(?:\s-(?:[zn]|not)\s+|!\s+|\(\s*!?\s*|\bcase\s+)["']?(?:${value})|(?:${value})["']?\s+(?:[!=]=?|=~|-eq|-ne)\s|(?:${value}):?\?|IsNullOr\w+\(\s*["']?(?:${value})`,
    'i',
  );
  return workflow.slots.some(({ place, scalar }) => place === 'run' && isTested.test(scalar.value));
}
