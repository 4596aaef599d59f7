import { describe, expect, it } from '@jest/globals';
import { failingPods, newestPullFailure, waitsForImage } from '../../src/evidence/pull-failures.ts';
import { aContainer, aFailedEvent, aPod, aRunningContainer, IMAGE, NOON } from '../support/snapshots.ts';

describe('which containers wait for their image', () => {
  it.each(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable'])(
    '%s does',
    (waitingReason) => expect(waitsForImage(aContainer({ waitingReason }))).toBe(true),
  );

  it.each(['CrashLoopBackOff', 'ContainerCreating', 'PodInitializing', 'CreateContainerConfigError'])(
    '%s does not, even when its message speaks of a refused connection',
    (waitingReason) =>
      expect(waitsForImage(aContainer({ waitingReason, waitingMessage: 'dial tcp: connection refused' }))).toBe(false),
  );

  it('reads the message where the reason is any text', () => {
    const waitingReason = 'Error pulling';
    const message = 'toomanyrequests: You have reached your pull rate limit';
    expect(waitsForImage(aContainer({ waitingReason, waitingMessage: message }))).toBe(true);
    expect(waitsForImage(aContainer({ waitingReason, waitingMessage: 'the moon is full' }))).toBe(false);
  });
});

describe('the newest words about a failure', () => {
  const denied = aFailedEvent({
    message: `Failed to pull image "${IMAGE}": failed to authorize: unexpected status from GET request to https://auth.example.com/token: 401 Unauthorized`,
    lastAt: NOON - 10_000,
  });

  it('prefers the status when that names a cause', () => {
    const container = aContainer({ waitingReason: 'ErrImagePull', waitingMessage: `${IMAGE}: not found` });
    expect(newestPullFailure(container, [denied])).toMatchObject({ from: 'status', reason: 'ErrImagePull' });
  });

  it('takes the newest event with a cause, also when timestamps are missing', () => {
    const { lastAt: _none, ...undated } = aFailedEvent();
    const failure = newestPullFailure(aContainer(), [
      undated,
      aFailedEvent({ reason: 'BackOff', message: `Back-off pulling image "${IMAGE}"` }),
      denied,
    ]);
    expect(failure).toMatchObject({ from: 'event', at: NOON - 10_000 });
    expect(newestPullFailure(aContainer(), [undated])).toMatchObject({ from: 'event', message: undated.message });
  });

  it('stays with the back-off when nothing tells more', () => {
    const bare = aFailedEvent({ message: 'Error: ImagePullBackOff' });
    expect(newestPullFailure(aContainer(), [bare])).toMatchObject({
      from: 'status',
      classification: { kind: 'backoff-only' },
    });
  });

  it('looks behind “pull QPS exceeded”: what made so many pods fail is in the words before', () => {
    const throttled = aContainer({ waitingReason: 'ErrImagePull', waitingMessage: 'pull QPS exceeded' });
    expect(newestPullFailure(throttled, [denied])).toMatchObject({
      from: 'event',
      classification: { kind: 'unauthorized' },
    });
    expect(newestPullFailure(throttled, [])).toMatchObject({ classification: { kind: 'kubelet-throttled' } });
  });

  it('keeps the words about a pull when the pod is deleted before it ended', () => {
    const {
      waitingReason: _reason,
      waitingMessage: _message,
      ...container
    } = aContainer({
      state: 'terminated',
      exitCode: 137,
      terminatedReason: 'ContainerStatusUnknown',
    });
    expect(newestPullFailure(container, [aFailedEvent()])).toMatchObject({
      from: 'event',
      classification: { kind: 'image-not-found' },
    });
    expect(newestPullFailure({ ...container, imageID: 'sha256:1' }, [aFailedEvent()])).toBeUndefined();
  });

  it('leaves out words about another container or about the image before an edit', () => {
    const other = aFailedEvent({ container: 'sidecar' });
    const former = aFailedEvent({ message: 'Failed to pull image "registry.example.com/team/api:old": not found' });
    expect(newestPullFailure(aContainer(), [other, former])).toMatchObject({ from: 'status' });
  });

  it('says nothing about a container that runs, or that crashes', () => {
    expect(newestPullFailure(aRunningContainer(), [aFailedEvent()])).toBeUndefined();
    expect(newestPullFailure(aContainer({ waitingReason: 'CrashLoopBackOff' }), [aFailedEvent()])).toBeUndefined();
  });

  it('believes the event while the status still says ContainerCreating', () => {
    const { waitingMessage: _none, ...starting } = aContainer({ waitingReason: 'ContainerCreating' });
    expect(newestPullFailure(starting, [aFailedEvent()])).toMatchObject({ from: 'event' });
    expect(newestPullFailure(starting, [])).toBeUndefined();
  });
});

describe('failing pods', () => {
  it('gives one row a pod, its init container first, with the Deployment that owns it', () => {
    const pod = aPod({ containers: [aContainer({ name: 'migrate', role: 'init' }), aContainer()] });
    const going = aPod({ name: 'api-7d9c5-gone', deletedAt: NOON });
    expect(failingPods([pod, going, aPod({ name: 'ok', containers: [aRunningContainer()] })])).toEqual([
      expect.objectContaining({
        pod: pod.name,
        container: 'migrate',
        workload: { kind: 'Deployment', name: 'api' },
        registry: 'registry.example.com',
      }),
    ]);
  });

  it('has no registry for an image that cannot be parsed', () => {
    const broken = aContainer({ image: 'registry.example.com/Team/API:1', waitingReason: 'InvalidImageName' });
    expect(failingPods([aPod({ containers: [broken] })])[0]).toMatchObject({ registry: '', kind: 'invalid-reference' });
  });
});
