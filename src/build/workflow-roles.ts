/** Which job of a workflow makes images, which deploys them, and which job of a run is which. */

import { calledFile } from '../workflow/calls.ts';
import { deploys, makesImage } from '../workflow/images.ts';
import type { Job, Workflow } from '../workflow/model.ts';
import type { Project } from '../workflow/project.ts';
import { readScript } from '../workflow/shell.ts';
import { isRetagStep } from './push-steps.ts';

export type Role = 'builds' | 'deploys' | 'both' | 'other';

/** A called workflow is what its jobs are. */
export function roleOf(job: Job, project: Project): Role {
  const called = job.uses === undefined ? undefined : project.used(job.uses);
  const inner = called?.kind === 'workflow' ? called.jobs : [];
  const whole = withScripts(job, project);
  const used = job.steps.some((step) => usesBuilder(step.uses, project));
  const builds =
    [whole, ...inner].some((one) => makesImage(one) || retags(one)) || used || makes(job, /image|docker|push|publish/i);
  const isDeploy = [whole, ...inner].some(deploys) || makes(job, /deploy|release|rollout|promote/i);
  if (builds && isDeploy) return 'both';
  return builds ? 'builds' : isDeploy ? 'deploys' : 'other';
}

/** It gives an image that exists another name. */
function retags(job: Job): boolean {
  return job.steps.some(isRetagStep);
}

/** With the text of the scripts that its steps call in the place of the call. A Makefile has other targets, too. */
function withScripts(job: Job, project: Project): Job {
  const steps = job.steps.map((step) => {
    const { run } = step;
    if (run === undefined) return step;
    const texts = readScript(run.value).calls.flatMap((call) => {
      const called = /^make\b/.test(call) ? undefined : calledFile(project, call);
      return called === undefined ? [] : [called.text];
    });
    return texts.length === 0 ? step : { ...step, run: { ...run, value: [run.value, ...texts].join('\n') } };
  });
  return { ...job, steps };
}

/** The target of a `make` says what it is for. */
function makes(job: Job, target: RegExp): boolean {
  return job.steps.some(({ run }) =>
    (run === undefined ? [] : readScript(run.value).calls).some((call) => /^make\b/.test(call) && target.test(call)),
  );
}

/** A composite action of the repository that pushes. */
function usesBuilder(uses: string | undefined, project: Project): boolean {
  const action = uses?.startsWith('./') ? project.used(uses) : undefined;
  return action?.kind === 'action' && action.jobs.some((one) => makesImage(one) || retags(one));
}

/** The job that a run shows under this name: `name:` or the id, a matrix leg in brackets, `caller / called`. */
export function jobNamed(workflow: Workflow, shown: string): Job | undefined {
  const [own = ''] = shown.split(' / ');
  const exact = workflow.jobs.find((job) => (job.name ?? job.id) === own);
  const byId = ({ id }: Job) => own === id || (own.startsWith(`${id} (`) && own.endsWith(')'));
  return exact ?? workflow.jobs.find((job) => isCalled(job, own)) ?? workflow.jobs.find(byId);
}

function isCalled(job: Job, shown: string): boolean {
  const name = job.name ?? job.id;
  const parts = name.split(/\$\{\{.*?\}\}/s);
  if (parts.length > 1) return fits(parts, shown);
  return job.hasMatrix && shown.startsWith(`${name} (`) && shown.endsWith(')');
}

/** The fixed parts in their order; something stands where an expression was. */
function fits(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.every((part) => part.trim() === '') || !text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.endsWith(last) || text.endsWith(')');
}

/** Without the file, by its name. */
export function roleByName(shown: string): Role {
  const builds = /build|docker|image|container|publish|push/i.test(shown);
  const isDeploy = /deploy|release|rollout|promote|helm|kubectl|gitops/i.test(shown);
  if (builds && isDeploy) return 'both';
  return builds ? 'builds' : isDeploy ? 'deploys' : 'other';
}
