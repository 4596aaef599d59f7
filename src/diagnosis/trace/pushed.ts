/** What was pushed instead of the missing tag, and whether the missing tag itself ever was. */
import type { PushedImage } from '../../build/job-log.ts';
import { withoutTime } from '../../build/tag-clock.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { ImageReference } from '../../image/reference.ts';
import { commitOf, isMutableTag, nearestTags } from '../../image/tag.ts';
import type { Concerns } from './concerns.ts';
import type { Pipeline, PipelineJob } from './pipeline.ts';

export interface PushedBy extends PushedImage {
  readonly by: PipelineJob;
  readonly pipeline: Pipeline;
  /** `same`: this image's repository; `masked`: it cannot be told from the log; `other`: another one. */
  readonly where: 'same' | 'masked' | 'other';
}

/** Everything that the logs say was pushed; under a hidden name only by jobs that may push this image. */
export function pushesIn(
  pipelines: readonly Pipeline[],
  image: ImageReference,
  concerns: Concerns,
): readonly PushedBy[] {
  return pipelines.flatMap((pipeline) =>
    pipeline.jobs.flatMap((by) => {
      const isOthers = by.inFile !== undefined && by.unit !== undefined && !concerns.job(by.inFile, by.unit);
      return (valueOf(by.log)?.pushed ?? [])
        .map((one) => ({ ...one, by, pipeline, where: whereOf(one.repository, image) }))
        .filter(({ where }) => where !== 'masked' || !isOthers);
    }),
  );
}

function whereOf(printed: string, { registry, repository }: ImageReference): PushedBy['where'] {
  if (printed === '') return 'masked';
  const full = registry === 'docker.io' ? ['docker.io', 'index.docker.io', ''] : [registry];
  const names = full.map((host) => (host === '' ? repository : `${host}/${repository}`));
  const short = names.map((name) => name.replace(/^(.*\/)?library\//, '$1'));
  if ([...names, ...short].includes(printed)) return 'same';
  if (!printed.includes('*')) return 'other';
  const pattern = new RegExp(
    `^${printed
      .split(/\*+/)
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`))
      .join('.*')}$`,
  );
  return [...names, ...short].some((name) => pattern.test(name)) ? 'masked' : 'other';
}

/** The tag under which the image does exist: by a log, else by the registry's tags of the same commit or formula. */
export function pushedInstead(
  asked: string,
  pushes: readonly PushedBy[],
  names: readonly string[],
): { readonly tag: string; readonly push?: PushedBy } | undefined {
  const mine = pushes.filter(({ where, tag }) => where !== 'other' && tag !== asked);
  const ranked = mine.toSorted((a, b) => rank(a, asked, names) - rank(b, asked, names));
  const [best] = ranked;
  if (best !== undefined) return { tag: best.tag, push: best };
  const [near] = nearestTags(asked, names, 1);
  if (near === undefined) return undefined;
  const [mineCommit, other] = [commitOf(asked), commitOf(near.tag)];
  const sameCommit =
    mineCommit !== undefined && other !== undefined && (mineCommit.startsWith(other) || other.startsWith(mineCommit));
  return sameCommit || withoutTime(asked) === withoutTime(near.tag) ? { tag: near.tag } : undefined;
}

/** What looks like the missing one before what moves; what the registry has before what it lost. */
function rank({ tag }: PushedBy, asked: string, names: readonly string[]): number {
  const alike = withoutTime(tag) === withoutTime(asked) ? 0 : 2;
  return alike + (isMutableTag(tag) ? 4 : 0) + (names.includes(tag) ? 0 : 1);
}
