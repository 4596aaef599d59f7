/** `latest` is deployed although a job before has just built a tag. */
import { deploys, makersBefore, pushes } from '../images.ts';
import type { Job, Scalar } from '../model.ts';
import type { Draft, Rule, View } from '../rule.ts';

const MUTABLE = /^(?:latest|main|master|develop|dev|edge|nightly|stable|staging|production|prod)$/;
const TAG_INPUT = /^(?:(?:docker|image|container|app)?[_-]?(?:tag|version))$/i;

export const mutableTagDeployed: Rule = {
  id: 'mutable-tag-deployed',
  title: 'A moving tag is deployed although a fixed one was built',
  inWorkflow: (view) =>
    view.workflow.jobs.flatMap((job) => {
      if (!deploys(job) || job.steps.some(pushes)) return [];
      const [maker] = makersBefore(view.workflow, job);
      return maker ? moving(view, job).map((scalar) => draft(job, maker, scalar)) : [];
    }),
};

function moving(_view: View, job: Job): Scalar[] {
  const maps = [
    job.inputs,
    job.env,
    ...job.steps.flatMap((step) =>
      /setup|cache|install/i.test(step.uses ?? '')
        ? []
        : [step.env, ...(/deploy/i.test(step.uses ?? '') ? [step.inputs] : [])],
    ),
  ];
  return maps.flatMap((map) =>
    [...map].flatMap(([key, scalar]) =>
      isImageTag(key, map === job.inputs) && MUTABLE.test(scalar.value.trim()) ? [scalar] : [],
    ),
  );
}

/** A variable `VERSION` may be anything's; the input of a deployment is the image's. */
function isImageTag(key: string, isInput: boolean): boolean {
  return isInput ? TAG_INPUT.test(key) : /^(?:docker|image|container)[_-]?(?:tag|version)$|^tag$/i.test(key);
}

function draft(job: Job, maker: Job, scalar: Scalar): Draft {
  return {
    severity: 'warning',
    offset: scalar.start,
    job: job.id,
    ref: scalar.value,
    message: `\`${job.id}\` deploys \`${scalar.value}\`, whatever that is by then, and not what \`${maker.id}\` has built.`,
    fix: `Need \`${maker.id}\` and pass its tag or digest on: \`needs.${maker.id}.outputs\`.`,
  };
}
