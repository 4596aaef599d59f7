/** `latest` is deployed although a job before has just built a tag. */
import { DEPLOY_COMMAND, deploys, makersBefore, type Pushed, pushedTags, pushes, referencesIn } from '../images.ts';
import { entryOf, type Job, type Scalar, type Slot } from '../model.ts';
import { offsetOfLine } from '../place.ts';
import { callsElsewhere } from '../project.ts';
import type { Draft, Rule, View } from '../rule.ts';
import { withoutComment } from '../shell.ts';

const MUTABLE = /^(?:latest|main|master|develop|dev|edge|nightly|stable|staging|production|prod)$/;
/** A chart of this repository; that of another brings its own images. */
const OWN_CHART = /\bhelm\b[^|;&]*\s(?:\.{0,2}\/|(?:[\w-]*(?:charts?|helm|deploy)\b))/;
const SET_TAG = /\bimage\.tag=["']?([\w.-]+)/;
/** `docker-images-version`, `imageTag`. */
const NAMES_TAG = /^(?:(?:docker|image|container|app)s?[_-]?)*(?:tag|version)$/i;
const TAG_INPUT = /^(?:(?:docker|image|container|app)?[_-]?(?:tag|version))$/i;

export const mutableTagDeployed: Rule = {
  id: 'mutable-tag-deployed',
  title: 'A moving tag is deployed although a fixed one was built',
  inWorkflow: (view) =>
    view.workflow.jobs.flatMap((job) => {
      if (job.steps.some(pushes)) return inSameJob(view, job);
      if (!deploys(job)) return [];
      const makers = makersBefore(view.workflow, job);
      const [maker] = makers;
      if (!maker) return [];
      const fixed = pushedTags(view.workflow).filter((one) => makers.includes(one.job) && !MUTABLE.test(one.tag));
      return [
        ...moving(job, fixed).map((scalar) => ({
          ...draft(job, maker, scalar.value.trim().replace(/^.*[/:]/, '')),
          offset: scalar.start,
        })),
        ...view.workflow.slots.filter((slot) => slot.job === job).flatMap((slot) => inCommands(view, slot, fixed)),
        ...forgotten(view, job, fixed).map((tag) => ({ ...draft(job, maker, tag), offset: job.keyAt })),
      ];
    }),
};

/** Steps behind the push that deploy a moving tag of an image which the job has pushed under a fixed one as well. */
function inSameJob(view: View, job: Job): Draft[] {
  const fixed = pushedTags(view.workflow).filter((one) => one.job === job && !MUTABLE.test(one.tag));
  const later = job.steps.slice(job.steps.findLastIndex(pushes) + 1);
  const given = later.flatMap(({ uses = '', inputs }) => (/deploy/i.test(uses) ? [...inputs] : []));
  return [
    ...given.flatMap(([key, scalar]) =>
      isMovingImage(key, scalar, fixed)
        ? [{ ...draft(job, job, scalar.value.trim().replace(/^.*[/:]/, '')), offset: scalar.start }]
        : [],
    ),
    ...view.workflow.slots.flatMap((slot) =>
      slot.step !== undefined && later.includes(slot.step) ? inCommands(view, slot, fixed) : [],
    ),
  ];
}

/** Inputs for a tag that the called workflow fills with a moving one, because the caller gives none. */
function forgotten({ project, workflow }: View, { uses, inputs }: Job, fixed: readonly Pushed[]): string[] {
  if (uses === undefined || fixed.length === 0 || callsElsewhere(workflow, uses)) return [];
  const called = project.used(uses);
  if (called?.kind !== 'workflow' || !called.jobs.some(deploys)) return [];
  return called.inputs.flatMap(({ name, default: value = '' }) =>
    NAMES_TAG.test(name) && MUTABLE.test(value) && entryOf(inputs, name) === undefined ? [value] : [],
  );
}

/** A command that deploys `latest` of an image for which this run has pushed a fixed tag. */
function inCommands({ workflow }: View, { place, scalar, job }: Slot, fixed: readonly Pushed[]): Draft[] {
  if (place !== 'run' || !job || fixed.length === 0 || !DEPLOY_COMMAND.test(scalar.value)) return [];
  const joined = scalar.value.replaceAll(/\\\r?\n/g, (cut) => ' '.repeat(cut.length - 1) + '\u0000');
  let next = 0;
  return joined.split('\n').flatMap((command) => {
    const before = next;
    next += command.split('\u0000').length;
    if (!DEPLOY_COMMAND.test(command)) return [];
    return command.split('\u0000').flatMap((text, more): Draft[] => {
      const found = movingIn(withoutComment(text), command, fixed);
      if (!found) return [];
      const offset = offsetOfLine(workflow, scalar, before + more);
      return [{ ...draft(job, found.maker, found.tag), offset, scalarAt: scalar.start }];
    });
  });
}

function movingIn(
  text: string,
  command: string,
  fixed: readonly Pushed[],
): { readonly tag: string; readonly maker: Job } | undefined {
  const named = referencesIn(text).find(
    ({ name, tag }) => MUTABLE.test(tag) && fixed.some((one) => one.name === name && name !== ''),
  );
  const set = OWN_CHART.test(command) ? SET_TAG.exec(text)?.[1] : undefined;
  const tag = named?.tag ?? (set !== undefined && MUTABLE.test(set) ? set : undefined);
  const maker = fixed.find((one) => named === undefined || one.name === named.name)?.job;
  return tag === undefined || maker === undefined ? undefined : { tag, maker };
}

function moving(job: Job, fixed: readonly Pushed[]): Scalar[] {
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
      (isImageTag(key, map === job.inputs) && MUTABLE.test(scalar.value.trim())) || isMovingImage(key, scalar, fixed)
        ? [scalar]
        : [],
    ),
  );
}

/** `image: ghcr.io/acme/web:latest`, of an image that this run has pushed under a fixed tag. */
function isMovingImage(key: string, { value }: Scalar, fixed: readonly Pushed[]): boolean {
  const [only, ...more] = /(?:^|[_-])images?$/i.test(key) ? referencesIn(value) : [];
  return (
    only !== undefined &&
    more.length === 0 &&
    MUTABLE.test(only.tag) &&
    only.name !== '' &&
    fixed.some(({ name }) => name === only.name)
  );
}

/** A variable `VERSION` may be anything's; the input of a deployment is the image's. */
function isImageTag(key: string, isInput: boolean): boolean {
  return isInput ? TAG_INPUT.test(key) : /^(?:docker|image|container)[_-]?(?:tag|version)$|^tag$/i.test(key);
}

function draft(job: Job, maker: Job, tag: string): Omit<Draft, 'offset'> {
  return {
    severity: 'warning',
    job: job.id,
    ref: tag,
    message: `\`${job.id}\` deploys \`${tag}\`, whatever that is by then, and not what ${maker === job ? 'it' : `\`${maker.id}\``} has built.`,
    fix:
      maker === job
        ? 'Deploy the tag or digest that an earlier step has pushed.'
        : `Need \`${maker.id}\` and pass its tag or digest on: \`needs.${maker.id}.outputs\`.`,
  };
}
