/** What to do about a registry of the cluster that is down follows from the trouble of its pods. */
import { describe, expect, it } from '@jest/globals';
import { storageLost, whyDown } from '../../src/diagnosis/registry-backing.ts';
import { mend } from '../../src/diagnosis/registry-mending.ts';
import { observed } from '../../src/evidence/observation.ts';
import type { PodSnapshot } from '../../src/evidence/snapshots.ts';
import { anEndpoint, anOomKilledPod, aRegistryPod, backed } from '../support/registry-service.ts';
import { aContainer, aRunningContainer, aWorkload } from '../support/snapshots.ts';

const nothing = { endpoints: observed([]), pods: observed([]) };
const down = (...pods: readonly PodSnapshot[]) =>
  backed({ endpoints: observed([anEndpoint({ ready: false })]), pods: observed(pods) });
const evicted = aRegistryPod({
  name: 'docker-registry-6c8f-full1',
  phase: 'Failed',
  unmet: [{ type: 'Ended', reason: 'Evicted', message: 'Usage of EmptyDir volume "data" exceeds the limit "8Mi". ' }],
  containers: [aRunningContainer({ state: 'terminated', ready: false })],
});

describe('a workload without pods', () => {
  const owner = aWorkload({
    name: 'docker-registry',
    namespace: 'cortex-chat',
    replicas: { desired: 0, updated: 0, available: 0 },
  });

  it('that is scaled to 0 is named, with the command that scales it up', () => {
    const seen = backed({ ...nothing, workload: owner });
    expect(whyDown(seen)).toBe(
      'no pod has its labels (app=docker-registry): deployment/docker-registry is scaled to 0',
    );
    expect(mend(seen).commands).toEqual(['kubectl scale deployment/docker-registry -n cortex-chat --replicas=1']);
  });

  it('that may make none says why', () => {
    const fault = { type: 'ReplicaFailure', reason: 'FailedCreate', message: 'exceeded quota: small' };
    const seen = backed({
      ...nothing,
      workload: { ...owner, replicas: { desired: 1, updated: 0, available: 0 }, unmet: [fault] },
    });
    expect(whyDown(seen)).toContain('wants 1 pod and has none (FailedCreate: exceeded quota: small)');
    expect(mend(seen).commands).toEqual(['kubectl describe deployment/docker-registry -n cortex-chat']);
  });

  it('that nobody found leaves it at what is known', () => {
    expect(mend(backed(nothing))).toEqual({});
  });

  it('beside a pod with other labels: the patch that makes the Service mean it', () => {
    const seen = backed({ ...nothing, strays: [aRegistryPod({ labels: { app: 'registry' } })] });
    expect(mend(seen).commands).toEqual([
      `kubectl patch service docker-registry -n cortex-chat -p '{"spec":{"selector":{"app":"registry"}}}'`,
    ]);
  });
});

describe('pods in trouble', () => {
  const waiting = (over: Parameters<typeof aContainer>[0]) =>
    aRegistryPod({ containers: [aContainer({ name: 'registry', ...over })] });
  const log = 'kubectl logs -n cortex-chat docker-registry-6c8f-abcde -c registry --previous --tail=50';
  const inspect = 'kubectl describe pod docker-registry-6c8f-abcde -n cortex-chat';
  const { node: _node, ...unplaced } = aRegistryPod();

  it.each<[string, PodSnapshot, string, readonly string[]]>([
    [
      'killed for its memory',
      anOomKilledPod(),
      'more memory',
      ['kubectl set resources deployment/docker-registry -n cortex-chat -c registry --limits=memory=MEMORY', log],
    ],
    [
      'ends with an error',
      waiting({ waitingReason: 'CrashLoopBackOff', restartCount: 2, terminatedReason: 'Error', exitCode: 1 }),
      'last words',
      [log],
    ],
    [
      'cannot pull its own image',
      waiting({ waitingReason: 'ImagePullBackOff' }),
      'own image',
      ['pullcheck pod docker-registry-6c8f-abcde -n cortex-chat'],
    ],
    ['waits for a node', { ...unplaced, containers: [aContainer()] }, 'scheduled', [inspect]],
    [
      'evicted for what it stored',
      evicted,
      'emptyDir',
      ['kubectl describe pod docker-registry-6c8f-full1 -n cortex-chat'],
    ],
  ])('%s', (_trouble, pod, fix, commands) => {
    const mending = mend(down(pod));
    expect(mending.fix).toContain(fix);
    expect(mending.commands).toEqual(commands);
  });

  it('goes by the pod that may still come up, not by the one that was evicted before it', () => {
    expect(mend(down(evicted, waiting({ waitingReason: 'ImagePullBackOff' }))).fix).toContain('own image');
  });

  it('ready, and none takes traffic on the port: the ports that they declare', () => {
    const pod = aRegistryPod({ containers: [aRunningContainer({ ports: [{ name: 'api', port: 5000 }] })] });
    const seen = backed({ endpoints: observed([anEndpoint({ ports: [] })]), pods: observed([pod]) });
    expect(whyDown(seen)).toBe(
      'its pods are ready, but none of them takes traffic on that port: their containers declare port 5000 (api)',
    );
    expect(mend(seen).fix).toContain('targetPort of Service cortex-chat/docker-registry');
  });
});

describe('a registry that holds nothing', () => {
  it('after its pod was evicted: what it held may be lost with it', () => {
    expect(storageLost(backed({ pods: observed([evicted, aRegistryPod()]) }))?.sentence).toBe(
      'docker-registry-6c8f-full1 has failed (Evicted: Usage of EmptyDir volume "data" exceeds the limit "8Mi".), and docker-registry-6c8f-abcde serves in its place: what it held before may be lost with it.',
    );
  });

  it('and whose pod never ended may be new', () => {
    expect(storageLost(backed())).toBeUndefined();
    expect(storageLost(undefined)).toBeUndefined();
  });
});

describe('the last words of a registry that ended', () => {
  it.each([
    [
      'configuration error: no storage configuration provided\nUsage:\n  registry serve <config> [flags]\nFlags:\n  -h, --help   help for serve\n',
      'configuration error: no storage configuration provided',
    ],
    [
      'panic: no space left on device\n\ngoroutine 1 [running]:\n\t/src/error.go:12\n',
      'panic: no space left on device',
    ],
    ['starting\nbye\n', 'bye'],
  ])('%j', (terminatedMessage, words) => {
    const ended = { waitingReason: 'CrashLoopBackOff', restartCount: 2, terminatedReason: 'Error', exitCode: 1 };
    const pod = aRegistryPod({ containers: [aContainer({ ...ended, terminatedMessage })] });
    expect(whyDown(down(pod))).toContain(`last ended Error (exit code 1; ${words})`);
  });
});
