/** `if: always()` on a job that deploys what another job may not have built. */
import { deployedTags } from '../deployed-tags.ts';
import type { Edge } from '../edge.ts';
import { deploys, makesImage, pushedTags, pushes } from '../images.ts';
import { isMadeUp, isWanted, runsAnyway, withoutMildDemands } from '../made-up.ts';
import { type Job, jobCalled, type Slot, type Workflow } from '../model.ts';
import { offsetOf } from '../place.ts';
import { callsElsewhere } from '../project.ts';
import type { Draft, Rule, View } from '../rule.ts';

export const deployDespiteFailedBuild: Rule = {
  id: 'deploy-despite-failed-build',
  title: 'A deployment runs although the build failed',
  inWorkflow: (view) => {
    const { workflow, edges } = view;
    const reading = edges.flatMap((edge) => draftOf(view, edge) ?? []);
    const told = new Set(reading.map(({ job }) => job));
    return [
      ...reading,
      ...workflow.slots.flatMap((slot) => (told.has(slot.job?.id ?? '') ? [] : (ofName(workflow, slot) ?? []))),
    ];
  },
};

function draftOf(view: View, edge: Edge): Draft | undefined {
  const { workflow } = view;
  const { slot, read } = edge;
  const { job } = slot;
  const [context, name = '', kind] = read.path;
  if (!job || context !== 'needs' || kind !== 'outputs' || edge.state === 'broken' || read.tested) return undefined;
  const builder = jobCalled(workflow, name);
  if (
    !builder ||
    !(makesImage(builder) || callsMaker(view, builder)) ||
    !deploysAnyway(job, builder.condition !== undefined) ||
    slot.step?.condition !== undefined
  )
    return undefined;
  const instead = insteadOf(workflow, edge);
  if (instead === undefined) return undefined;
  const condition = (job.condition ?? '').trim().slice(0, 60);
  return {
    severity: 'warning',
    offset: offsetOf(workflow, slot, edge.expression, edge.ref),
    scalarAt: slot.scalar.start,
    job: job.id,
    ref: edge.ref,
    message: `\`${job.id}\` runs also when \`${builder.id}\` failed (\`if: ${condition}\`): \`${edge.ref}\` is empty then${instead}.`,
    fix: `Add \`needs.${builder.id}.result == 'success'\` to the condition.`,
  };
}

/** The workflow that it calls makes an image. */
function callsMaker({ project, workflow }: View, { uses }: Job): boolean {
  if (uses === undefined || callsElsewhere(workflow, uses)) return false;
  const called = project.used(uses);
  return called?.kind === 'workflow' && called.jobs.some(makesImage);
}

/** What the sentence says of the fallback; undefined where it is a good one. */
function insteadOf(workflow: Workflow, edge: Edge): string | undefined {
  const { otherwise } = edge.read;
  if (otherwise === undefined) return '';
  if (!isMadeUp(workflow, edge) || isWanted(workflow, edge)) return undefined;
  return `, and \`${otherwise}\` is deployed: the fallback hides it`;
}

/** The job reads nothing of the build's, and deploys the tag under which it should have pushed. */
function ofName(workflow: Workflow, { place, job, step, scalar }: Slot): Draft | undefined {
  if (place !== 'if' || step || !job) return undefined;
  const builders = job.needs.flatMap(({ value }) => jobCalled(workflow, value) ?? []);
  const builder = builders.find((one) => makesImage(one) && deploysAnyway(job, one.condition !== undefined));
  if (!builder) return undefined;
  const pushed = pushedTags(workflow).filter(
    (one) => one.job === builder && /«(?:long|short)|run_(?:number|id)|RUN_(?:NUMBER|ID)/.test(one.tag),
  );
  const isSame = deployedTags(workflow, pushed).some(
    (one) => one.job === job && one.slot.step?.condition === undefined && pushed.some(({ tag }) => tag === one.tag),
  );
  return isSame
    ? {
        severity: 'warning',
        offset: scalar.start,
        job: job.id,
        ref: builder.id,
        message: `\`${job.id}\` runs also when \`${builder.id}\` failed (\`if: ${scalar.value.trim().slice(0, 60)}\`), and asks for the tag that it did not push then.`,
        fix: `Add \`needs.${builder.id}.result == 'success'\` to the condition.`,
      }
    : undefined;
}

/** Whoever asks for a result, or for the value itself, has thought of it. */
function deploysAnyway(job: Job, isSkippable: boolean): boolean {
  const condition = withoutMildDemands(job.condition ?? '');
  // `!failure()` lets a skipped build pass, and one that may be skipped has a condition.
  const letsSkipped = isSkippable && /!\s*failure\(\)/.test(condition) && !/needs\.|success\(\)/.test(condition);
  const isGuarded = !isSkippable && /(?<!\|\|\s*)failure\(\)(?!\s*\|\|)/.test(condition);
  return ((runsAnyway(job) && !isGuarded) || letsSkipped) && deploys(job) && !job.steps.some(pushes);
}
