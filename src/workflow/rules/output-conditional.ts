/** A step ends well before it writes its output. */
import { sameName } from '../model.ts';
import type { Draft, Rule, View } from '../rule.ts';
import { readScript } from '../shell.ts';

export const outputConditional: Rule = {
  id: 'output-conditional',
  title: 'A step may end well before it writes its output',
  inWorkflow: (view) => (view.workflow.kind === 'action' ? [] : drafts(view)),
};

function drafts({ edges }: View): Draft[] {
  return edges.flatMap((edge) => {
    const { slot, read, state } = edge;
    const { job } = slot;
    const [context, id = '', kind, output = ''] = read.path;
    if (!job || slot.place !== 'output' || context !== 'steps' || kind !== 'outputs' || state !== 'ok') return [];
    const step = job.steps.find((one) => one.id !== undefined && sameName(one.id, id));
    if (!step?.run || read.otherwise !== undefined || !isUsedBlindly({ edges }, job.id, slot.key)) return [];
    const script = readScript(step.run.value);
    const first = Math.min(
      ...script.writes.filter(({ to, name }) => to === 'output' && sameName(name, output)).map(({ line }) => line),
    );
    const exit = script.lines.findIndex(
      (line, index) => index < first && /(?:^|[;&]|\bthen\b)\s*exit\s+0\b/.test(line),
    );
    if (exit < 0 || !Number.isFinite(first)) return [];
    return [
      {
        severity: 'warning' as const,
        offset: slot.scalar.start,
        job: job.id,
        ref: edge.ref,
        message: `\`${edge.ref}\` is empty when step \`${id}\` takes its \`exit 0\` (line ${exit + 1} of its script), which comes before the write.`,
        fix: `Write \`${output}\` before the exit, or end with an error there.`,
      },
    ];
  });
}

/** Some job takes the value without asking whether there is one. */
function isUsedBlindly({ edges }: Pick<View, 'edges'>, job: string, output: string): boolean {
  return edges.some(({ read: { path, tested, otherwise }, slot }) => {
    const reads = path[0] === 'needs' && sameName(path[1] ?? '', job) && sameName(path[3] ?? '', output);
    if (!reads || tested || otherwise !== undefined) return false;
    const conditions = `${slot.job?.condition ?? ''} ${slot.step?.condition ?? ''}`;
    return !conditions.includes(`needs.${job}.`);
  });
}
