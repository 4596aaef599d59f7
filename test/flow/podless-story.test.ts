/** Workloads without a pod: nothing is pulled there, and the verdict says what keeps the pods from being made. */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { CAUSES } from '../../src/diagnosis/catalogue.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { loadRunbook } from '../../src/runbook/load.ts';
import type { WorkloadKind } from '../../src/target/target.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { aFailedEvent, aWorkload } from '../support/snapshots.ts';

const file = 'deploy/runbooks/image-pull.yaml';
const runbook = loadRunbook(file, readFileSync(file, 'utf8'), {
  checks: CHECKS.map(({ id }) => id),
  remedies: REMEDIES.map(({ id }) => id),
  causes: Object.keys(CAUSES),
});

function world(story: Partial<ClusterStory>) {
  const diagnose = makeDiagnose({
    clock: createManualClock(),
    readers: () => ({ cluster: fakeCluster(aStory(story)), registry: fakeRegistry() }),
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
