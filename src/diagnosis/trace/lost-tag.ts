/**
 * A tag that the pipeline lost or made up. Certain: at least one log or clock proof, beside a fault of a file on the way of this image
 * (or a log that shows the output empty). Likely: the files alone. Possible: the files, and nothing of them explains this very tag.
 */
import { valueOf } from '../../evidence/observation.ts';
import { isMutableTag } from '../../image/tag.ts';
import { marked } from '../../workflow/commit-marks.ts';
import { formulaOf } from '../../workflow/formula.ts';
import { pushedTags } from '../../workflow/images.ts';
import type { Confidence, Finding } from '../check.ts';
import type { Explained, LostTag } from './account.ts';
import { type ClockFact, clockFact } from './clock-words.ts';
import { fallbacksOf, type MadeUp } from './fallbacks.ts';
import { type Loss, lossesIn } from './loss.ts';
import { couldMakeThen } from './made-then.ts';
import { type Pipeline, type PipelineJob, runsOf } from './pipeline.ts';
import { isIts, type Studied } from './question.ts';
import { reachesImage } from './reaches-image.ts';
import { drawChain, findingOf } from './tell.ts';
import { withDiff } from './with-diff.ts';

const RANK: readonly Confidence[] = ['certain', 'likely', 'possible'];

/** The surest account first, a lost value with the fallback that hides it as second finding; undefined: nothing of the kind. */
export function lostTag(studied: Studied): readonly [Finding, ...Finding[]] | undefined {
  const accounts = studied.mine.flatMap((pipeline) => [
    ...lossesIn(pipeline, studied.concerns.job)
      .filter(({ unit, job, edge }) => reachesImage(unit.workflow, job, edge) !== 'no')
      .map((loss) => ofLoss(studied, loss)),
    ...bareFallbacks(studied, pipeline),
  ]);
  const [best] = accounts.toSorted(
    (a, b) =>
      RANK.indexOf(a.confidence) - RANK.indexOf(b.confidence) ||
      Number(b.loss !== undefined) - Number(a.loss !== undefined) ||
      weight(b) - weight(a),
  );
  if (best === undefined) return undefined;
  const chain = drawChain(studied, best);
  const told = findingOf(studied, best, chain, best.loss === undefined ? 'ci-silent-fallback' : 'ci-output-lost');
  const first = best.confidence === 'possible' ? told : withDiff(told, best.pipeline);
  if (best.loss === undefined || best.fallback === undefined) return [first];
  return [first, findingOf(studied, best, chain, 'ci-silent-fallback')];
}

function weight({ proofs, explained, clock }: LostTag): number {
  return proofs.length * 2 + (explained === 'fallback' ? 3 : explained === 'hole' ? 2 : 0) + (clock ? 1 : 0);
}

function ofLoss(studied: Studied, loss: Loss): LostTag {
  const { pipeline, unit, job, consumers } = loss;
  const fallbacks = fallbacksOf(unit, job);
  const sha = pipeline.trace.run.headSha;
  const made = fallbacks.map((one) => ({ one, could: couldMakeThen(studied, one.value, consumers, sha) }));
  const its = ({ one }: (typeof made)[number]) => one.name === loss.edge.slot.key || one.name === loss.edge.ref;
  const hit = made.find((one) => one.could === 'yes' && its(one)) ?? made.find(({ could }) => could === 'yes');
  const open = made.find((one) => one.could === 'unknown' && its(one));
  const isBeside = wouldBeSame(loss, hit?.one);
  const explained = isBeside ? 'no' : explain(studied, loss, hit?.one, made.length > 0 && open === undefined);
  const clock = isBeside ? undefined : clockIn(studied, consumers);
  const fallback = hit?.one ?? open?.one;
  const account = {
    pipeline,
    unit,
    job,
    consumers,
    loss,
    ...(fallback === undefined ? {} : { fallback }),
    explained,
    ...(clock === undefined ? {} : { clock }),
    proofs: loss.proofs,
  };
  return { ...account, confidence: sureness(studied, account) };
}

/** The build makes its tag by the very formula of the fallback, without a clock: what was lost would have been the same. */
function wouldBeSame({ edge, unit: { workflow }, job }: Loss, made: MadeUp | undefined): boolean {
  if (made === undefined) return false;
  const scope = { workflow, job, followNeeds: true };
  const [lost, instead] = [`\${{ ${edge.ref} }}`, made.value].map((text) => formulaOf(scope, text));
  return lost === instead && lost !== undefined && /«/.test(lost) && !/«clock»|\$/.test(lost);
}

function explain(studied: Studied, { edge, consumers }: Loss, made: MadeUp | undefined, allSeen: boolean): Explained {
  if (made !== undefined) return 'fallback';
  const around = edge.slot.scalar.value.replaceAll(/\$\{\{.*?\}\}/gs, '').trim();
  if (around !== '' && (around === studied.asked || around.endsWith(`:${studied.asked}`))) return 'hole';
  if (mentions(studied, consumers)) return 'mentioned';
  return allSeen ? 'no' : 'unknown';
}

