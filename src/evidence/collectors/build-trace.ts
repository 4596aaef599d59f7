import { type Commit, isElsewhere, type WorkflowRun } from '../../build/run.ts';
import type { ImageReference } from '../../image/reference.ts';
import type { BuildTrace, RunTrace } from '../build-trace.ts';
import type { CodeHost } from '../code-host.ts';
import { linkImage, type Wanted } from '../collect-image-link.ts';
import { type RunFile, readRunFile, traceRun } from '../collect-run-trace.ts';
import { type Candidates, findRuns } from '../collect-runs.ts';
import { type Follow, followFiles, rolesIn } from '../collect-used-files.ts';
import { defineCollector } from '../collector.ts';
import { hasCrashed } from '../crashes.ts';
import { isMissing } from '../elsewhere.ts';
import { blockedBy, mapObserved, notCollected, type Observation, observed, valueOf } from '../observation.ts';
import type { RegistryAccess } from '../registry-access.ts';
import type { RunningImage } from '../running-image.ts';
import type { ContainerSnapshot } from '../snapshots.ts';
import { tagReader } from '../tag-reader.ts';

const MOST_RUNS = 3;
/** Runs whose workflow file is looked at, to find those that build or deploy. */
const MOST_FILES = 6;
/** Around a commit, ms: so far runs are looked at that may have built it, or show that one is gone. */
const BEFORE = 3 * 86_400_000;
const AFTER = 7 * 86_400_000;

const NOT_CONFIGURED =
  'no code host is configured; set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY, to see the builds';

/**
 * The builds that could have made an image: asked only when it is missing, or when an older one runs, or one that crashes. From the image to its repository,
 * to the runs of that commit or time, to the jobs that build and deploy.
 */
export const buildTrace = defineCollector({
  kind: 'buildTrace',
  needs: ['reference', 'registryAccess', 'tags', 'runningImage', 'revisions', 'container'],
  collect: async (read, outside) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const access = await read('registryAccess');
    if (access.status !== 'observed') return blockedBy('the registry', access);
    const { codeHost, signal } = outside;
    const missing = isMissing(access.value);
    if (codeHost === undefined) return notCollected(missing ? NOT_CONFIGURED : 'the image exists');
    const wanted = missing
      ? await missingImage(parsed.value.reference, access.value, () => read('tags'))
      : runningOne(
          parsed.value.reference,
          access.value,
          valueOf(await read('runningImage')),
          valueOf(await read('container')),
        );
    if (wanted === undefined) return notCollected('the image exists');
    const searched: string[] = [];
    const link = await linkImage(wanted, outside, searched);
    if (link === undefined) return notCollected(unlinked(wanted.image, searched));
    const rolledOut = missing ? await rolloutOf(read) : undefined;
    const tag = wanted.exists ? undefined : wanted.image.tag;
    const hunt = { host: codeHost, link, tag, signal, ...(rolledOut === undefined ? {} : { rolledOut }) };
    const candidates = await findRuns(hunt, searched);
    const told = wanted.exists
      ? await sketchRuns(codeHost, candidates, signal)
      : await traceRuns({ host: codeHost, repository: link.repository, signal }, candidates, link.workflow);
    const { run: _run, workflow: _workflow, ...known } = link;
    const since = rolledOut === undefined ? {} : { rolledOut };
    const lookedAt = outside.now?.();
    const now = lookedAt === undefined ? {} : { lookedAt };
    const trace: BuildTrace = { ...known, ...told, ...since, ...now, commit: candidates.commit, searched };
    return observed(trace);
  },
});

async function missingImage(
  image: ImageReference,
  access: RegistryAccess,
  tags: () => Promise<Observation<{ readonly kind: string; readonly names?: readonly string[] }>>,
): Promise<Wanted | undefined> {
  const reader = tagReader(access) ?? access.attempts[0];
  if (reader === undefined) return undefined;
  const listed = valueOf(await tags());
  return { image, credential: reader.credential, names: listed?.names ?? [], exists: false };
}

