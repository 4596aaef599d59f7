/** Jobs, for those that build images. */

import type { JobContainer } from '../../../build/build-job.ts';
import { parseTime } from '../../../clock.ts';
import type { JobList, JobSnapshot } from '../../../evidence/build-jobs.ts';
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { KubeClient } from '../client.ts';
import { type JobContainer as Container, Job } from '../job-schema.ts';
import { WORKLOADS } from '../resources.ts';
import { optional } from './common.ts';
import { listAll } from './fetch.ts';

/** Two pages: a cluster keeps finished Jobs only where nobody removes them. */
const MAX_JOBS = 1000;
const MAX_WORDS = 200;

/** `namespace` absent: all. */
export async function listJobs(
  client: KubeClient,
  query: { readonly namespace?: string },
  signal: AbortSignal,
): Promise<Observation<JobList>> {
  const place = { resource: WORKLOADS.Job, cap: MAX_JOBS, ...optional('namespace', query.namespace) };
  return mapObserved(await listAll(client, place, Job, signal), ({ items, truncated }) => ({
    jobs: items.map(jobSnapshot),
    truncated,
  }));
}

function jobSnapshot({ metadata, spec, status }: Job): JobSnapshot {
  const ended = endOf(status);
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    ...optional('createdAt', parseTime(metadata.creationTimestamp)),
    ...optional('endedAt', parseTime(status?.completionTime ?? ended?.lastTransitionTime)),
    state: stateOf(ended?.type, spec?.suspend ?? false),
    ...(ended?.type === 'Failed' ? optional('reason', ended.reason) : {}),
    containers: containersOf(spec),
  };
}

function endOf(status: Job['status']) {
  const conditions = status?.conditions ?? [];
  return conditions.find(({ type, status: met }) => met === 'True' && (type === 'Complete' || type === 'Failed'));
}

function containersOf(spec: Job['spec']): readonly JobContainer[] {
  const pod = spec?.template?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].map(containerOf);
}

function stateOf(ended: string | undefined, suspended: boolean): JobSnapshot['state'] {
  if (ended === 'Failed') return 'failed';
  if (ended === 'Complete') return 'succeeded';
  return suspended ? 'suspended' : 'running';
}

/** The kubelet fills `$(NAME)` in from the container's own environment (core/v1 Container.args). */
function containerOf({ image, command, args, env }: Container): JobContainer {
  const values = new Map((env ?? []).flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
  const filled = [...(command ?? []), ...(args ?? [])]
    .slice(0, MAX_WORDS)
    .map((word) =>
      word.replaceAll(/\$\((\w+)\)|\$\{(\w+)\}|\$(\w+)/g, (whole, a, b, c) => values.get(String(a ?? b ?? c)) ?? whole),
    );
  return { image: image ?? '', words: filled };
}
