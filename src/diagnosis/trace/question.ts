/** What is to be judged, with everything that follows from it at once. */
import { headOf } from '../../build/run.ts';
import { type ClockProof, clockProof } from '../../build/tag-clock.ts';
import { formatTime } from '../../clock.ts';
import type { BuildTrace } from '../../evidence/build-trace.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { ImageReference } from '../../image/reference.ts';
import { commitOf } from '../../image/tag.ts';
import { type BuildState, buildStateOf, speaksOf } from './build-state.ts';
import { type Concerns, concernsOf } from './concerns.ts';
import { type Pipeline, pipelineOf } from './pipeline.ts';
import { type PushedBy, pushedInstead, pushesIn } from './pushed.ts';

export interface Question {
  readonly image: ImageReference;
  /** Existing tags of the repository. */
  readonly names: readonly string[];
  readonly trace: BuildTrace;
}

export interface Studied extends Question {
  /** The missing tag; empty where a digest is missing. */
  readonly asked: string;
  readonly pipelines: readonly Pipeline[];
  /** Those of the commit that the tag names; where it names none, or one that cannot be seen, those that have to do with the image. */
  readonly mine: readonly Pipeline[];
  readonly isCommitKnown: boolean;
  readonly concerns: Concerns;
  readonly pushes: readonly PushedBy[];
  readonly instead?: { readonly tag: string; readonly push?: PushedBy };
  readonly clock?: ClockProof;
  readonly state: BuildState;
}

export function study(question: Question): Studied {
  const { image, names, trace } = question;
  const pipelines = (valueOf(trace.runs) ?? []).map(pipelineOf);
  const commit = valueOf(trace.commit);
  const sha = commit?.sha;
  const head = commit === undefined ? undefined : headOf(commit);
  const asked = image.digest === undefined ? (image.tag ?? 'latest') : '';
  const mine =
    sha === undefined
      ? pipelines.filter((one) => isTied(question, one, asked))
      : pipelines.filter(({ trace: { run } }) => run.headSha === head);
  const concerns = concernsOf(image);
  const pushes = pushesIn(pipelines, image, concerns);
  const instead = asked === '' ? undefined : pushedInstead(asked, pushesIn(mine, image, concerns), names);
  const jobs = mine.flatMap((one) => one.jobs.map(({ job }) => job));
  const clock = instead === undefined ? undefined : clockProof(asked, instead.tag, jobs);
  return {
    ...question,
    asked,
    pipelines,
    mine,
    isCommitKnown: sha !== undefined,
    concerns,
    pushes,
    ...(instead === undefined ? {} : { instead }),
    ...(clock === undefined ? {} : { clock }),
    state: buildStateOf(mine, {
      mine: concerns.mine,
      asked,
      ...(trace.builder === undefined ? {} : { builder: trace.builder }),
    }),
  };
}

/**
 * May a run be taken for the image's own, where it was found by its time? A tag that names a commit wants a run of that commit, or one that
 * speaks of it. A label may be inherited from a base image: then the files or the logs must name the image.
 */
function isTied({ image, trace }: Question, { trace: { run }, jobs, units }: Pipeline, asked: string): boolean {
  const named = asked === '' ? undefined : commitOf(asked);
  const speaks = jobs.some((one) => speaksOf(one, asked));
  if (named !== undefined) {
    const mentions = jobs.flatMap(({ log }) => valueOf(log)?.mentions ?? []);
    return speaks || run.headSha.startsWith(named) || mentions.some(({ word }) => word.startsWith(named));
  }
  if (trace.linkedBy !== 'source-label' || speaks) return true;
  const name = image.repository.split('/').at(-1) ?? image.repository;
  const plain = name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  // `…/api`, or `IMAGE_NAME: api`.
  const place = new RegExp(`(?:/|(?:image|repo)[\\w-]{0,40} ?[:=] ?["']?)${plain}(?![\\w./-])`, 'i');
  const isNamed = trace.repository.split('/').at(-1) === name;
  return (
    units.some(
      ({ source: { text } }) => place.test(text) || (isNamed && /github\.(?:event\.)?repository/i.test(text)),
    ) || jobs.some(({ log }) => valueOf(log)?.pushed.some(({ repository }) => place.test(`/${repository}`)))
  );
}

/** Does this run have to do with the missing tag? By its commit, by what it planned to push or spoke of, or because the workload changed while it ran. */
export function isIts(
  { asked, isCommitKnown, trace }: Pick<Studied, 'asked' | 'isCommitKnown' | 'trace'>,
  pipeline: Pipeline,
): boolean {
  if (isCommitKnown) return true;
  const { run } = pipeline.trace;
  const { rolledOut } = trace;
  const until = run.progress === 'completed' ? (run.updatedAt ?? run.createdAt) : Number.POSITIVE_INFINITY;
  if (rolledOut !== undefined && rolledOut >= run.createdAt && rolledOut <= until + 60_000) return true;
  return pipeline.jobs.some(({ log }) => {
    const read = valueOf(log);
    const planned = read?.planned?.some(({ tag }) => tag === asked);
    return asked !== '' && (planned || read?.mentions?.some(({ word }) => word === asked));
  });
}

/** `17:52`, as a thread says it; times of a tag are shown as the tag spells them. */
export function minute(ms: number): string {
  return formatTime(ms).slice(11, 16);
}

/** `https://github.com/acme/api/blob/SHA/path#L12`: the line as it was in that run. */
export function permalink(
  { trace: { run } }: Pipeline,
  source: { readonly repository: string; readonly sha: string },
  place: { readonly file: string; readonly line: number },
): string {
  const web = URL.parse(run.url)?.origin ?? '';
  // Another repository's file stands under its full name.
  const own = `${source.repository}/`;
  const file = place.file.startsWith(own) ? place.file.slice(own.length) : place.file;
  const path = file.split('/').map(encodeURIComponent).join('/');
  return `${web}/${source.repository}/blob/${source.sha}/${path}#L${place.line}`;
}
