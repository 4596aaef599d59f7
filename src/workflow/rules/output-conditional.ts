/** A step ends well before it writes its output. */
import { deploys, pushes } from '../images.ts';
import { type Step, sameName, stepCalled } from '../model.ts';
import type { Draft, Rule, View } from '../rule.ts';
import { readScript } from '../shell.ts';
import { passedBy } from '../shell-branches.ts';

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
    const step = stepCalled(job, id);
    if (!step?.run || read.otherwise !== undefined || !isUsedBlindly({ edges }, job.id, slot.key)) return [];
    const isTaken = isImages(slot.key) && isTakenAlways({ edges }, job.id, slot.key);
    const said = sayOf(step, edge.ref, output, isTaken);
    return said === undefined
      ? []
      : [{ severity: 'warning' as const, offset: slot.scalar.start, job: job.id, ref: edge.ref, ...said }];
  });
}

/** Why the value may be missing; undefined: nothing in the step says so. */
function sayOf(step: Step, ref: string, output: string, isTaken: boolean): Pick<Draft, 'message' | 'fix'> | undefined {
  const script = readScript(step.run?.value ?? '');
  const written = new Set(
    script.writes.filter(({ to, name }) => to === 'output' && sameName(name, output)).map(({ line }) => line),
  );
  const first = Math.min(...written);
  if (!Number.isFinite(first)) return undefined;
  const id = step.id ?? '';
  if (isTaken && mayBeSkipped(step))
    return {
      message: `\`${ref}\` is empty when step \`${id}\` is skipped (\`if: ${(step.condition ?? '').trim().slice(0, 60)}\`), and readers take it without asking.`,
      fix: `Give the readers the same condition, or write \`${output}\` in every case.`,
    };
  const passed = isTaken ? passedBy(script.lines, written) : undefined;
  if (passed !== undefined)
    return {
      message: `\`${ref}\` is empty when step \`${id}\` takes the way through its \`if\` (line ${passed + 1} of its script) that writes none, and readers take it without asking.`,
      fix: `Write \`${output}\` on every way, or end with an error there.`,
    };
  const exit = script.lines.findIndex((line, index) => index < first && /(?:^|[;&]|\bthen\b)\s*exit\s+0\b/.test(line));
  if (exit < 0) return undefined;
  return {
    message: `\`${ref}\` is empty when step \`${id}\` takes its \`exit 0\` (line ${exit + 1} of its script), which comes before the write.`,
    fix: `Write \`${output}\` before the exit, or end with an error there.`,
  };
}

function mayBeSkipped({ condition }: Step): boolean {
  return condition !== undefined && !/^\s*(?:\$\{\{)?\s*(?:always|success)\(\)\s*(?:\}\})?\s*$/.test(condition);
}

/** Of other outputs an empty value often is an answer. */
function isImages(name: string): boolean {
  return /^(?:(?:docker|image|container|app|release|build|full|short|sha)[_-]?)*(?:tag|image|digest)$/i.test(name);
}

/** A job without any condition of its own, nor of its step, deploys or pushes with it. */
function isTakenAlways({ edges }: Pick<View, 'edges'>, job: string, output: string): boolean {
  return edges.some(
    ({ read: { path, tested, otherwise }, slot }) =>
      path[0] === 'needs' &&
      sameName(path[1] ?? '', job) &&
      sameName(path[3] ?? '', output) &&
      !tested &&
      otherwise === undefined &&
      slot.job !== undefined &&
      slot.job.condition === undefined &&
      slot.step?.condition === undefined &&
      (deploys(slot.job) || slot.job.steps.some(pushes)),
  );
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
