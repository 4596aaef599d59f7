/** Which jobs are about this image, where a pipeline makes or deploys several. */

import { roleOf } from '../../build/workflow-roles.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { ImageReference } from '../../image/reference.ts';
import type { Job } from '../../workflow/model.ts';
import type { PipelineJob, Unit } from './pipeline.ts';

export interface Concerns {
  /** A job of a file: false where other jobs of the same kind name the image and this one does not. */
  readonly job: (job: Job, unit: Unit) => boolean;
  /** Of several jobs of a run those that say most clearly that it is theirs; all where none does. */
  readonly mine: (jobs: readonly PipelineJob[]) => readonly PipelineJob[];
}

export function concernsOf({ repository }: ImageReference): Concerns {
  const name = repository.split('/').at(-1) ?? repository;
  const word = new RegExp(`(?<![\\w-])${name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)}(?![\\w-])`, 'i');
  const says = (text: string) => word.test(text);
  return {
    job: (job, unit) => {
      const role = roleOf(job, unit.project);
      const named = unit.workflow.jobs.filter((one) => roleOf(one, unit.project) === role && says(textOf(one, unit)));
      return named.length === 0 || named.includes(job);
    },
    mine: (jobs) => {
      const tiers: readonly ((one: PipelineJob) => boolean)[] = [
        ({ job }) => says(job.name),
        ({ log }) => {
          const read = valueOf(log);
          return [...(read?.pushed ?? []), ...(read?.planned ?? [])].some((image) => says(image.repository));
        },
        ({ inFile, unit }) => inFile !== undefined && unit !== undefined && says(textOf(inFile, unit)),
      ];
      return tiers.map((tier) => jobs.filter(tier)).find((found) => found.length > 0) ?? jobs;
    },
  };
}

/** From its key to the next job's. */
function textOf(job: Job, { workflow }: Unit): string {
  const next = workflow.jobs.map(({ keyAt }) => keyAt).filter((at) => at > job.keyAt);
  return workflow.text.slice(job.keyAt, Math.min(...next, workflow.text.length));
}
