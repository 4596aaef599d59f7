/** Could a fallback have made this tag while its job ran? A formula with the clock in it makes another tag at every other time. */
import { jobsAt } from '../../build/tag-clock.ts';
import { couldMake } from './made-up.ts';
import type { PipelineJob } from './pipeline.ts';
import type { Studied } from './question.ts';

/** As `couldMake`; `no` also where the tag's time lies outside of these jobs. */
export function couldMakeThen(
  studied: Studied,
  formula: string,
  consumers: readonly PipelineJob[],
  headSha: string,
): 'yes' | 'no' | 'unknown' {
  const could = couldMake(formula, studied.asked, headSha);
  return could === 'yes' && /\bdate\b/.test(formula) && ranElsewhen(studied, consumers) ? 'no' : could;
}

/**
 * Runners keep UTC, mostly: known where a tag's time, read so, lies in a job of the run. An earlier attempt, or another run of the same
 * commit, made what lies in none of them.
 */
function ranElsewhen({ asked, instead, clock, mine }: Studied, consumers: readonly PipelineJob[]): boolean {
  const isConsumer = (id: number) => consumers.some(({ job }) => job.id === id);
  if (consumers.length === 0) return false;
  if (clock !== undefined) return !clock.askedIn.some(({ job }) => isConsumer(job.id));
  const jobs = mine.flatMap((one) => one.jobs.map(({ job }) => job));
  const then = jobsAt(asked, jobs);
  if (then === undefined || then.some(({ job }) => isConsumer(job.id))) return false;
  const isUtc = then.length > 0 || (instead !== undefined && (jobsAt(instead.tag, jobs)?.length ?? 0) > 0);
  return isUtc && consumers.every(({ job }) => job.startedAt !== undefined);
}
