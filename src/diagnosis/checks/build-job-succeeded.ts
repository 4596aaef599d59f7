/**
 * Kaniko, BuildKit and the like in Jobs of this cluster: the newest Job that pushes the very image that is missing, how it ended, and its
 * last words. A Job of another tag or none at all blames nobody: an image may be pushed from anywhere.
 */

import { formatTime } from '../../clock.ts';
import type { BuildJob, BuildJobs } from '../../evidence/build-jobs.ts';
import type { EvidenceView } from '../../evidence/evidence.ts';
import { describeGap, valueOf } from '../../evidence/observation.ts';
import { fullName } from '../../image/reference.ts';
import type { Cause } from '../cause.ts';
import { type CheckResult, defineCheck, type Finding } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { commandLine } from '../shell.ts';
import { minuteOf, tidy } from '../words.ts';

type View = EvidenceView<'reference' | 'buildJobs' | 'tags'>;

export const buildJobSucceeded = defineCheck({
  id: 'build-job-succeeded',
  question: 'Did a build Job in the cluster push it?',
  needs: ['reference', 'buildJobs', 'tags'],
  run(evidence): CheckResult {
    const { reference, buildJobs } = evidence;
    if (reference.status === 'observed' && buildJobs.status === 'not-collected')
      return { verdict: 'not-applicable', note: buildJobs.reason };
    if (reference.status !== 'observed' || buildJobs.status !== 'observed')
      return couldNotLook({ reference, buildJobs });
    if (!reference.value.ok) return { verdict: 'not-applicable', note: 'the image reference is not well formed' };
    const [newest] = buildJobs.value.jobs;
    if (newest?.match !== 'exact') {
      return {
        verdict: 'not-applicable',
        note: nothingBuilds(fullName(reference.value.reference), newest, buildJobs.value),
      };
    }
    return judge(newest, fullName(reference.value.reference), evidence, buildJobs.value);
  },
  command({ buildJobs }) {
    const newest = buildJobs?.status === 'observed' ? buildJobs.value.jobs[0] : undefined;
    if (newest === undefined) return undefined;
    return commandLine('kubectl', 'logs', `job/${newest.name}`, '-n', newest.namespace);
  },
});

function nothingBuilds(image: string, other: BuildJob | undefined, { extent, truncated }: BuildJobs): string {
  const where = extent === 'cluster' ? 'in this cluster' : 'in this namespace (others may not be listed)';
  const cut = truncated ? '; not all Jobs were looked at' : '';
  const gone = 'finished ones may have been removed';
  if (other === undefined) return `no build Job exists ${where} that pushes ${image}; ${gone}${cut}`;
  return `no build Job ${where} pushes ${image}; ${jobName(other)} pushes ${tidy(other.destination)} (${other.state})${cut}`;
}

function judge(job: BuildJob, image: string, { tags }: View, { log }: BuildJobs): CheckResult {
  if (job.state === 'succeeded') {
    const note = `${jobName(job)} (${job.builder}) completed${at(job.endedAt)} and should have pushed it: it was deleted since, or pushed to another registry (${tidy(job.destination)})`;
    return { verdict: 'pass', note };
  }
  const listed = valueOf(tags)?.kind;
  const isProven = job.sameRegistry && (listed === 'listed' || listed === 'missing');
  const lines = (valueOf(log)?.lines ?? []).map(tidy);
  const { cause, summary } = told(job, lines);
  const unseen = log.status === 'forbidden' || log.status === 'unreachable' ? ` ${describeGap('its log', log)}.` : '';
  const finding: Finding = {
    cause,
    confidence: isProven ? 'certain' : 'likely',
    because: ['buildJobs', 'reference', ...(isProven ? (['tags'] as const) : [])],
    summary: `${summary}${job.sameRegistry ? '' : ` It pushes to ${tidy(job.destination)}, which may be another name of the same registry.`}${unseen}`,
    detail: {
      job: `${job.namespace}/${job.name}`,
      builder: job.builder,
      state: job.state,
      destination: tidy(job.destination),
      image,
      ...(job.reason === undefined ? {} : { reason: tidy(job.reason) }),
      ...(lines.length === 0 ? {} : { log: lines }),
    },
    alternatives: isProven ? [] : ['tag-not-found'],
  };
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}

function told(job: BuildJob, lines: readonly string[]): { readonly cause: Cause; readonly summary: string } {
  const who = `The build Job ${jobName(job)} (${job.builder})`;
  if (job.state === 'running') {
    return {
      cause: 'build-running',
      summary: `${who} that pushes this image is still running, since ${when(job.createdAt)}.`,
    };
  }
  if (job.state === 'suspended') {
    return { cause: 'build-never-ran', summary: `${who} that pushes this image is suspended: it has not built it.` };
  }
  const reason = job.reason === undefined ? '' : ` (${tidy(job.reason)})`;
  const last = lines.at(-1);
  const words = last === undefined ? '' : ` Its last log line: “${last}”.`;
  return { cause: 'build-failed', summary: `${who} that pushes this image failed${at(job.endedAt)}${reason}.${words}` };
}

function jobName({ namespace, name }: BuildJob): string {
  return `${namespace}/${name}`;
}

function at(time: number | undefined): string {
  return time === undefined ? '' : ` at ${minuteOf(formatTime(time))}`;
}

function when(time: number | undefined): string {
  return time === undefined ? 'a time that is not known' : minuteOf(formatTime(time));
}
