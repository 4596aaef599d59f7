/**
 * Nothing ever built this commit. Said only where everything that could contradict it was seen: the repository does build this image
 * (a sibling's run, or the configuration says so), the commit is known, and its list of runs is complete. How sure depends on whether a
 * run may have been there: whoever may write can delete one as soon as it is over, and people do it on a schedule (docs.github.com,
 * "Deleting a workflow run"; logs are kept 1 to 400 days, 90 unless set otherwise).
 */
import { isElsewhere, type WorkflowRun } from '../../build/run.ts';
import { formatTime } from '../../clock.ts';
import type { BuildTrace } from '../../evidence/build-trace.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { Confidence, Finding } from '../check.ts';
import { count, minuteOf } from '../words.ts';
import type { Studied } from './question.ts';
import { conditionWords } from './tell-not-pushed.ts';

const DAY = 86_400_000;
/** Workflows of a commit whose files are read. */
const LOOKED_AT = 6;
/** What GitHub keeps unless somebody sets less. */
const KEPT = 90 * DAY;

export function neverRan(studied: Studied): Finding | undefined {
  const { trace, asked, image, state } = studied;
  const commit = valueOf(trace.commit);
  const { listed, repository } = trace;
  if (commit === undefined || listed?.by !== 'commit' || !listed.isComplete) return undefined;
  const at = commit.at === undefined ? '' : ` of ${minuteOf(formatTime(commit.at))}`;
  const detail = { ...(asked === '' ? {} : { askedTag: asked }), repository, commit: commit.sha };
  if (state.is === 'skipped') return skippedBuild(studied, state, detail);
  const { builder } = trace;
  if (builder === undefined || hadRun(studied, builder)) return undefined;
  const others = listed.runs.length === 0 ? 'no run at all' : `${listed.runs.length} runs, none of ${builder}`;
  const { confidence, doubt } = grade(studied, builder);
  const lead = confidence === 'certain' ? 'Nothing built' : 'No build is seen of';
  const but = doubt === undefined ? '' : ` But ${doubt}.`;
  return {
    cause: 'build-never-ran',
    confidence,
    because: ['buildTrace', 'registryAccess', 'reference'],
    summary: `${lead} commit ${commit.sha.slice(0, 7)}${at}: ${repository} has ${others} for it, and ${builder} is what builds ${image.repository}.${skipWords(commit.title)}${but}`,
    detail: { ...detail, builder, searched: trace.searched, ...(doubt === undefined ? {} : { doubt }) },
    alternatives: confidence === 'certain' ? [] : ['tag-not-found'],
  };
}

/** docs.github.com, "Skipping workflow runs". */
function skipWords(title: string): string {
  const found = /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]/i.exec(title)?.[0];
  return found === undefined ? '' : ` Its message says ${found}.`;
}

function skippedBuild(
  { trace, pipelines, asked }: Studied,
  { pipeline, job }: Extract<Studied['state'], { is: 'skipped' }>,
  detail: Finding['detail'],
): Finding | undefined {
  const { run } = pipeline.trace;
  // Somebody pushed it, perhaps under a name that the log hides.
  if (pipeline.jobs.some(({ log }) => valueOf(log)?.pushed.some(({ tag }) => tag === asked))) return undefined;
  const condition = job?.inFile?.condition;
  const why = condition === undefined ? '' : ` (if: ${conditionWords(condition)})`;
  const what = job === undefined ? `run ${run.name}` : `job ${job.job.name}`;
  const isSure = trace.linkedBy !== 'source-label' && pipeline.units.length > 0 && pipelines.length === 1;
  return {
    cause: 'build-never-ran',
    confidence: isSure ? 'certain' : 'likely',
    because: ['buildTrace', 'registryAccess', 'reference'],
    summary: `The build of ${run.headSha.slice(0, 7)} was skipped: ${what}${why} did not run on ${run.headBranch ?? run.event} (${run.event}). ${run.url}`,
    detail: { ...detail, run: run.url, ...(job === undefined ? {} : { job: job.job.name }) },
    alternatives: isSure ? [] : ['tag-not-found'],
  };
}