/** The consumer speaks of the missing tag, and no job before it does. */
function mentions({ asked, mine }: Studied, consumers: readonly PipelineJob[]): boolean {
  const says = (one: PipelineJob) => valueOf(one.log)?.mentions?.some(({ word }) => word === asked) ?? false;
  const others = mine.flatMap(({ jobs }) => jobs).filter((one) => !consumers.includes(one));
  return consumers.some(says) && !others.some((one) => one.role === 'builds' && says(one));
}

function clockIn(studied: Studied, consumers: readonly PipelineJob[]): ClockFact | undefined {
  const fact = clockFact(studied);
  if (fact === undefined) return undefined;
  return fact.askedIds.every((id) => consumers.some(({ job }) => job.id === id)) ? fact : undefined;
}

const MADE: ReadonlySet<Explained> = new Set(['fallback', 'hole', 'mentioned']);

function sureness(studied: Studied, account: Omit<LostTag, 'confidence'>): Confidence {
  const { explained, clock, proofs } = account;
  if (explained === 'no' && clock === undefined) return 'possible';
  const isItsRun = isIts(studied, account.pipeline) || clock !== undefined || MADE.has(explained);
  // A fault of a pipeline that nothing ties to this tag.
  if (!isItsRun) return 'possible';
  const isPushed = studied.instead?.push !== undefined && MADE.has(explained);
  const isProven = clock !== undefined || proofs.length > 0 || isPushed;
  return isProven && !isDoubted(account) ? 'certain' : 'likely';
}

/** The file that was read may not be the one that ran: then only what the logs say counts. */
function isDoubted({ pipeline, loss, proofs }: Omit<LostTag, 'confidence'>): boolean {
  return pipeline.trace.fileNote !== undefined && loss?.shownBy === 'static' && proofs.length === 0;
}

/** A script that makes up a value although nothing that the files show was lost. Only where it could have made this very tag. */
function bareFallbacks(studied: Studied, pipeline: Pipeline): LostTag[] {
  return pipeline.units.flatMap((unit) =>
    unit.workflow.jobs.flatMap((job): LostTag[] => {
      const consumers = runsOf(pipeline, unit, job).filter(({ job: { conclusion } }) => conclusion !== 'skipped');
      const deploys = consumers.some(({ role }) => role === 'deploys' || role === 'both');
      if (!deploys || !studied.concerns.job(job, unit)) return [];
      const sha = pipeline.trace.run.headSha;
      const fallback = fallbacksOf(unit, job).find(
        (one) => couldMakeThen(studied, one.value, consumers, sha) === 'yes',
      );
      return fallback && isBlamed(studied, pipeline, fallback)
        ? bareFallback(studied, { pipeline, unit, job, consumers, fallback })
        : [];
    }),
  );
}

/** Where nothing is known to exist in its place, only the files can say that no build makes such a tag. */
function isBlamed({ instead }: Studied, pipeline: Pipeline, fallback: MadeUp): boolean {
  const pushed = pushesSuch(pipeline, fallback);
  return pushed === 'no' || (pushed === 'unknown' && instead !== undefined);
}

function bareFallback(
  studied: Studied,
  given: Pick<LostTag, 'pipeline' | 'unit' | 'job' | 'consumers'> & { readonly fallback: MadeUp },
): LostTag[] {
  const { consumers, fallback, job } = given;
  const shown = consumers.map((one) => shownTo(one, fallback.name));
  if (shown.includes('value')) return [];
  const clock = clockIn(studied, consumers);
  const proofs = shown.includes('empty')
    ? [`the log of job ${consumers[0]?.job.name ?? job.id} shows ${fallback.name} empty`]
    : [];
  // A name that anybody may mean, `latest` or `main`, proves nothing by itself.
  const isProven = clock !== undefined || proofs.length > 0;
  if (!isProven && isMutableTag(studied.asked)) return [];
  const account = { ...given, explained: 'fallback' as const, proofs };
  return [{ ...account, ...(clock === undefined ? {} : { clock }), confidence: isProven ? 'certain' : 'likely' }];
}

/** Do the files of this pipeline push a tag that is made like that value? */
function pushesSuch({ units }: Pipeline, { value }: MadeUp): 'yes' | 'no' | 'unknown' {
  const tags = units.flatMap(({ workflow }) => pushedTags(workflow).map(({ tag }) => tag));
  const made = marked(value.replaceAll(/["']/g, ''));
  const mine = [made, made.slice(made.lastIndexOf(':') + 1)];
  if (!made.includes('«clock»') && tags.some((tag) => mine.includes(tag))) return 'yes';
  return tags.length > 0 && tags.every(isCertain) ? 'no' : 'unknown';
}

/** Every part of it is written out, a mark, or a command of its own. */
function isCertain(formula: string): boolean {
  return !/\$\{|\$\w/.test(formula);
}

function shownTo({ log }: PipelineJob, name: string): 'empty' | 'value' | 'unseen' {
  const shown = (valueOf(log)?.steps ?? []).flatMap(({ env }) => env[name] ?? []);
  const [first] = shown;
  return first === undefined ? 'unseen' : first === '' ? 'empty' : 'value';
}
