import { describe, expect, it } from '@jest/globals';
import { absent, observed, unreachable } from '../../../src/evidence/observation.ts';
import type { ManifestView } from '../../../src/evidence/registry-access.ts';
import type { ContainerSnapshot, EventSnapshot } from '../../../src/evidence/snapshots.ts';
import {
  access,
  allForbidden,
  aPod,
  attempt,
  evidence,
  failure,
  firstFinding,
  HOST,
  manifest,
  podLogin,
  runCheck,
  running,
  waiting,
  wrongLogin,
} from '../support.ts';

function see(container: Partial<ContainerSnapshot>, more: Parameters<typeof evidence>[0] = {}) {
  return runCheck('container-healthy', evidence({ container: observed({ ...waiting, ...container }), ...more }));
}

function event(reason: string, message = ''): EventSnapshot {
  return { type: 'Warning', reason, message, count: 1 };
}

const starting = { waitingReason: 'ContainerCreating', waitingMessage: '' };

describe('does the container run', () => {
  it('running and completed are well', () => {
    expect(runCheck('container-healthy', evidence({ container: observed(running) })).verdict).toBe('pass');
    expect(see({ state: 'terminated', exitCode: 0 }).verdict).toBe('pass');
  });

  it('a container that the kubelet could not find, and that has no image, has not crashed and has not completed', () => {
    const lost = { state: 'terminated', exitCode: 137, terminatedReason: 'ContainerStatusUnknown' } as const;
    const pulling = { pullFailure: observed(failure('image-not-found')) };
    expect(see(lost, pulling)).toMatchObject({ verdict: 'not-applicable', note: 'it waits for its image' });
    expect(see(lost, { pullFailure: absent })).toMatchObject({ verdict: 'inconclusive' });
  });

  it.each([
    ['SysctlForbidden', 'Pod was rejected: forbidden sysctl', { state: 'unknown' }],
    ['Evicted', 'The node was low on resource: ephemeral-storage', { state: 'terminated', exitCode: 137 }],
  ] as const)('a pod that its node ended (%s) is no crash and no image matter', (reason, message, container) => {
    const pod = observed({ ...aPod, phase: 'Failed', unmet: [{ type: 'Ended', reason, message }] });
    const result = see(container, { pod });
    expect(firstFinding(result)).toBe('not-an-image-problem certain');
    expect(result).toMatchObject({ note: expect.stringContaining(`${reason} (${message}`) });
  });

  it('a deadline that ends a pod does not hide what it waited for', () => {
    const unmet = [{ type: 'Ended', reason: 'DeadlineExceeded', message: 'Pod was active on the node too long' }];
    const pod = observed({ ...aPod, phase: 'Failed', unmet });
    const result = see({}, { pod, pullFailure: observed(failure('image-not-found')) });
    expect(result).toMatchObject({ verdict: 'not-applicable', note: 'it waits for its image' });
  });

  it('a configuration error is told by its own words', () => {
    const config = (waitingMessage: string) => see({ waitingReason: 'CreateContainerConfigError', waitingMessage });
    const root = config('container has runAsNonRoot and image will run as root (pod: "key-0_x(1)", container: app)');
    expect(root).toMatchObject({ note: expect.stringContaining('the user that the image starts as') });
    expect(config('secret "db" not found')).toMatchObject({
      note: expect.stringContaining('Secret or key is missing'),
    });
    expect(config('failed to prepare subPath for volumeMount "v"')).toMatchObject({
      note: expect.not.stringContaining('missing'),
    });
  });

  it.each([
    ['in a crash loop', { waitingReason: 'CrashLoopBackOff', exitCode: 1, restartCount: 7 }],
    ['ended with an error', { state: 'terminated', exitCode: 137, terminatedReason: 'OOMKilled' }],
    ['ended in an unknown way', { state: 'terminated' }],
  ] as const)('%s is crashing, not an image cause', (_story, container) => {
    const result = see({ ...container, imageID: `${HOST}/team/api@${manifest.digest}` });
    expect(firstFinding(result)).toBe('container-crashing certain');
    expect(result).toMatchObject({
      note: expect.stringContaining('the image that the tag means now'),
      findings: [{ alternatives: [], because: ['container', 'registryAccess'] }],
    });
  });

  describe('a crash may be an old image’s, unless', () => {
    const crash = { waitingReason: 'CrashLoopBackOff', exitCode: 139, terminatedReason: 'Error' } as const;
    const other = `sha256:${'b'.repeat(64)}`;
    const [imageOf, list] = [(digest: string) => `${HOST}/team/api@${digest}`, { ...manifest, manifests: [other] }];
    const says = (view: Partial<ManifestView>) =>
      access(attempt(podLogin, { kind: 'found', manifest: { ...manifest, ...view } }));

    it.each([
      ['the node runs the index', { imageID: imageOf(manifest.digest) }, says({}), 'certain'],
      ['the node runs a platform of it', { imageID: imageOf(other) }, says(list), 'certain'],
      ['the node runs its config', { imageID: other }, says({ configDigest: other }), 'certain'],
      ['it is pulled anew at each start', { pullPolicy: 'Always' }, says({}), 'certain'],
      ['it is pinned', { image: imageOf(other) }, says({}), 'certain'],
      ['not: the tag has moved', { imageID: imageOf(other) }, says({}), 'likely'],
      ['not: an index does not tell its configs', { imageID: other }, says({}), 'likely'],
      ['not: a HEAD tells one digest', { imageID: imageOf(other) }, says({ headOnly: true }), 'likely'],
      ['not: the node does not tell', {}, says({}), 'likely'],
      ['not: the registry refused', { imageID: imageOf(other) }, access(attempt(podLogin, wrongLogin)), 'likely'],
      ['not: nobody asked', { imageID: imageOf(other) }, unreachable('timeout'), 'likely'],
    ] as const)('%s', (_story, container, registryAccess, confidence) => {
      const result = see({ ...crash, ...container }, { registryAccess });
      expect(result).toMatchObject({
        findings: [
          {
            cause: 'container-crashing',
            confidence,
            alternatives: confidence === 'certain' ? [] : ['stale-cached-image'],
            detail: { exitCode: 139, reason: 'Error' },
          },
        ],
      });
    });
  });

  it.each([
    [
      'a missing ConfigMap',
      { waitingReason: 'CreateContainerConfigError', waitingMessage: 'configmap "x" not found' },
      [],
      'certain',
      'CreateContainerConfigError',
    ],
    ['a volume', starting, [event('FailedMount', 'MountVolume.SetUp failed')], 'likely', 'Pod Pending: storage'],
    ['a quota', starting, [event('FailedCreate', 'exceeded quota: compute')], 'likely', 'quota'],
  ] as const)('%s belongs to another runbook', (...[, container, events, confidence, runbook]) => {
    const result = see(container, { events: observed(events) });
    expect(firstFinding(result)).toBe(`not-an-image-problem ${confidence}`);
    expect(result.verdict === 'fail' ? result.findings[0].detail['runbook'] : '').toBe(runbook);
  });

  it('the node’s own pause image is the node’s matter, in the words of its pull', () => {
    const message =
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image "registry.k8s.io/pause:3.9": failed to pull and unpack image "registry.k8s.io/pause:3.9": failed to resolve reference "registry.k8s.io/pause:3.9": failed to do request: Head "https://registry.k8s.io/v2/pause/manifests/3.9": dial tcp: lookup registry.k8s.io: no such host';
    const given = { events: observed([event('FailedCreatePodSandBox', message)]) };
    const result = see(starting, given);
    expect(firstFinding(result)).toBe('dns-failure likely');
    expect(result.note).toContain('its own pause image registry.k8s.io/pause:3.9');
    const network = event('FailedCreatePodSandBox', 'Failed to create pod sandbox: plugin type="calico" failed (add)');
    expect(firstFinding(see(starting, { events: observed([network]) }))).toBe('not-an-image-problem likely');
  });

  it('an image that is being pulled for minutes is said, of this very container', () => {
    const pulls = (container: string) => see(starting, { events: observed([{ ...event('Pulling'), container }]) });
    expect(pulls('app')).toMatchObject({ note: expect.stringContaining('is being pulled') });
    expect(pulls('sidecar')).toMatchObject({ note: expect.not.stringContaining('is being pulled') });
  });

  it('a mount that timed out in general gives way to the one that names its cause', () => {
    const waited = event(
      'FailedMount',
      'MountVolume.SetUp failed for volume "kube-api-access" : failed to sync configmap cache: timed out waiting for the condition',
    );
    const named = event('FailedMount', 'MountVolume.SetUp failed for volume "data" : configmap "absent" not found');
    const result = see(starting, { events: observed([waited, named]) });
    expect(result.note).toContain('(MountVolume.SetUp failed for volume "data" : configmap "absent" not found)');
    expect(see(starting, { events: observed([waited]) }).note).toContain('failed to sync configmap cache');
  });

  it('an old mount error is over once the pull began', () => {
    const result = see(starting, { events: observed([event('Pulling'), event('FailedMount')]) });
    expect(result).toMatchObject({ verdict: 'inconclusive', note: expect.stringContaining('is being pulled') });
  });

  it('a scheduling problem does not explain a container that waits for its image', () => {
    const unmet = [{ type: 'PodScheduled', reason: 'Unschedulable', message: '' }];
    expect(see({}, { pod: observed({ ...aPod, unmet }), pullFailure: observed(failure('unauthorized')) }).verdict).toBe(
      'not-applicable',
    );
  });

  it('does not call a starting container fine when the events may not be read', () => {
    const result = see(starting, { events: allForbidden.events });
    expect(result).toMatchObject({ verdict: 'inconclusive', missing: ['events'] });
  });
});
