/** From what a person typed to the pods that it means, with as few questions to the cluster as possible. */
import { UsageError } from '../errors.ts';
import { absent, describeGap, type Observation, unreachable } from '../evidence/observation.ts';
import { ownerByLabels } from '../evidence/owner-by-labels.ts';
import type { ClusterReader, PodList } from '../evidence/ports.ts';
import type { PodSnapshot, WorkloadSnapshot } from '../evidence/snapshots.ts';
import { NAMEABLE, type NamedPod, noSuchTarget, resolveName } from '../target/resolve.ts';
import { kubectlName, type TargetRequest, type WorkloadKind, type WorkloadRef } from '../target/target.ts';
import { endedJob } from './ended-job.ts';

/** What the cluster could be asked about the request. */
export interface ResolvedTarget {
  readonly kind: 'Pod' | WorkloadKind;
  readonly name: string;
  /** The pods to look at; empty only with `unseen` or `podless`. */
  readonly pods: readonly PodSnapshot[];
  /** Why no pod could be looked at. */
  readonly unseen?: Observation<never>;
  /** true: it wants pods and has none. */
  readonly podless?: true;
  /** Said to the person when the name was not meant literally. */
  readonly note?: string;
}

/** Jobs of one CronJob that are looked at, newest first; the default history holds four (batch/v1 CronJobSpec). */
const MOST_JOBS = 5;

