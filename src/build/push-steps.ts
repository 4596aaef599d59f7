/** The steps of a job that put an image into a registry: in its file, and as a run shows them. */
import { pushes } from '../workflow/images.ts';
import type { Job, Step } from '../workflow/model.ts';
import type { RunStep } from './run.ts';

/**
 * Tools that copy an image, or give it another name, inside of registries: crane, gcrane, skopeo, regctl, oras, `buildx imagetools`,
 * manifest lists, and the commands of Google, Azure and AWS for the same.
 */
const RETAG =
  /\b(?:g?crane(?:\s+-\S+)*\s+(?:copy|cp|tag|mutate|append)|skopeo(?:\s+-\S+)*\s+(?:copy|sync)|regctl(?:\s+-\S+)*\s+image\s+(?:copy|cp|mod)|oras(?:\s+-\S+)*\s+(?:copy|cp|tag)|imagetools\s+create|(?:docker|podman|buildah|nerdctl)\s+manifest\s+push|gcloud\s+artifacts\s+docker\s+tags\s+add|gcloud\s+container\s+images\s+add-tag|az\s+acr\s+import|aws\s+ecr\s+put-image)\b/;
const RETAG_ACTION = /^(?:akhilerm\/tag-push-action|shrink\/actions-docker-registry-tag)@/i;

/** True for a step that copies or renames an image in a registry. */
export function isRetagStep({ uses, run }: Step): boolean {
  return uses === undefined ? run !== undefined && RETAG.test(run.value) : RETAG_ACTION.test(uses);
}

/** A step of the file beside what the run shows of it. */
export interface PushStep {
  readonly step: Step;
  /** Absent: the run does not show it (yet), or not under a name that can be told. */
  readonly shown?: RunStep;
}

/** Every step of the job that pushes or renames; those inside of actions and scripts are not seen. */
export function pushStepsOf(job: Job, shown: readonly RunStep[]): readonly PushStep[] {
  return job.steps
    .filter((step) => pushes(step) || isRetagStep(step))
    .map((step) => {
      const found = shownAs(job, step, shown);
      return { step, ...(found === undefined ? {} : { shown: found }) };
    });
}

/** By its name in the run, only where no other step could be called so. */
function shownAs(job: Job, step: Step, shown: readonly RunStep[]): RunStep | undefined {
  const name = nameOf(step);
  if (name === undefined || job.steps.filter((one) => nameOf(one) === name).length > 1) return undefined;
  const found = shown.filter((one) => oneLine(one.name) === name);
  return found.length === 1 ? found[0] : undefined;
}

/** What the runner calls a step: its name, else `Run ` and its action or its script's first line (actions/runner, `ActionRunner`). */
function nameOf({ name, uses, run }: Step): string | undefined {
  const text = name ?? (uses === undefined ? run && `Run ${firstLine(run.value)}` : `Run ${uses}`);
  return text === undefined || text.includes('${{') ? undefined : oneLine(text);
}

function firstLine(script: string): string {
  return script.trim().split('\n', 1)[0] ?? '';
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
}