/** What runs, under its digest: an older image than the tag's, or one that crashes. Only where it is in the same registry. */
function runningOne(
  image: ImageReference,
  { attempts }: RegistryAccess,
  running: RunningImage | undefined,
  container: ContainerSnapshot | undefined,
): Wanted | undefined {
  const found = attempts.find(({ outcome }) => outcome.kind === 'found');
  if (running === undefined || container === undefined || found === undefined) return undefined;
  const isOld = running.match === 'different' && running.before !== undefined;
  const crashes = running.match === 'same' && hasCrashed(container);
  if (!isOld && !crashes) return undefined;
  const { tag: _tag, ...name } = image;
  const digest = isOld ? running.running.digest : running.now.digest;
  return { image: { ...name, digest }, credential: found.credential, names: [], exists: true };
}

function unlinked(image: ImageReference, searched: readonly string[]): string {
  const asked = searched.length === 0 ? '' : ` (${searched.join('; ')})`;
  return `nothing tells which repository builds ${image.repository}${asked}; name it under sources in pullcheck.yaml`;
}

/** When the workload came to ask for this image. */
async function rolloutOf(
  read: (
    kind: 'revisions',
  ) => Promise<Observation<readonly { readonly isCurrent: boolean; readonly createdAt?: number }[]>>,
): Promise<number | undefined> {
  return valueOf(await read('revisions'))?.find(({ isCurrent }) => isCurrent)?.createdAt;
}

type Told = Pick<BuildTrace, 'runs' | 'listed' | 'builder' | 'branch' | 'siblingRun' | 'builderRuns' | 'builderFile'>;

interface Place {
  readonly host: CodeHost;
  readonly repository: string;
  readonly signal: AbortSignal;
}

async function traceRuns(
  place: Place,
  { listed, siblingRun, commit }: Candidates,
  configured: string | undefined,
): Promise<Told> {
  const { host, signal } = place;
  const seen = valueOf(listed);
  const known = siblingRun === undefined ? [] : [siblingRun];
  const runs = seen === undefined ? known : once([...seen.runs, ...known.filter((run) => isSame(run, seen.runs))]);
  const builder = siblingRun?.path ?? configured;
  const own = {
    ...(seen ? { listed: seen } : {}),
    ...(builder === undefined ? {} : { builder }),
    ...(siblingRun === undefined ? {} : { siblingRun }),
    ...(await otherRuns(place, builder, valueOf(commit), seen)),
  };
  if (seen === undefined && known.length === 0) return { ...own, runs: mapObserved(listed, () => []) };
  const files = await Promise.all(
    worthwhile(runs, builder).map((run) => readRunFile(host, run, valueOf(commit), signal)),
  );
  const follow = followFiles(host, signal);
  const chosen = await choose(files, follow);
  const [traced, branch] = await Promise.all([
    Promise.all(chosen.map((one) => traceRun(host, one, follow, signal))),
    branchOf(host, chosen[0]?.run ?? siblingRun, signal),
  ]);
  const repeated = traced.map((one) => ({ ...one, earlier: [...one.earlier, ...sameAgain(one.run, runs)] }));
  return { ...own, ...(branch ? { branch } : {}), runs: observed(repeated) };
}

/** A commit without a run of its builder: the runs around it, to see whether one was deleted, or built it under another commit. */
async function otherRuns(
  { host, repository, signal }: Place,
  builder: string | undefined,
  commit: Commit | undefined,
  seen: BuildTrace['listed'],
): Promise<Pick<BuildTrace, 'builderRuns' | 'builderFile'>> {
  if (builder === undefined || commit?.at === undefined || seen?.by !== 'commit' || !seen.isComplete) return {};
  if (seen.runs.some(({ path }) => isOf(path, builder))) return {};
  const between = [commit.at - BEFORE, commit.at + AFTER] as const;
  const builderRuns = await host.runs(repository, { workflow: builder, between }, signal);
  const later = (valueOf(builderRuns)?.runs ?? []).find((run) => run.createdAt >= (commit.at ?? 0) && isElsewhere(run));
  if (later === undefined) return { builderRuns };
  const text = await host.file(repository, later.path, commit.sha, signal);
  return {
    builderRuns,
    builderFile: mapObserved(text, (file) => ({ path: later.path, repository, sha: commit.sha, text: file })),
  };
}

