/** `required: true` of a composite action is not enforced: an empty value passes and becomes a tag. */
import type { Input, Workflow } from '../model.ts';
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
      (place === 'env' || place === 'with') && TAG.test(key) && readsInput(scalar.value, input),
  );
}

function isChecked(workflow: Workflow, input: Input): boolean {
  const names = workflow.slots
    .filter(({ place, scalar }) => place === 'env' && readsInput(scalar.value, input))
    .map(({ key }) => key);
  return workflow.slots.some(({ place, scalar: { value } }) => {
    if (place !== 'run') return false;
    const named = readsInput(value, input) || names.some((name) => value.includes(name));
    return named && /-[zn]\s+"?\$|:\?/.test(value);
  });
}
