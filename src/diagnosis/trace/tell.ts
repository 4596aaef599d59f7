/** A lost tag as a finding: one sentence, and the chain step by step with the lines as they were in that run. */
import { withoutSecrets } from '../../build/log-mask.ts';
import type { Cause } from '../cause.ts';
import type { Detail, Finding } from '../check.ts';
import type { LostTag } from './account.ts';
import { minute, permalink, type Studied } from './question.ts';

/** Of one kind; a matrix can show the same loss in every leg. */
const MOST_PROOFS = 4;

/** From the pushed tag to the asked one, a sentence each. */
export function drawChain(studied: Studied, account: LostTag): readonly string[] {
  const { instead, asked } = studied;
  const { loss, fallback, pipeline, unit, clock, consumers, proofs } = account;
  const push = instead?.push;
  const at = push?.at === undefined ? '' : ` at ${minute(push.at)}`;
  const made =
    push === undefined
      ? instead === undefined
        ? []
        : [
            `the registry has ${instead.tag}${clock === undefined ? '' : `, made at ${clock.pushedMinute} in job ${clock.pushedJob}`}`,
          ]
      : [`job ${push.by.job.name} pushed ${push.tag}${at}: ${push.by.job.url}`];
  const lost =
    loss === undefined
      ? []
      : [`${lossSentence(loss)}: ${permalink(pipeline, unit.source, { file: unit.source.path, line: loss.line })}`];
  const hidden =
    fallback === undefined
      ? []
      : [
          `${fallback.file}:${fallback.line} makes ${cut(fallback.value)} of an empty ${fallback.name}: ${permalink(pipeline, sourceOf(account, fallback.file), fallback)}`,
        ];
  const where = clock === undefined ? consumers[0]?.job.name : clock.askedJob;
  const when = clock === undefined ? '' : ` at ${clock.askedMinute}`;
  return [
    ...made,
    ...lost,
    ...rootOf(account),
    ...proofs.slice(0, MOST_PROOFS),
    ...(proofs.length > MOST_PROOFS ? [`${proofs.length - MOST_PROOFS} more lines of the logs show the same`] : []),
    ...hidden,
    ...(clock === undefined ? [] : [clock.sentence]),
    `the pod asks for ${asked}${where === undefined || account.confidence !== 'certain' ? '' : `, which came out of job ${where}${when}`}; nothing was pushed under that name`,
  ];
}

/** The fault itself, where it lies further up than the read. */
function rootOf(account: LostTag): readonly string[] {
  const { loss, pipeline } = account;
  const fault = loss?.fault;
  if (loss === undefined || fault === undefined || isHere(loss)) return [];
  const source = sourceOf(account, fault.file);
  const place = { file: fault.file, line: fault.exprLine };
  return [`${fault.file}:${fault.exprLine} ${fault.message} ${permalink(pipeline, source, place)}`];
}

/** Where a file is from: a called workflow may be another repository's. */
function sourceOf({ pipeline, unit }: LostTag, file: string): LostTag['unit']['source'] {
  return pipeline.units.find(({ source }) => source.path === file)?.source ?? unit.source;
}

function isHere({ fault, unit, line }: NonNullable<LostTag['loss']>): boolean {
  return fault?.file === unit.source.path && fault.exprLine === line;
}

function lossSentence({ unit, line, edge, job, shownBy }: NonNullable<LostTag['loss']>): string {
  const place = `${unit.source.path}:${line}`;
  const why =
    edge.state === 'masked'
      ? `which holds ${edge.because ?? 'a secret'} and is dropped by the runner`
      : whyLost(edge.rule, edge.because, shownBy);
  return `${place} job ${job.id} reads ${edge.ref}${why.startsWith('which') ? ', ' : ' '}${why}`;
}

const WHY: Readonly<Record<string, string>> = {
  'needs-not-declared': 'without needing that job',
  'needs-job-missing': 'of a job that does not exist',
  'needs-unknown-job': 'of a job that does not exist',
  'output-not-declared': 'which that job does not declare',
  'output-never-written': 'which its step never writes',
  'output-may-be-masked': 'which may hold a secret and is then dropped',
  'step-unknown': 'of a step that is not there',
  'env-undefined': 'which nothing sets',
};

function whyLost(rule: string | undefined, because: string | undefined, shownBy: string): string {
  if (rule !== undefined && WHY[rule] !== undefined) return WHY[rule];
  if (because !== undefined) return `which is empty because ${because} is`;
  return shownBy === 'masked' ? 'which the runner dropped as a secret' : 'which was never set';
}