function isOf(path: string, builder: string): boolean {
  return path === builder || path.endsWith(`/${builder}`);
}

/** Of an image that is there only its commit matters: no job, no log, no file is asked for. */
async function sketchRuns(host: CodeHost, { listed, siblingRun }: Candidates, signal: AbortSignal): Promise<Told> {
  const seen = valueOf(listed);
  const run = siblingRun ?? seen?.runs[0];
  if (run === undefined) return { runs: mapObserved(listed, () => []) };
  const branch = await branchOf(host, run, signal);
  const unasked = notCollected('only its commit matters');
  const earlier = sameAgain(run, seen?.runs ?? []);
  return {
    runs: observed([{ run, jobs: unasked, workflow: unasked, files: [], earlier }]),
    ...(branch ? { branch } : {}),
  };
}

/** The sibling's run belongs to the list where it is of the same commit. */
function isSame(run: WorkflowRun, others: readonly WorkflowRun[]): boolean {
  return others.length === 0 || others.some(({ headSha }) => headSha === run.headSha);
}

function once(runs: readonly WorkflowRun[]): WorkflowRun[] {
  return [...new Map(runs.toReversed().map((run) => [run.id, run])).values()].toReversed();
}

/** Those whose name promises most, each workflow's newest first. */
function worthwhile(runs: readonly WorkflowRun[], builder: string | undefined): WorkflowRun[] {
  const rank = ({ path, name }: WorkflowRun) => {
    if (builder !== undefined && isOf(path, builder)) return 0;
    return /build|docker|image|deploy|release|publish|push|ci|cd|main|pipeline/i.test(`${path} ${name}`) ? 1 : 2;
  };
  return runs.toSorted((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt).slice(0, MOST_FILES);
}

/** Runs that build or deploy; where no file could be read, the first ones. */
async function choose(files: readonly RunFile[], follow: Follow): Promise<RunFile[]> {
  const rated = await Promise.all(
    files.map(async (one) => {
      if (one.workflow.status !== 'observed') return { one, rank: 1 };
      const source = one.workflow.value;
      const plain = rolesIn(source, () => undefined);
      if (plain.some((role) => role !== 'other')) return { one, rank: 0 };
      const { files: used } = await follow(source, one.run);
      const roles = rolesIn(source, (path) => used.find((file) => file.path === path)?.text);
      return { one, rank: roles.some((role) => role !== 'other') ? 0 : 2 };
    }),
  );
  return rated
    .filter(({ rank }) => rank < 2)
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, MOST_RUNS)
    .map(({ one }) => one);
}

/** Runs of the same workflow that had built the same commit before. */
function sameAgain({ id, path, headSha, createdAt }: WorkflowRun, runs: readonly WorkflowRun[]): RunTrace['earlier'] {
  return runs
    .filter((run) => run.id !== id && run.path === path && run.headSha === headSha && run.createdAt < createdAt)
    .map((run) => ({
      attempt: run.attempt,
      headSha,
      ...(run.conclusion === undefined ? {} : { conclusion: run.conclusion }),
    }));
}

async function branchOf(
  host: CodeHost,
  run: WorkflowRun | undefined,
  signal: AbortSignal,
): Promise<BuildTrace['branch']> {
  if (run?.headBranch === undefined) return undefined;
  return { name: run.headBranch, head: await host.commit(run.repository, run.headBranch, signal) };
}
