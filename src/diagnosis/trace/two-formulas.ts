/**
 * A deploy job that makes the tag anew, in another way than the build did: nothing was lost and nothing fell back, the two formulas
 * differ. The tag is what is missing; the file says why.
 */

import { withoutTime } from '../../build/tag-clock.ts';
import { roleOf } from '../../build/workflow-roles.ts';
import { repositoryName } from '../../image/reference.ts';
import { commitOf } from '../../image/tag.ts';
import { jobCalled } from '../../workflow/model.ts';
import type { Finding } from '../check.ts';
import { clockFact } from './clock-words.ts';
import type { Fault } from './fault.ts';
import type { Pipeline, Unit } from './pipeline.ts';
import { minute, permalink, type Studied } from './question.ts';

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
  const found = mine
    .flatMap((pipeline) => faultsIn(pipeline, studied))
    .find(({ fault }) => SHOWS[fault.rule]?.(asked, instead.tag));
  if (found === undefined) return undefined;
  const { pipeline, unit, fault } = found;
  const { run } = pipeline.trace;
  const push = instead.push;
  const built =
    push === undefined
      ? ''
      : ` (pushed${push.at === undefined ? '' : ` ${minute(push.at)}`} by job ${push.by.job.name})`;
  const place = { file: fault.file, line: fault.exprLine };
  const clock = clockFact(studied);
  return {
    cause: 'tag-not-found',
    confidence: 'certain',
    because: ['buildTrace', 'tags', 'registryAccess', 'reference'],
    summary: `The repository ${repositoryName(studied.image)} has no tag ${asked}; the image exists under ${instead.tag}${built}. ${fault.file}:${fault.exprLine}: ${fault.message}`,
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
        `${fault.file}:${fault.exprLine} ${fault.message} ${permalink(pipeline, unit.source, place)}`,
        ...(clock === undefined ? [] : [clock.sentence]),
        `the pod asks for ${asked}; nothing was pushed under that name`,
      ],
    },
    fix: `${fault.fix} Until then deploy ${instead.tag}, which exists.`,
    alternatives: [],
  };
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
