/** A build that ended well and pushed nothing: its step was skipped, or told not to push. */
import { pushStepsOf } from '../../build/push-steps.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { Step } from '../../workflow/model.ts';
import type { PipelineJob } from './pipeline.ts';

export interface NotPushed {
  readonly by: PipelineJob;
  readonly step: Step;
  /** Its name in the run. */
  readonly name: string;
  /** `skipped`: by its own condition; `told`: its input `push` came out as false. */
  readonly because: 'skipped' | 'told';
}

/** undefined: some builder pushed, or it cannot be told. */
export function notPushed(builders: readonly PipelineJob[]): NotPushed | undefined {
  const told = builders.filter(({ job }) => job.conclusion !== 'skipped').map(ofJob);
  return told.every((one) => one !== undefined) ? told[0] : undefined;
}

function ofJob(by: PipelineJob): NotPushed | undefined {
  const { inFile, job, log } = by;
  const read = valueOf(log);
  if (inFile === undefined || job.conclusion !== 'success' || (read?.pushed.length ?? 0) > 0) return undefined;
  const steps = pushStepsOf(inFile, job.steps);
  const found = steps.map(({ step, shown }): NotPushed | undefined => {
    if (shown?.conclusion === 'skipped') return { by, step, name: shown.name, because: 'skipped' };
    const given = read?.steps.find(({ title }) => title === step.uses)?.inputs['push'];
    return given === 'false' ? { by, step, name: shown?.name ?? `Run ${step.uses ?? ''}`, because: 'told' } : undefined;
  });
  return found.length > 0 && found.every((one) => one !== undefined) ? found[0] : undefined;
}
