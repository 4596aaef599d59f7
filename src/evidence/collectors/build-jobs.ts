import { builderOf, destinationsFor } from '../../build/build-job.ts';
import type { ImageReference } from '../../image/reference.ts';
import type { BuildJob, BuildJobs, JobList, JobSnapshot } from '../build-jobs.ts';
import { defineCollector, type Outside } from '../collector.ts';
import type { CrashLog } from '../crashes.ts';
import { isMissing } from '../elsewhere.ts';
import { absent, blockedBy, notCollected, type Observation, observed } from '../observation.ts';

const MOST = 5;

/** Jobs that build the image inside the cluster: asked only when the registry says that it is missing. */
export const buildJobs = defineCollector({
  kind: 'buildJobs',
  needs: ['reference', 'registryAccess'],
  collect: async (read, { cluster, signal }, { namespace }) => {
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const access = await read('registryAccess');
    if (access.status !== 'observed') return blockedBy('the registry', access);
    if (!isMissing(access.value)) return notCollected('the registry did not say that the image is missing');
    const all = await cluster.jobs({}, signal);
    const extent = all.status === 'forbidden' ? 'namespace' : 'cluster';
    const listed = extent === 'cluster' ? all : await cluster.jobs({ namespace }, signal);
    if (listed.status !== 'observed') return listed;
    const jobs = buildersOf(parsed.value.reference, listed.value);
    const log = await lastWords(jobs[0], cluster, signal);
    const found: BuildJobs = { jobs, extent, truncated: listed.value.truncated, log };
    return observed(found);
  },
});

function buildersOf(image: ImageReference, { jobs }: JobList): readonly BuildJob[] {
  return jobs
    .flatMap((job) => buildJobOf(image, job) ?? [])
    .toSorted((a, b) => rank(a) - rank(b) || (b.createdAt ?? 0) - (a.createdAt ?? 0))
    .slice(0, MOST);
}

function rank({ match, sameRegistry }: BuildJob): number {
  return (match === 'exact' ? 0 : 2) + (sameRegistry ? 0 : 1);
}

function buildJobOf(image: ImageReference, { containers, ...job }: JobSnapshot): BuildJob | undefined {
  const builder = containers.flatMap((one) => builderOf(one) ?? [])[0];
  const destinations = destinationsFor(image, containers);
  const wanted = image.tag ?? 'latest';
  const exact = destinations.filter(
    ({ reference }) => image.digest === undefined && (reference.tag ?? 'latest') === wanted,
  );
  const best = [...exact, ...destinations].toSorted((a, b) => Number(b.sameRegistry) - Number(a.sameRegistry))[0];
  if (builder === undefined || best === undefined) return undefined;
  return {
    ...job,
    builder,
    destination: best.reference.text,
    match: exact.includes(best) ? 'exact' : 'repository',
    sameRegistry: best.sameRegistry,
  };
}

/** Of its newest pod's container that failed. */
async function lastWords(
  job: BuildJob | undefined,
  cluster: Outside['cluster'],
  signal: AbortSignal,
): Promise<Observation<CrashLog>> {
  if (job?.state !== 'failed') return notCollected('no build Job of it failed');
  const { namespace, name } = job;
  const list = await cluster.pods({ namespace, selector: `batch.kubernetes.io/job-name=${name}` }, signal);
  if (list.status !== 'observed') return list;
  const newest = list.value.pods.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))[0];
  const broken = newest?.containers.find(({ state, exitCode }) => state === 'terminated' && exitCode !== 0);
  if (newest === undefined || broken === undefined) return absent;
  return cluster.crashLog({ namespace, pod: newest.name, container: broken.name, previous: false }, signal);
}
