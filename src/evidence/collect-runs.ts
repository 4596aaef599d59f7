/** Which runs could have made or deployed an image: by the commit in its tag, by its time, by what built its sibling. */
import { type Commit, headOf, type WorkflowRun } from '../build/run.ts';
import { tagTime } from '../build/tag-clock.ts';
import { commitOf } from '../image/tag.ts';
import type { BuildTrace } from './build-trace.ts';
import type { CodeHost } from './code-host.ts';
import type { ImageLink } from './collect-image-link.ts';
import { describeGap, notCollected, type Observation, observed, valueOf } from './observation.ts';

export interface Hunt {
  readonly host: CodeHost;
  readonly link: ImageLink;
  /** What the pod asks for. */
  readonly tag: string | undefined;
  /** ms, when the workload came to ask for it. */
  readonly rolledOut?: number;
  readonly signal: AbortSignal;
}

export interface Candidates {
  readonly commit: Observation<Commit>;
  readonly listed: Observation<NonNullable<BuildTrace['listed']>>;
  readonly siblingRun?: WorkflowRun;
}

const HOUR = 3_600_000;

/** `searched` gets one sentence for each question. */
export async function findRuns(hunt: Hunt, searched: string[]): Promise<Candidates> {
  const [commit, sibling] = await Promise.all([commitFor(hunt, searched), siblingRun(hunt, searched)]);
  const siblings = sibling === undefined ? {} : { siblingRun: sibling };
  const known = valueOf(commit);
  if (known !== undefined) {
    return { commit, listed: await list(hunt, { by: 'commit', headSha: headOf(known) }, searched), ...siblings };
  }
  const span = spanOf(hunt);
  if (span !== undefined) {
    return { commit, listed: await list(hunt, { by: 'time', between: span }, searched), ...siblings };
  }
  const revision = sibling?.headSha ?? hunt.link.sibling?.origin.revision;
  if (revision !== undefined) {
    return { commit, listed: await list(hunt, { by: 'sibling', headSha: revision }, searched), ...siblings };
  }
  return { commit, listed: notCollected('nothing tells the commit or the time of the build'), ...siblings };
}

/** The commit that the tag names; a version is asked for as a git tag. */
async function commitFor({ host, link, tag, signal }: Hunt, searched: string[]): Promise<Observation<Commit>> {
  const named = tag === undefined ? undefined : commitOf(tag);
  const version = tag !== undefined && /^v?\d+\.\d+(?:\.\d+)?(?:[-+.]\w+)*$/.test(tag) ? tag : undefined;
  const refs = named === undefined ? versionRefs(version) : [named];
  for (const ref of refs) {
    const commit = await host.commit(link.repository, ref, signal);
    if (commit.status === 'absent') {
      searched.push(`${link.repository} has no commit ${ref} that can be seen: not pushed, or of another repository`);
      continue;
    }
    if (commit.status !== 'observed') searched.push(describeGap(`commit ${ref} of ${link.repository}`, commit));
    return commit;
  }
  return refs.length === 0 ? notCollected('the tag names no commit') : { status: 'absent' };
}

function versionRefs(version: string | undefined): readonly string[] {
  if (version === undefined) return [];
  return version.startsWith('v') ? [version, version.slice(1)] : [version, `v${version}`];
}

async function siblingRun({ host, link, signal }: Hunt, searched: string[]): Promise<WorkflowRun | undefined> {
  if (link.run === undefined) return undefined;
  const run = await host.run(link.repository, link.run.id, link.run.attempt, signal);
  if (run.status !== 'observed') searched.push(describeGap(`run ${link.run.id} of ${link.repository}`, run));
  return valueOf(run);
}

/** Runners keep UTC, mostly; a tag may spell another zone's time. */
function spanOf({ tag, rolledOut }: Hunt): readonly [number, number] | undefined {
  const time = tag === undefined ? undefined : tagTime(tag);
  if (time !== undefined) {
    const slack = time.isUtc || time.unit === 'day' ? 6 : 15;
    return [time.from - slack * HOUR, time.until + (time.isUtc ? 1 : 15) * HOUR];
  }
  return rolledOut === undefined ? undefined : [rolledOut - 6 * HOUR, rolledOut + HOUR / 6];
}

type ListQuery =
  | { readonly by: 'commit' | 'sibling'; readonly headSha: string }
  | { readonly by: 'time'; readonly between: readonly [number, number] };

async function list(
  { host, link, signal }: Hunt,
  { by, ...query }: ListQuery,
  searched: string[],
): Promise<Candidates['listed']> {
  const answer = await host.runs(link.repository, query, signal);
  const what = 'headSha' in query ? `commit ${query.headSha.slice(0, 7)}` : 'the time of the deployment';
  if (answer.status !== 'observed') {
    searched.push(describeGap(`the runs of ${link.repository} for ${what}`, answer));
    return answer;
  }
  const { runs, truncated } = answer.value;
  searched.push(`${link.repository}: ${runs.length} run${runs.length === 1 ? '' : 's'} for ${what}`);
  return observed({ by, runs, isComplete: !truncated });
}
