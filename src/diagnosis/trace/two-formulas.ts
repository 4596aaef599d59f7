/**
 * A deploy job that makes the tag anew, in another way than the build did: nothing was lost and nothing fell back, the two formulas
 * differ. The tag is what is missing; the file says why.
 */

import { withoutTime } from '../../build/tag-clock.ts';
import { roleOf } from '../../build/workflow-roles.ts';
import { valueOf } from '../../evidence/observation.ts';
import { repositoryName } from '../../image/reference.ts';
import { commitOf } from '../../image/tag.ts';
import { pushes } from '../../workflow/images.ts';
import { jobCalled } from '../../workflow/model.ts';
import type { Finding } from '../check.ts';
import { clockFact } from './clock-words.ts';
import type { Fault } from './fault.ts';
import { type Pipeline, type PipelineJob, runsOf, type Unit } from './pipeline.ts';
import { minute, permalink, type Studied } from './question.ts';
import { withDiff } from './with-diff.ts';

/** By rule: do the two tags differ in the way that the fault describes? */
const SHOWS: Readonly<Record<string, (asked: string, pushed: string) => boolean>> = {
  'sha-format-divergence': (asked, pushed) => {
    const [wanted, other] = [commitOf(asked) ?? '', commitOf(pushed) ?? ''];
    return wanted.length !== other.length && wanted !== '' && (wanted.startsWith(other) || other.startsWith(wanted));
  },
  'tag-recomputed-from-clock': (asked, pushed) => withoutTime(asked) === withoutTime(pushed) && asked !== pushed,
  'version-derived-two-ways': (asked, pushed) => asked !== pushed,
};

interface Found {
  readonly pipeline: Pipeline;
  readonly unit: Unit;
  readonly fault: Fault;
}

/** undefined: no such fault, or the tags do not differ like that. */
export function twoFormulas(studied: Studied): Finding | undefined {
  const { instead, asked, mine, trace } = studied;
  if (instead === undefined || asked === '') return undefined;
  const all = mine
    .flatMap((pipeline) => faultsIn(pipeline, studied))
    .filter(({ fault }) => SHOWS[fault.rule]?.(asked, instead.tag))
    .map((one) => ({ ...one, way: wayOf(studied, one, instead.tag) }));
  const found = all.find(({ way }) => way === 'shown') ?? all.find(({ way }) => way === 'possible');
  if (found === undefined) return undefined;
  const { pipeline, unit, fault, way } = found;
  const { run } = pipeline.trace;
  const push = instead.push;
  const built =
    push === undefined
      ? ''
      : ` (pushed${push.at === undefined ? '' : ` ${minute(push.at)}`} by job ${push.by.job.name})`;
  const place = { file: fault.file, line: fault.exprLine };
  const clock = clockFact(studied);
  const perhaps = way === 'shown' ? '' : 'Possibly because of ';
  const told: Finding = {
    cause: 'tag-not-found',
    confidence: 'certain',
    because: ['buildTrace', 'tags', 'registryAccess', 'reference'],
    summary: `The repository ${repositoryName(studied.image)} has no tag ${asked}; the image exists under ${instead.tag}${built}. ${perhaps}${fault.file}:${fault.exprLine}: ${fault.message}`,
    detail: {
      tag: asked,
      askedTag: asked,
      pushedTag: instead.tag,
      nearest: [instead.tag],
      run: run.url,
      job: fault.job,
      repository: run.repository,
      commit: run.headSha,
      file: fault.file,
      line: fault.exprLine,
      rule: fault.rule,
      ref: fault.ref,
      linkedBy: trace.linkedBy,
      chain: [
        push === undefined
          ? `the registry has ${instead.tag}`
          : `job ${push.by.job.name} pushed ${push.tag}: ${push.by.job.url}`,
        `${way === 'shown' ? '' : 'possibly '}${fault.file}:${fault.exprLine} ${fault.message} ${permalink(pipeline, unit.source, place)}`,
        ...(clock === undefined ? [] : [clock.sentence]),
        `the pod asks for ${asked}; nothing was pushed under that name`,
      ],
    },
    fix: `${fault.fix} Until then deploy ${instead.tag}, which exists.`,
    alternatives: [],
  };
  return way === 'shown' ? withDiff(told, pipeline) : told;
}

/**
 * Is this line the way to the tag? `shown`: the times agree, a log has the value, or the line can have made nothing else. `no`: a log shows
 * that the pushed tag arrived, the job did not run, or the clock puts the tag into another job.
 */
function wayOf(studied: Studied, { pipeline, unit, fault }: Found, pushed: string): 'shown' | 'possible' | 'no' {
  const { asked, clock } = studied;
  const job = fault.job === null ? undefined : jobCalled(unit.workflow, fault.job);
  const consumers = job === undefined ? [] : runsOf(pipeline, unit, job);
  const ran = consumers.filter(({ job: { conclusion } }) => conclusion !== 'skipped');
  if (consumers.length > 0 && ran.length === 0) return 'no';
  const says = ran.some(({ log }) => valueOf(log)?.mentions?.some(({ word }) => word === asked));
  if (says || wasGiven(ran, asked)) return 'shown';
  // Of a job that builds as well, it is what its own build was given.
  if (wasGiven(ran, pushed) && !job?.steps.some(pushes)) return 'no';
  if (fault.rule === 'sha-format-divergence') return 'shown';
  if (fault.rule === 'version-derived-two-ways') return asked === pipeline.trace.run.headBranch ? 'shown' : 'possible';
  return byClock(clock, ran);
}

function byClock(clock: Studied['clock'], jobs: readonly PipelineJob[]): 'shown' | 'possible' | 'no' {
  if (clock === undefined || clock.says === 'open') return 'possible';
  const isHere = clock.askedIn.every((made) => jobs.some(({ job }) => job.id === made.job.id));
  return clock.says === 'different' && isHere ? 'shown' : 'no';
}

/** A log shows the tag as the value of a variable. */
function wasGiven(jobs: readonly PipelineJob[], tag: string): boolean {
  const values = jobs.flatMap(({ log }) => (valueOf(log)?.steps ?? []).flatMap(({ env }) => Object.values(env)));
  return values.some((value) => value === tag || value.endsWith(`:${tag}`));
}

function faultsIn(pipeline: Pipeline, { concerns }: Studied): Found[] {
  return pipeline.units.flatMap((unit) =>
    unit.faults
      .filter(({ rule, job: id }) => {
        const job = id === null ? undefined : jobCalled(unit.workflow, id);
        return (
          rule in SHOWS &&
          job !== undefined &&
          /deploys|both/.test(roleOf(job, unit.project)) &&
          concerns.job(job, unit)
        );
      })
      .map((fault) => ({ pipeline, unit, fault })),
  );
}