/** The cause as a finding. The fallback shares chain and confidence with the loss that it hides. */
export function findingOf(
  studied: Studied,
  account: LostTag,
  chain: readonly string[],
  cause: Extract<Cause, 'ci-output-lost' | 'ci-silent-fallback'>,
): Finding {
  const { loss, fallback, confidence } = account;
  const isFallback = cause === 'ci-silent-fallback';
  const fixes = isFallback || loss?.fault === undefined ? {} : { fix: fixOf(studied, loss.fault.fix) };
  return {
    cause,
    confidence,
    because: ['buildTrace', 'tags', 'registryAccess', 'reference'],
    summary:
      isFallback && fallback && loss && confidence !== 'possible'
        ? `A fallback hid that the value was lost: ${fallback.file}:${fallback.line}.`
        : `${opening(studied, account)} ${reason(account)}`,
    detail: { ...detailOf(studied, account, chain), ...placeOf(account, isFallback) },
    ...fixes,
    alternatives: confidence === 'certain' ? [] : ['tag-not-found'],
  };
}

/** What helps the pod comes first, the pipeline after it. */
function fixOf({ instead }: Studied, fix: string): string {
  const mend = fix.endsWith('.') ? fix : `${fix}.`;
  if (instead === undefined) return mend;
  return `Deploy ${instead.tag}, which exists. Then mend the pipeline: ${mend.charAt(0).toLowerCase()}${mend.slice(1)}`;
}

/** `the image exists under …-17-52 (built 17:52 in job build); the pod asks for …-17-54 (made up 17:54 in job deploy)` */
function opening(studied: Studied, account: LostTag): string {
  const { instead, asked } = studied;
  if (account.confidence === 'possible') return `A fault of the pipeline that nothing ties to ${asked}:`;
  const exists = instead === undefined ? '' : `The image exists under ${instead.tag}${builtIn(studied, account)}; the`;
  return `${exists === '' ? 'The' : exists} pod asks for ${asked}${madeIn(account)}:`;
}

/** Made in one job, perhaps pushed by another: each with its own minute. */
function builtIn({ instead }: Studied, { clock }: LostTag): string {
  const push = instead?.push;
  const isOther = push !== undefined && push.by.job.name !== clock?.pushedJob;
  const when = push?.at === undefined ? '' : ` ${minute(push.at)}`;
  const parts = [
    ...(clock === undefined ? [] : [`built ${clock.pushedMinute} in job ${clock.pushedJob}`]),
    ...(isOther ? [`pushed${when} in job ${push.by.job.name}`] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function madeIn({ clock, consumers, confidence }: LostTag): string {
  const from = clock?.askedJob ?? consumers[0]?.job.name;
  const sure = confidence === 'certain' ? 'made up' : 'by its files made up';
  return from === undefined ? '' : ` (${sure}${clock === undefined ? '' : ` ${clock.askedMinute}`} in job ${from})`;
}

/** The fallback that hid a loss is a finding of its own. */
function reason({ loss, fallback }: LostTag): string {
  if (loss === undefined) return fallback === undefined ? '' : hides(fallback);
  const { fault } = loss;
  const root = fault === undefined || isHere(loss) ? '' : ` (${fault.file}:${fault.exprLine})`;
  return `${lossSentence(loss)}${root}.`;
}

function hides({ file, line, value, name }: NonNullable<LostTag['fallback']>): string {
  return `${file}:${line} makes ${cut(value)} of an empty ${name}.`;
}

/** A default may hold a password as well as a tag. */
function cut(value: string): string {
  const shown = withoutSecrets(value);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}

function detailOf({ instead, asked, trace }: Studied, { pipeline, job }: LostTag, chain: readonly string[]): Detail {
  const { run } = pipeline.trace;
  return {
    askedTag: asked,
    ...(instead === undefined ? {} : { pushedTag: instead.tag, nearest: [instead.tag] }),
    run: run.url,
    job: job.id,
    repository: run.repository,
    commit: run.headSha,
    linkedBy: trace.linkedBy,
    chain,
  };
}

/** Where the fix belongs. */
function placeOf({ loss, fallback, unit }: LostTag, isFallback: boolean): Detail {
  if (isFallback && fallback !== undefined) {
    return { file: fallback.file, line: fallback.line, rule: 'silent-fallback', ref: fallback.name };
  }
  if (loss === undefined) return {};
  const { fault } = loss;
  return {
    file: fault?.file ?? unit.source.path,
    line: fault?.exprLine ?? loss.line,
    rule: fault?.rule ?? loss.edge.rule ?? 'output-not-set',
    ref: fault?.ref ?? loss.edge.ref,
  };
}
