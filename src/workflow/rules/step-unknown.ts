/** `steps.X` where this job has no such step, or has it only later. */
import { alike, edgeRule, listed } from '../rule.ts';

export const stepUnknown = edgeRule('step-unknown', 'An output of a step that is not there is read', (edge) => {
  const { ref, read, others, elsewhere, slot } = edge;
  const [, name = ''] = read.path;
  const other = alike(name, others);
  const why =
    elsewhere === 'later'
      ? `step \`${name}\` runs later`
      : elsewhere === undefined
        ? `no step of this job has the id \`${name}\``
        : `step \`${name}\` belongs to job \`${elsewhere}\``;
  const isImage = slot.place === 'output' || /tag|image|digest|version$/i.test(slot.key + read.path.slice(1).join('.'));
  const toTool = slot.place === 'with' && /^version$/i.test(slot.key);
  return {
    message: `\`${ref}\` is always empty: ${why}.`,
    fix:
      elsewhere === 'later'
        ? `Move the step before its reader.`
        : elsewhere !== undefined
          ? `Make it an output of \`${elsewhere}\`, need that job, and read \`needs.${elsewhere}.outputs\`.`
          : other
            ? `Read \`steps.${other}\` instead.`
            : `Give the step that makes it \`id: ${name}\`${others?.length ? ` (ids here: ${listed(others)})` : ''}.`,
    ...(isImage && !toTool ? {} : { severity: 'warning' as const }),
  };
});