/** A run of the workflow that builds it was there: it is not for want of a run. */
function hadRun({ trace, mine }: Studied, builder: string): boolean {
  const builds = mine.some(
    ({ units, jobs }) => units.length === 0 || jobs.some(({ role }) => /builds|both/.test(role)),
  );
  return builds || (trace.listed?.runs.some((run) => isOf(run, builder)) ?? false);
}

interface Grade {
  readonly confidence: Confidence;
  readonly doubt?: string;
}

/** What speaks against it, the strongest first. */
function grade({ trace }: Studied, builder: string): Grade {
  const at = valueOf(trace.commit)?.at;
  if (at === undefined || trace.lookedAt === undefined) {
    return { confidence: 'likely', doubt: 'how old the commit is could not be told, and runs can be deleted' };
  }
  const other = contradicted(trace, builder, at);
  if (other !== undefined) return { confidence: 'possible', doubt: other };
  const days = Math.floor((trace.lookedAt - at) / DAY);
  const runs = [...runsNear(trace), ...(trace.siblingRun === undefined ? [] : [trace.siblingRun])];
  if (days > 0 && !runs.some(({ createdAt }) => createdAt <= at)) {
    const doubt = `the commit is ${count(days, 'day')} old and no run of that time is left: it may have been deleted`;
    return { confidence: days * DAY > KEPT ? 'possible' : 'likely', doubt };
  }
  if (days * DAY > KEPT)
    return { confidence: 'likely', doubt: `the commit is ${days} days old, and runs can be deleted` };
  if (new Set(trace.listed?.runs.map(({ path }) => path)).size > LOOKED_AT) {
    return { confidence: 'likely', doubt: 'more workflows ran for it than were looked at' };
  }
  if (trace.builderRuns !== undefined && trace.builderRuns.status !== 'observed') {
    return { confidence: 'likely', doubt: `the other runs of ${builder} could not be seen` };
  }
  return { confidence: trace.linkedBy === 'source-label' ? 'likely' : 'certain' };
}

/** A run that may have built it under another commit, or one that is gone. */
function contradicted(trace: BuildTrace, builder: string, at: number): string | undefined {
  const runs = runsNear(trace);
  const later = runs.find((run) => run.createdAt >= at && isElsewhere(run));
  if (later !== undefined && buildsAnother(trace)) {
    return `run ${later.id} of ${builder} was started later by ${later.event} and may have built it (${later.url})`;
  }
  const gone = deletedSince(runs, at);
  return gone === undefined ? undefined : `${gone} of ${builder} was deleted`;
}

function runsNear({ builderRuns }: BuildTrace): readonly WorkflowRun[] {
  return builderRuns === undefined ? [] : (valueOf(builderRuns)?.runs ?? []);
}

function isOf({ path }: { readonly path: string }, builder: string): boolean {
  return path === builder || path.endsWith(`/${builder}`);
}

/** Its checkout names what it builds: that may be another commit than the one that it is listed under. */
function buildsAnother({ builderFile }: BuildTrace): boolean {
  const text = builderFile === undefined ? undefined : valueOf(builderFile)?.text;
  return text === undefined || /^\s*ref:\s*\S|git (?:checkout|switch|reset)\b/m.test(text);
}

/** `run 41`, `runs 41 to 43`: numbers of the workflow that are missing after this time. */
function deletedSince(runs: readonly WorkflowRun[], at: number): string | undefined {
  const known = runs.flatMap(({ number, createdAt }) => (number === undefined ? [] : [{ number, createdAt }]));
  const sorted = known.toSorted((a, b) => a.number - b.number);
  for (const [index, { number, createdAt }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined || number - before.number < 2 || createdAt < at) continue;
    const [from, to] = [before.number + 1, number - 1];
    return from === to ? `run number ${from}` : `run number ${from} to ${to}`;
  }
  return undefined;
}
