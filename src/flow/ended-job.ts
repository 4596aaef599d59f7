/** A Job that has failed and has no pods left: what its last pod was told is still there for a while. */
import { podsMadeBy, rebuildPod } from '../evidence/gone-pod.ts';
import { valueOf } from '../evidence/observation.ts';
import type { ClusterReader } from '../evidence/ports.ts';
import type { PodSnapshot, WorkloadSnapshot } from '../evidence/snapshots.ts';

/** How a Job ended, for the person; `pod` where its last pod failed to pull. */
export interface EndedJob {
  readonly note: string;
  readonly pod?: PodSnapshot;
}

/** undefined: this workload is, or has, no Job that failed. Two to six questions, none twice. */
export async function endedJob(
  workload: WorkloadSnapshot,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<EndedJob | undefined> {
  const job = workload.kind === 'CronJob' ? await lastJobOf(workload, cluster, signal) : workload;
  if (job?.ended === undefined) return undefined;
  const { namespace, name, uid, ended } = job;
  const how = `job/${name} ended as failed (${[ended.reason, ended.message].filter((text) => text !== '').join(': ')})`;
  const [last] = podsMadeBy(valueOf(await cluster.events(namespace, uid, signal)) ?? []);
  const said = last === undefined ? undefined : valueOf(await cluster.podEvents(namespace, last, signal));
  const gone = `${how}; its pods are gone, and no event tells any more whether they had their image`;
  if (last === undefined || said === undefined) return { note: gone };
  const account = await cluster.serviceAccount(namespace, ended.template.serviceAccount, signal);
  const pod = rebuildPod(ended.template, last, said, valueOf(account)?.imagePullSecrets ?? []);
  if (pod === undefined)
    return {
      note:
        said.events.length === 0
          ? gone
          : `${how}; its last pod ${last} is gone, and no event of it tells of a failed pull`,
    };
  return {
    pod,
    note: `${how}, and its last pod ${last} is gone: this is read from that pod’s events and the Job’s template`,
  };
}

/** The newest failed Job that this CronJob made: asked, not guessed from its name. */
async function lastJobOf(
  { namespace, name }: WorkloadSnapshot,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<WorkloadSnapshot | undefined> {
  const jobs = valueOf(await cluster.jobs({ namespace }, signal))?.jobs ?? [];
  const [newest] = jobs
    .filter((job) => job.state === 'failed' && job.name.startsWith(`${name}-`))
    .toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
  if (newest === undefined) return undefined;
  const owner = valueOf(await cluster.controllerOf({ namespace, kind: 'Job', name: newest.name }, signal));
  if (owner?.kind !== 'CronJob' || owner.name !== name) return undefined;
  return valueOf(await cluster.workload({ namespace, kind: 'Job', name: newest.name }, signal));
}
