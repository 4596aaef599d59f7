/** An image that is built in the cluster (Kaniko, BuildKit): the pod cannot pull it because its build Job failed, still runs, or never was. */
import { describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { JobSnapshot } from '../../src/evidence/build-jobs.ts';
import { forbidden, observed } from '../../src/evidence/observation.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, type ClusterStory, fakeCluster, fakeRegistry, type Instead } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aContainer, aFailedEvent, aPod, IMAGE } from '../support/snapshots.ts';

const runbook = shippedRunbook('image-pull');
const POD = 'api-7d9c5-x2x7k';

function aBuild(over: Partial<JobSnapshot> = {}): JobSnapshot {
  return {
    name: 'build-api-42',
    namespace: 'builds',
    createdAt: Date.parse('2026-03-19T08:40:00Z'),
    endedAt: Date.parse('2026-03-19T08:44:00Z'),
    state: 'failed',
    reason: 'BackoffLimitExceeded',
    containers: [{ image: 'gcr.io/kaniko-project/executor:v1.23.2', words: [`--destination=${IMAGE}`] }],
    ...over,
  };
}
function builderPod() {
  const labels = { 'batch.kubernetes.io/job-name': 'build-api-42' };
  const kaniko = aContainer({ name: 'kaniko', state: 'terminated', exitCode: 1 });
  return aPod({ name: 'build-api-42-x', namespace: 'builds', labels, containers: [kaniko], phase: 'Failed' });
}

async function diagnose(story: Partial<ClusterStory>, instead: Instead = {}) {
  const cluster = fakeCluster(aStory({ events: { [`uid-${POD}`]: [aFailedEvent()] }, ...story }), instead);
  const crashLog = async () =>
    observed({ lines: ['error building image: COPY failed: no such file: dist/'], isCut: false });
  const run = makeDiagnose({
    clock: createManualClock(),
    readers: () => ({ cluster: { ...cluster, crashLog }, registry: fakeRegistry() }),
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
  const diagnosis = await run({ request: { name: POD, namespace: 'staging' }, signal: new AbortController().signal });
  return { diagnosis, calls: cluster.calls };
}

describe('an image that a Job of the cluster builds', () => {
  it('is missing because its newest build Job failed, and its last words say why', async () => {
    const older = aBuild({ name: 'build-api-41', state: 'succeeded', createdAt: Date.parse('2026-03-18T08:00:00Z') });
    const { diagnosis, calls } = await diagnose({ pods: [aPod(), builderPod()], jobs: [older, aBuild()] });
    expect(diagnosis.verdict).toMatchObject({ cause: 'build-failed', confidence: 'certain' });
    expect(diagnosis.verdict.summary).toContain('builds/build-api-42 (kaniko)');
    expect(diagnosis.verdict.summary).toContain('COPY failed: no such file: dist/');
    expect(diagnosis.steps.find(({ id }) => id === 'build-job')?.command).toBe(
      'kubectl logs job/build-api-42 -n builds',
    );
    expect(calls.length).toBeLessThanOrEqual(12);
    expect(new Set(calls).size).toBe(calls.length);
  });

  it('is on its way while the Job runs', async () => {
    const { endedAt: _none, reason: _never, ...running } = aBuild({ state: 'running' });
    const { diagnosis } = await diagnose({ jobs: [running] });
    expect(diagnosis.verdict).toMatchObject({ cause: 'build-running', confidence: 'certain' });
    expect(diagnosis.verdict.summary).toContain('since 2026-03-19 08:40 UTC');
  });

  it('was never built while its Job is suspended', async () => {
    const { diagnosis } = await diagnose({ jobs: [aBuild({ state: 'suspended' })] });
    expect(diagnosis.verdict.cause).toBe('build-never-ran');
  });

  it('is only likely to be that Job’s fault where it pushes the same path to another address', async () => {
    const words = [`--destination=docker-registry.infra.svc:5000/${IMAGE.slice(IMAGE.indexOf('/') + 1)}`];
    const containers = [{ image: 'gcr.io/kaniko-project/executor', words }];
    const { diagnosis } = await diagnose({ pods: [aPod(), builderPod()], jobs: [aBuild({ containers })] });
    expect(diagnosis.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(diagnosis.findings.find(({ cause }) => cause === 'build-failed')?.confidence).toBe('likely');
  });

  it('blames no Job that succeeded, builds another tag, or is not there: that is said, and the tag is what is missing', async () => {
    const succeeded = await diagnose({ jobs: [aBuild({ state: 'succeeded' })] });
    const other = aBuild({ containers: [{ image: 'kaniko', words: [`--destination=${IMAGE}-rc1`] }] });
    const another = await diagnose({ jobs: [other] });
    const none = await diagnose({ jobs: [] });
    for (const { diagnosis } of [succeeded, another, none]) {
      expect(diagnosis.verdict.cause).toBe('tag-not-found');
      expect(diagnosis.findings.map(({ cause }) => cause)).not.toContain('build-failed');
    }
    const note = ({ diagnosis }: typeof none) => diagnosis.steps.find(({ id }) => id === 'build-job')?.summary;
    expect(note(succeeded)).toContain('completed at 2026-03-19 08:44 UTC');
    expect(note(another)).toContain(`builds/build-api-42 pushes ${IMAGE}-rc1`);
    expect(note(none)).toContain('no build Job exists in this cluster');
  });

  it('says what it could not see: the Jobs, or the log', async () => {
    const right = { verb: 'list', apiGroup: 'batch', resource: 'jobs' };
    const { diagnosis } = await diagnose({}, { jobs: async () => forbidden(right) });
    expect(diagnosis.verdict.cause).toBe('tag-not-found');
    expect(diagnosis.gaps.join('\n')).toContain('resources: ["jobs"], verbs: ["list"]');
  });
});
