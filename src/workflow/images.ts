/** Which tags a workflow pushes, and which jobs deploy. */
import { formulaOf, type Scope } from './formula.ts';
import { reaches } from './graph.ts';
import { metadataStep, metadataTags } from './metadata-tags.ts';
import type { Job, Step, Workflow } from './model.ts';
import { jobCalled } from './model.ts';

/** A tag that a job pushes, as a formula. */
export interface Pushed {
  readonly job: Job;
  readonly tag: string;
  /** As written; absent where an action makes it. */
  readonly raw?: string;
  /** The last part of the repository as written; absent where it is made elsewhere. */
  readonly name?: string;
}

const BUILDER =
  /^(?:docker\/build-push-action|docker\/bake-action|redhat-actions\/push-to-registry|whoan\/docker-build-with-cache-action|elgohr\/publish-docker-github-action|macbre\/push-to-ghcr|mr-smithers-excellent\/docker-build-push)@/i;
const PUSH_COMMAND =
  /\b(?:docker|podman|buildah|nerdctl)\s+(?:image\s+)?push\b|buildx?\s[^\n]*--push|\bkaniko\b|\bko (?:build|publish)\b|\bcrane push\b|push=true/;
/** Tools that put an image to work. */
export const DEPLOY_COMMAND =
  /\b(?:kubectl|helm|kustomize|argocd|flux|oc|skaffold|terraform|ecs-deploy|nomad|docker stack|gcloud run deploy|az (?:webapp|containerapp|container|functionapp)|aws ecs)\b/;
/** An image reference's tag: after the last colon of `…/name:TAG`; a registry's port is none. */
const REFERENCE =
  /(?:^|[\s"'=,])((?:[\w.${}/-]|:\d{1,5}\/|\$\{\{[^}]*\}\})+):((?:\$\{\{[^}]*\}\}|\$\{[^}]*\}|\$\([^)]*\)|[\w.$-])+)(?![\w./$-])/g;

const pushing = new WeakMap<Step, boolean>();
const deploying = new WeakMap<Job, boolean>();

/** True when a step pushes images. Asked for every value of a job. */
export function pushes(step: Step): boolean {
  const known = pushing.get(step) ?? isPushing(step);
  pushing.set(step, known);
  return known;
}

function isPushing(step: Step): boolean {
  if (step.uses !== undefined) return BUILDER.test(step.uses) && step.inputs.get('push')?.value !== 'false';
  return step.run !== undefined && PUSH_COMMAND.test(step.run.value);
}

/** Tools that write the image into a manifest. */
export const MANIFEST_EDIT = /\b(?:sed|yq|perl|kustomize edit)\b[^\n]*(?:image|newTag|\btag\b)/i;

/** True for a job whose own name, action or commands say that it deploys. */
export function deploys(job: Job): boolean {
  const isKnown = deploying.get(job) ?? isDeploying(job);
  deploying.set(job, isKnown);
  return isKnown;
}

function isDeploying(job: Job): boolean {
  const words = [job.id, job.uses ?? '', ...job.steps.map(({ uses }) => uses ?? '')].join(' ');
  const operation = [...job.inputs].some(
    ([key, { value }]) => /operation|action|command/i.test(key) && /deploy/i.test(value),
  );
  return (
    operation ||
    /deploy|rollout|release-to|promote|gitops|manifest/i.test(words) ||
    job.steps.some(({ run }) => run !== undefined && (DEPLOY_COMMAND.test(run.value) || MANIFEST_EDIT.test(run.value)))
  );
}

/** True for a job that makes an image, also by a called workflow whose name says so. */
export function makesImage(job: Job): boolean {
  if (job.steps.some(pushes)) return true;
  const words = `${job.id} ${job.uses ?? ''}`;
  return job.uses !== undefined && !deploys(job) && /docker|image|container|buildah|kaniko/i.test(words);
}

const known = new WeakMap<Workflow, readonly Pushed[]>();

/** Several rules ask for them. */
export function pushedTags(workflow: Workflow): readonly Pushed[] {
  const pushed = known.get(workflow) ?? pushedBy(workflow);
  known.set(workflow, pushed);
  return pushed;
}

function pushedBy(workflow: Workflow): Pushed[] {
  return workflow.jobs.flatMap((job) =>
    job.steps.filter(pushes).flatMap((step) => {
      const texts =
        step.uses === undefined
          ? [step.run?.value ?? '']
          : ['tags', 'tag', 'image_tag'].flatMap((key) => step.inputs.get(key)?.value ?? []);
      const scope = { workflow, job, step, followNeeds: true };
      const plain = texts.flatMap(referencesIn).map(({ name, tag }) => ({
        job,
        name,
        raw: tag,
        tag: formulaOf(scope, tag),
      }));
      const whole =
        step.uses === undefined
          ? []
          : texts.flatMap((text) => text.split(/[\n,]/)).flatMap((text) => wholeOf(scope, job, text.trim()));
      return [...plain, ...whole, ...fromMetadata(workflow, job, step)];
    }),
  );
}

/** `tags: ${{ steps.image.outputs.name }}`: the reference is made elsewhere as a whole. */
function wholeOf(scope: Scope, job: Job, text: string): Pushed[] {
  if (!/^\$\{\{[^}]*\}\}$/.test(text)) return [];
  const [, name, tag] = /([\w.-]+):([\w.«»:#-]+)$/.exec(formulaOf(scope, text)) ?? [];
  return name === undefined || tag === undefined ? [] : [{ job, name, tag }];
}

function fromMetadata(workflow: Workflow, job: Job, step: Step): Pushed[] {
  const texts = [...step.inputs.values(), ...(step.run ? [step.run] : [])].map(({ value }) => value);
  const made = texts.flatMap((text) => text.split('\n')).flatMap((line) => metadataStep({ workflow, job }, line) ?? []);
  return [...new Set(made.map((one) => one.step))].flatMap((one) => {
    const maker = made.find(({ step: its }) => its === one)?.job ?? job;
    const scope = { workflow, job: maker, step: one, followNeeds: true };
    const images = (one.inputs.get('images')?.value ?? '').trim();
    const name = images === '' || images.includes('\n') ? {} : { name: images.split('/').at(-1) ?? '' };
    return (metadataTags(one) ?? []).map((tag) => ({ job, ...name, tag: formulaOf(scope, tag) }));
  });
}

/** Tags of the image references in a text, as written. */
export function tagsIn(text: string): string[] {
  return referencesIn(text).map(({ tag }) => tag);
}

/** The image references in a text, as written: the last part of the repository, and the tag. */
export function referencesIn(text: string): { readonly name: string; readonly tag: string }[] {
  return text
    .split('\n')
    .flatMap((line) =>
      [...line.slice(0, 2000).matchAll(REFERENCE)].flatMap(([, repository = '', tag]) =>
        tag === undefined ? [] : [{ name: repository.split(/\/(?![^{]*\}\})/).at(-1) ?? '', tag }],
      ),
    );
}

/** Jobs before this one that make an image. */
export function makersBefore(workflow: Workflow, job: Job): Job[] {
  return workflow.jobs.filter(
    (other) => makesImage(other) && jobCalled(workflow, other.id) === other && reaches(workflow, job, other),
  );
}
