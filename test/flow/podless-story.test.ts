/** Workloads without a pod: nothing is pulled there, and the verdict says what keeps the pods from being made. */
import { expect, it } from '@jest/globals';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { observed } from '../../src/evidence/observation.ts';
import type { PodEvents } from '../../src/evidence/snapshots.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import type { WorkloadKind } from '../../src/target/target.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aContainer, aFailedEvent, aPod, aServiceAccount, aWorkload, IMAGE } from '../support/snapshots.ts';

const runbook = shippedRunbook('image-pull');

/** `truncated`: the cluster shows only a part of its pods. */
function world(story: Partial<ClusterStory>, truncated = false) {
  const cluster = fakeCluster(aStory(story));
  const pods = async (...args: Parameters<typeof cluster.pods>) => {
    const list = await cluster.pods(...args);
    return list.status === 'observed' ? observed({ ...list.value, truncated }) : list;
  };
  const diagnose = makeDiagnose({
    clock: createManualClock(),
    readers: () => ({ cluster: { ...cluster, pods }, registry: fakeRegistry() }),
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
  return {
    diagnose: (request: { readonly kind: WorkloadKind; readonly name: string }) =>
      diagnose({ request: { namespace: 'staging', ...request }, signal: new AbortController().signal }),
  };
}

it('says that a workload which wants no pods pulls nothing', async () => {
  const idle = aWorkload({ replicas: { desired: 0, updated: 0, available: 0 } });
  await expect(
    world({ pods: [], workloads: [idle] }).diagnose({ kind: 'Deployment', name: 'api' }),
  ).rejects.toMatchObject({ code: 'no-pods' });
});

it('says what keeps a Deployment from making pods: the quota, not the image', async () => {
  const message =
    'pods "api-7d4-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=10, limited: pods=10';
  const unmet = [{ type: 'ReplicaFailure', reason: 'FailedCreate', message }];
  const { diagnose } = world({ pods: [], workloads: [aWorkload({ unmet })] });
  const { verdict, findings } = await diagnose({ kind: 'Deployment', name: 'api' });
  expect(verdict).toMatchObject({ cause: 'not-an-image-problem', confidence: 'certain' });
  expect(verdict.summary).toContain('a resource quota is used up');
  expect(findings[0]?.detail).toMatchObject({ runbook: 'quota' });
});

it('reads it from the events where the controller keeps no condition, and says what it knows where nothing tells', async () => {
  const set = aWorkload({ kind: 'StatefulSet', name: 'db', uid: 'uid-db' });
  const message =
    'create Pod db-0 in StatefulSet db failed error: admission webhook "policy.example.com" denied the request: no';
  const refused = aFailedEvent({ reason: 'FailedCreate', message });
  const told = await world({ pods: [], workloads: [set], events: { 'uid-db': [refused] } }).diagnose({
    kind: 'StatefulSet',
    name: 'db',
  });
  expect(told.verdict).toMatchObject({ cause: 'not-an-image-problem', confidence: 'likely' });
  expect(told.verdict.summary).toContain('an admission webhook refuses its pods');
  const silent = await world({ pods: [], workloads: [set] }).diagnose({ kind: 'StatefulSet', name: 'db' });
  expect(silent.verdict.summary).toContain('its controller has made none so far');
});

/** As a kubelet and a Job controller 1.36 left it, 10 minutes after the Job's deadline. */
function endedJob(events: PodEvents = { uid: 'uid-gone', events: saidOfIt }): Partial<ClusterStory> {
  const { node: _node, ...template } = aPod({ name: '', uid: '', phase: 'Unknown', imagePullSecrets: [] });
  const controller = { kind: 'Job', name: 'report', uid: 'uid-job' };
  const containers = [aContainer({ image: IMAGE, state: 'unknown' })];
  const job = aWorkload({
    kind: 'Job',
    name: 'report',
    uid: 'uid-job',
    replicas: { desired: 1, updated: 0, available: 0 },
    ended: {
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
      template: { ...template, controller, containers },
    },
  });
  const made = { reason: 'SuccessfulCreate', message: 'Created pod: report-x2x7k', type: 'Normal' };
  return {
    pods: [],
    workloads: [job, aWorkload({ kind: 'CronJob', name: 'nightly', uid: 'uid-cron', selector: 'app=nightly' })],
    events: { 'uid-job': [aFailedEvent(made)], [events.uid]: events.events },
    podEvents: { 'report-x2x7k': events },
    serviceAccounts: [aServiceAccount({ imagePullSecrets: ['regcred'] })],
    controllers: {},
  };
}
const saidOfIt = [
  aFailedEvent(),
  aFailedEvent({ reason: 'Scheduled', message: 'Successfully assigned staging/report-x2x7k to node-1' }),
];

it('finds why a Job waited for its image until its deadline, from the events of the pod that is gone', async () => {
  const { diagnose } = world(endedJob());
  const { verdict, findings, notes, calls } = await diagnose({ kind: 'Job', name: 'report' });
  expect(verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
  expect(findings[0]).toMatchObject({ pod: 'report-x2x7k', image: IMAGE });
  expect(notes?.join()).toContain('DeadlineExceeded: Job was active longer than specified deadline');
  expect(notes?.join()).toContain('its last pod report-x2x7k is gone');
  expect(calls.kubernetes).toBeLessThanOrEqual(12);
});

it('finds it for the CronJob whose newest Job that was, asked and not guessed from the name', async () => {
  const story = endedJob();
  const [job, cron] = story.workloads ?? [];
  if (job === undefined || cron === undefined) throw new Error('no workloads');
  const named = { ...job, name: 'nightly-29384938' };
  const row = { name: named.name, namespace: 'staging', createdAt: 2, state: 'failed', containers: [] } as const;
  const jobs = [{ ...row, name: 'nightly-1', createdAt: 1 }, row];
  const owned = { ...story, jobs, workloads: [named, cron] };
  const controllers = { 'Job/nightly-29384938': { kind: 'CronJob', name: 'nightly' } } as const;
  const { verdict } = await world({ ...owned, controllers }).diagnose({ kind: 'CronJob', name: 'nightly' });
  expect(verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
  await expect(world(owned).diagnose({ kind: 'CronJob', name: 'nightly' })).rejects.toMatchObject({ code: 'no-pods' });
});

it('does not say that a CronJob has no pods where only a part of them could be listed', async () => {
  const workloads = [aWorkload({ kind: 'CronJob', name: 'nightly', selector: '' })];
  const { verdict, gaps } = await world({ pods: [], workloads }, true).diagnose({ kind: 'CronJob', name: 'nightly' });
  expect(verdict.cause).toBe('undetermined');
  expect(JSON.stringify(gaps)).toContain('not all pods could be listed');
});

it.each([
  ['its events have expired', { uid: '', events: [] }, 'no event tells any more whether they had their image'],
  [
    'its pod had started',
    { uid: 'uid-gone', events: [aFailedEvent({ reason: 'Started', message: 'Started container' }), ...saidOfIt] },
    'no event of it tells of a failed pull',
  ],
])('blames no image of a failed Job where %s', async (_story, events, words) => {
  await expect(world(endedJob(events)).diagnose({ kind: 'Job', name: 'report' })).rejects.toMatchObject({
    code: 'no-pods',
    message: expect.stringContaining(words),
  });
});
