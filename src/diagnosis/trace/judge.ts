/**
 * The verdict of a build's trace. In this order, because each rules out the next: it was pushed and is gone; it is on its way; its
 * build failed; the pipeline lost or made up the tag; nothing ever built it; open. Never a cause where the run could not be found.
 */
import { describeGap, type Observation, valueOf } from '../../evidence/observation.ts';
import { commitOf } from '../../image/tag.ts';
import type { Cause } from '../cause.ts';
import type { Finding, RuledOut } from '../check.ts';
import { count } from '../words.ts';
import { failedAtPush, speaksOf } from './build-state.ts';
import { clockFact } from './clock-words.ts';
import { goneFinding, otherPlace } from './gone.ts';
import { lostTag } from './lost-tag.ts';
import { neverRan } from './never-ran.ts';
import { isIts, type Question, type Studied, study } from './question.ts';
import { buildCancelled, buildFailed, buildRunning } from './tell-build.ts';
import { pushSkipped } from './tell-not-pushed.ts';
import { twoFormulas } from './two-formulas.ts';

interface Found {
  readonly is: 'found';
  readonly findings: readonly [Finding, ...Finding[]];
  readonly ruledOut: readonly RuledOut[];
}

export type Judged =
  | Found
  /** What was seen, and what was asked for it. */
  | { readonly is: 'open'; readonly note: string };

const CI_CAUSES: readonly Cause[] = [
  'ci-output-lost',
  'ci-silent-fallback',
  'build-failed',
  'build-never-ran',
  'build-running',
];

export function judgeTrace(question: Question): Judged {
  const { trace } = question;
  const studied = study(question);
  const judged = decided(studied);
  if (judged !== undefined) return judged;
  if (trace.runs.status !== 'observed') {
    return { is: 'open', note: searchedFor(studied, describeGap('the runs', trace.runs)) };
  }
  return { is: 'open', note: searchedFor(studied, unexplained(studied)) };
}

function decided(studied: Studied): Judged | undefined {
  const gone = goneFinding(studied);
  if (gone !== undefined) return found([gone], CI_CAUSES);
  const { state } = studied;
  // Nobody made up what was pushed, if to another place.
  const isPushed = otherPlace(studied) !== undefined;
  const lost = studied.asked === '' || isPushed ? undefined : lostTag(studied);
  const isProven = lost?.[0].confidence === 'certain';
  const isAgain = state.is === 'running' && state.isAgain && isProven;
  const build = isAgain ? undefined : buildTrouble(studied);
  if (build !== undefined) return withLoss(build, isProven ? lost : undefined);
  if (lost !== undefined) return found(lost, isProven && state.is === 'done' ? CI_CAUSES : []);
  const other = isPushed ? undefined : otherReason(studied);
  return other && found([other], []);
}

/** What is proven of the tag goes before what is only likely of its build. */
function withLoss(build: Found, lost: Found['findings'] | undefined): Found {
  const isSure = build.findings[0].confidence === 'certain';
  return isSure || lost === undefined ? build : found([...lost, ...build.findings], []);
}

function otherReason(studied: Studied): Finding | undefined {
  const { state } = studied;
  const skipped = state.is === 'not-pushed' ? pushSkipped(studied, state) : undefined;
  return twoFormulas(studied) ?? skipped ?? neverRan(studied);
}

/**
 * Only of a run that has to do with this tag, and only where it pushed nothing under another name: a job that gives what was pushed its
 * next name may have failed all the same, where its log speaks of that name.
 */
function buildTrouble(studied: Studied): Found | undefined {
  const { state, instead, asked } = studied;
  if (!('pipeline' in state) || !isIts(studied, state.pipeline)) return undefined;
  const job = 'job' in state ? state.job : undefined;
  const isNext = job !== undefined && failedAtPush(job) && speaksOf(job, asked);
  if (instead?.push !== undefined && !isNext) return undefined;
  if (state.is === 'running') return found([buildRunning(studied, state)], ['build-never-ran']);
  if (state.is === 'cancelled') return found([buildCancelled(studied, state)], ['build-never-ran', 'build-running']);
  if (state.is === 'failed') return found([buildFailed(studied, state)], ['build-never-ran', 'build-running']);
  return undefined;
}

function found(findings: Found['findings'], causes: readonly Cause[]): Found {
  const named = new Set(findings.flatMap(({ cause, alternatives }) => [cause, ...alternatives]));
  const ruledOut = causes
    .filter((cause) => !named.has(cause))
    .map((cause): RuledOut => ({ cause, because: ['buildTrace'] }));
  return { is: 'found', findings, ruledOut };
}

/** What the builds do tell, where no cause follows from it. */
function unexplained(studied: Studied): string {
  const { mine, trace, asked, state, instead } = studied;
  const elsewhere = otherPlace(studied);
  if (elsewhere !== undefined) return elsewhere;
  if (mine.length === 0) {
    const sha = valueOf(trace.commit)?.sha;
    const named = commitOf(asked);
    const others = studied.pipelines.length;
    if (sha === undefined && named !== undefined && others > 0) {
      return `commit ${named} cannot be seen in ${trace.repository}: it was not pushed there, is gone, or the image comes from another repository; ${count(others, 'run')} of that time ${others === 1 ? 'is' : 'are'} of other commits`;
    }
    return sha === undefined
      ? 'no run was found'
      : `no run of commit ${sha.slice(0, 7)} was found that builds or deploys`;
  }
  const fact = clockFact(studied);
  const built = state.is === 'done' ? `; ${state.pipeline.trace.run.url} built ${instead?.tag ?? 'it'}` : '';
  const clock = fact === undefined ? '' : `; ${fact.sentence}`;
  const open = gapsOf(studied);
  const unseen = open.length === 0 ? '' : `; not seen: ${open.join('; ')}`;
  return `the files and logs of ${count(mine.length, 'run')} do not show how ${asked === '' ? 'it' : asked} came about${built}${clock}${unseen}`;
}

function searchedFor({ trace }: Studied, note: string): string {
  const said = trace.searched.length === 0 ? '' : ` (asked: ${trace.searched.join('; ')})`;
  return `${note}${said}`;
}

/** What of the runs could not be read: logs that are gone, rights that are lacking. */
function gapsOf({ mine }: Pick<Studied, 'mine'>): readonly string[] {
  const gaps = mine.flatMap(({ trace, jobs }) => [
    ...gap(`the jobs of run ${trace.run.id}`, trace.jobs),
    ...(trace.unread ?? []),
    ...gap(`${trace.run.path} at ${trace.run.headSha.slice(0, 7)}`, trace.workflow),
    ...jobs.flatMap(({ job, log }) =>
      log.status === 'absent'
        ? [`the log of job ${job.name} is gone (deleted or expired)`]
        : gap(`the log of job ${job.name}`, log),
    ),
  ]);
  return [...new Set(gaps)];
}

function gap(what: string, observation: Observation<unknown>): string[] {
  return observation.status === 'observed' || observation.status === 'not-collected'
    ? []
    : [describeGap(what, observation)];
}