/** Throws UsageError `no-such-target`, `ambiguous-target` or `no-pods`; "could not look" comes back as `unseen`. */
export async function resolveTarget(
  request: TargetRequest,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<ResolvedTarget> {
  const { kind, name, namespace } = request;
  if (kind !== undefined && kind !== 'Pod') return podsOf({ kind, name }, { request }, cluster, signal);
  const pod = await cluster.pod(namespace, name, signal);
  if (pod.status === 'observed') return { kind: 'Pod', name, pods: [pod.value] };
  if (pod.status !== 'absent') return { kind: 'Pod', name, pods: [], unseen: pod };
  const list = await cluster.pods({ namespace }, signal);
  if (list.status !== 'observed') {
    if (kind === 'Pod') throw noSuchTarget(request);
    return { kind: 'Pod', name, pods: [], unseen: list };
  }
  const named = list.value.pods.map(toNamed);
  if (kind === 'Pod') throw noSuchTarget(request, named);
  return resolveBareName(request, list.value, cluster, signal);
}

async function resolveBareName(
  request: TargetRequest,
  { pods, truncated }: PodList,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<ResolvedTarget> {
  const listed = pods.map(toNamed);
  // In a list that was cut, "the only one that begins so" would be a guess.
  const named = truncated ? listed.filter(({ workload }) => workload?.name === request.name) : listed;
  const { found: unowned, unread } = await workloadsCalled(request, named, cluster, signal);
  const known = [...named, ...unowned.map((workload): NamedPod => ({ name: '', workload }))];
  const meant = resolveName(request, known, unread);
  if (meant.kind === 'pod') {
    const note = `no pod is called "${request.name}"; pod/${meant.name} is the only one that begins so`;
    return { kind: 'Pod', name: meant.name, pods: pods.filter(({ name }) => name === meant.name), note };
  }
  const found = await podsOf(meant.workload, { request, known: truncated ? [] : pods }, cluster, signal);
  const note = `no pod is called "${request.name}"; looked at ${kubectlName(meant.workload)}`;
  return { ...found, note: found.note === undefined ? note : `${note}; ${found.note}` };
}

/** Workloads of exactly this name that no pod of the list tells of; `unread`: why some kinds could not be looked for. */
async function workloadsCalled(
  { namespace, name }: TargetRequest,
  named: readonly NamedPod[],
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<{ readonly found: readonly WorkloadRef[]; readonly unread: readonly string[] }> {
  const looked = await Promise.all(
    kindsToTry(name, named).map(async (kind) => ({
      workload: { kind, name },
      seen: await cluster.workload({ namespace, kind, name }, signal),
    })),
  );
  return {
    found: looked.flatMap(({ workload, seen }) => (seen.status === 'observed' ? [workload] : [])),
    unread: looked.flatMap(({ workload, seen }) =>
      seen.status === 'observed' || seen.status === 'absent' ? [] : [describeGap(kubectlName(workload), seen)],
    ),
  };
}

/** None where a pod tells of a workload so called, or where all that begins so is one workload's pods and the name goes on after its own. */
function kindsToTry(name: string, named: readonly NamedPod[]): readonly WorkloadKind[] {
  if (named.some(({ workload }) => workload?.name === name)) return [];
  const begun = named.filter((pod) => pod.name.startsWith(name));
  const owners = new Set(begun.map(({ workload }) => (workload ? kubectlName(workload) : '')));
  const isCutPodName = begun.every(({ workload }) => workload !== undefined && name.startsWith(`${workload.name}-`));
  const ofJobs = begun.some(({ workload }) => workload?.kind === 'Job');
  // A CronJob's pods tell of its Jobs only, whose names go on after its own.
  if (begun.length > 0 && owners.size === 1 && isCutPodName && !ofJobs) return [];
  return begun.length === 0 || ofJobs ? NAMEABLE : NAMEABLE.filter((kind) => kind !== 'CronJob' && kind !== 'Job');
}

/** `known`: every pod of the namespace, where they were listed before. */
async function podsOf(
  workload: WorkloadRef,
  { request, known = [] }: { readonly request: TargetRequest; readonly known?: readonly PodSnapshot[] },
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<ResolvedTarget> {
  const { namespace } = request;
  const { kind, name } = workload;
  const snapshot = await cluster.workload({ namespace, kind, name }, signal);
  if (snapshot.status === 'absent') throw noSuchTarget({ ...request, kind, name });
  if (snapshot.status !== 'observed') return { kind, name, pods: [], unseen: snapshot };
  const told = known.filter((pod) => isOf(ownerByLabels(pod), workload));
  if (told.length > 0) return { kind, name, pods: told };
  const { selector } = snapshot.value;
  const list = await cluster.pods(selector === '' ? { namespace } : { namespace, selector }, signal);
  if (list.status !== 'observed') return { kind, name, pods: [], unseen: list };
  // A CronJob selects nothing itself: its Jobs' pods may share their labels with others.
  const isSelected = kind !== 'CronJob' && selector !== '';
  const pods = isSelected ? list.value.pods : await ownedPods(workload, list.value.pods, cluster, signal);
  if (pods.length > 0) return { kind, name, pods };
  return withoutPods(snapshot.value, { request, truncated: list.value.truncated }, cluster, signal);
}

/** What is to be said of a workload of which no pod was found. `truncated`: only a part of the pods was listed. */
async function withoutPods(
  snapshot: WorkloadSnapshot,
  { request: { namespace }, truncated }: { readonly request: TargetRequest; readonly truncated: boolean },
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<ResolvedTarget> {
  const { kind, name } = snapshot;
  // A Job's pods may have been taken away when it ended, so that their absence tells nothing.
  if (snapshot.replicas.desired > 0 && kind !== 'Job' && kind !== 'CronJob')
    return { kind, name, pods: [], podless: true };
  const ended = await endedJob(snapshot, cluster, signal);
  if (ended?.pod !== undefined) return { kind, name, pods: [ended.pod], note: ended.note };
  // Its pods may stand in what the list does not show.
  if (truncated) return { kind, name, pods: [], unseen: unreachable('not all pods could be listed') };
  const why = ended === undefined ? 'so nothing is being pulled' : `so nothing is being pulled; ${ended.note}`;
  throw new UsageError({
    code: 'no-pods',
    message: `${kubectlName(snapshot)} in namespace ${namespace} has no pods and wants none now, ${why}`,
    hint: `see why with: kubectl describe ${kubectlName(snapshot)} -n ${namespace}`,
  });
}

/** By ownership where labels do not tell: pods of this controller, or of the newest Jobs of a CronJob (asked, not guessed from names). */
async function ownedPods(
  { kind, name }: WorkloadRef,
  pods: readonly PodSnapshot[],
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<readonly PodSnapshot[]> {
  if (kind !== 'CronJob') {
    return pods.filter(({ controller }) => controller?.kind === kind && controller.name === name);
  }
  const candidates = [...pods]
    .sort((left, right) => (right.createdAt ?? 0) - (left.createdAt ?? 0))
    .filter(({ controller }) => controller?.kind === 'Job' && controller.name.startsWith(`${name}-`));
  const namespace = candidates[0]?.namespace ?? '';
  const jobs = [...new Set(candidates.flatMap(({ controller }) => controller?.name ?? []))].slice(0, MOST_JOBS);
  const owners = await Promise.all(
    jobs.map((job) => cluster.controllerOf({ namespace, kind: 'Job', name: job }, signal)),
  );
  const own = jobs.filter((_, index) => {
    const owner = owners[index] ?? absent;
    return owner.status === 'observed' && owner.value.kind === 'CronJob' && owner.value.name === name;
  });
  return candidates.filter(({ controller }) => own.includes(controller?.name ?? ''));
}

function isOf(owner: WorkloadRef | undefined, { kind, name }: WorkloadRef): boolean {
  return owner?.kind === kind && owner.name === name;
}

function toNamed(pod: PodSnapshot): NamedPod {
  const workload = ownerByLabels(pod);
  return { name: pod.name, ...(workload ? { workload } : {}) };
}
