/** A build that pushed nothing, as a finding. */
import { withoutSecrets } from '../../build/log-mask.ts';
import { repositoryName } from '../../image/reference.ts';
import type { Finding } from '../check.ts';
import { tidy } from '../words.ts';
import type { BuildState } from './build-state.ts';
import type { NotPushed } from './not-pushed.ts';
import { permalink, type Studied } from './question.ts';

/** The tag is what is missing; the file says why. */
export function pushSkipped(
  studied: Studied,
  { pipeline, how }: Extract<BuildState, { is: 'not-pushed' }>,
): Finding | undefined {
  const { asked, image, trace, instead, isCommitKnown } = studied;
  if (instead?.push !== undefined || asked === '' || !isCommitKnown) return undefined;
  const { run } = pipeline.trace;
  const { by, name, because } = how;
  const place = placeOf(how);
  const where = place === undefined ? '' : ` (${place.file}:${place.line})`;
  const why =
    because === 'skipped'
      ? `its step ${name} was skipped${conditionOf(how)}${where}`
      : `its step ${name} was told not to push${where}`;
  const source = by.unit?.source;
  const link = place === undefined || source === undefined ? '' : `: ${permalink(pipeline, source, place)}`;
  return {
    cause: 'tag-not-found',
    confidence: 'certain',
    because: ['buildTrace', 'tags', 'registryAccess', 'reference'],
    summary: `The repository ${repositoryName(image)} has no tag ${asked}: the build of ${run.headSha.slice(0, 7)} ran in job ${by.job.name} and pushed nothing, ${why}. ${run.url}`,
    detail: {
      tag: asked,
      askedTag: asked,
      repository: trace.repository,
      commit: run.headSha,
      run: run.url,
      job: by.job.name,
      step: name,
      linkedBy: trace.linkedBy,
      ...(place === undefined ? {} : { file: place.file, line: place.line }),
      chain: [
        `job ${by.job.name} built ${run.headSha.slice(0, 7)} on ${run.headBranch ?? run.event} (${run.event}): ${by.job.url}`,
        `${why}${link}`,
        `the pod asks for ${asked}; nothing was pushed under that name`,
      ],
    },
    fix: 'Deploy a tag that was pushed, or let the build push for this branch and event.',
    alternatives: [],
  };
}

function conditionOf({ step: { condition } }: NotPushed): string {
  return condition === undefined ? '' : `, if: ${conditionWords(condition)}`;
}

/** A condition as a thread may show it. */
export function conditionWords(condition: string): string {
  return tidy(withoutSecrets(condition)).slice(0, 120);
}

function placeOf({ by: { unit }, step }: NotPushed): { readonly file: string; readonly line: number } | undefined {
  const at = step.run?.keyAt ?? [...step.inputs.values()][0]?.keyAt;
  if (unit === undefined || at === undefined) return undefined;
  return { file: unit.source.path, line: unit.workflow.position(at).line };
}
