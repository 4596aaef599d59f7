import { describe, expect, it } from '@jest/globals';
import { narrow } from '../../src/diagnosis/contrast-words.ts';
import { contrastOf } from '../../src/evidence/contrast.ts';
import type { ContainerSnapshot, PodSnapshot } from '../../src/evidence/snapshots.ts';
import type { PullErrorKind } from '../../src/image/pull-error.ts';
import { aContainer, aPod, aRunningContainer, IMAGE, NOON } from '../support/snapshots.ts';

const HOST = 'registry.example.com';
const OTHER = `${HOST}/team/web:2`;
const BEGAN = NOON - 600_000;
const subject = { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' };
const failing = aPod();

/** A pod of its own workload that runs: `container` says how it came by its image. */
function runs(name: string, container: Partial<ContainerSnapshot>, pod: Partial<PodSnapshot> = {}): PodSnapshot {
  const started = { startedAt: NOON - 60_000, ...container };
  return aPod({
    name,
    node: 'node-2',
    labels: {},
    controller: { kind: 'StatefulSet', name, uid: name },
    containers: [aRunningContainer(started)],
    ...pod,
  });
}
function fails(name: string, image: string, pod: Partial<PodSnapshot> = {}): PodSnapshot {
  return aPod({
    name,
    labels: {},
    controller: { kind: 'StatefulSet', name, uid: name },
    containers: [aContainer({ image })],
    ...pod,
  });
}
function registryAxis(...pods: readonly PodSnapshot[]) {
  return contrastOf([failing, ...pods], subject)?.axes.find(({ by }) => by === 'registry');
}

describe('what proves that others can pull now', () => {
  it('a pod that asked the registry since this one began to fail', () => {
    const axis = registryAxis(runs('web-0', { image: OTHER, pullPolicy: 'Always' }));
    expect(axis).toMatchObject({
      value: HOST,
      failing: 1,
      failingSince: BEGAN,
      pulledSince: 1,
      pulledOn: ['node-2'],
      earlier: 0,
    });
  });

  it.each<[string, Partial<ContainerSnapshot>]>([
    ['it started before', { pullPolicy: 'Always', startedAt: BEGAN - 1 }],
    ['it may have found the image on its node', { pullPolicy: 'IfNotPresent' }],
    ['nobody knows when it started', { pullPolicy: 'Always', startedAt: 0 }],
  ])('not a running pod as such: %s', (_story, container) => {
    const axis = registryAxis(runs('web-0', { image: OTHER, ...container }));
    expect(axis).toMatchObject({ pulledSince: 0, pulledOn: [], earlier: 1 });
  });

  it('nothing, where this pod itself ran before: it may have begun to fail just now', () => {
    const worn = aPod({ containers: [aContainer({ restartCount: 3 })] });
    const contrast = contrastOf([worn, runs('web-0', { image: OTHER, pullPolicy: 'Always' })], subject);
    expect(contrast?.since).toBeUndefined();
    expect(contrast?.axes.find(({ by }) => by === 'registry')).toMatchObject({ pulledSince: 0, earlier: 1 });
  });

  it('no pod that is on its way out, and another namespace’s Secret of the same name is another Secret', () => {
    expect(registryAxis(runs('web-0', { pullPolicy: 'Always' }, { deletedAt: NOON }))).toMatchObject({
      pulledSince: 0,
    });
    const contrast = contrastOf([failing, fails('x', IMAGE, { namespace: 'other' })], subject);
    expect(contrast?.axes.find(({ by }) => by === 'secret')).toMatchObject({ value: 'staging/regcred', failing: 1 });
  });

  it('there is none for a pod that does not wait for an image', () => {
    expect(contrastOf([aPod({ containers: [aRunningContainer()] })], subject)).toBeUndefined();
    expect(contrastOf([], subject)).toBeUndefined();
  });
});

describe('what it narrows the failure down to', () => {
  const pulled = { pullPolicy: 'Always', image: OTHER } as const;
  function narrowed(...pods: readonly PodSnapshot[]) {
    const contrast = contrastOf([failing, ...pods], subject);
    return contrast === undefined ? undefined : narrow(contrast);
  }

  it('one node, where others pull on other nodes', () => {
    const answer = narrowed(fails('web-1', OTHER), runs('web-0', pulled));
    expect(answer?.to).toBe('node');
    expect(answer?.note).toContain('only node node-1 fails: 1 other pod pulled from registry.example.com since');
    expect(answer?.note).toContain('[platform]');
  });

  it('not a node, where only one image fails: it may be the image', () => {
    expect(narrowed(runs('web-0', pulled))?.to).toBe('workload');
    const same = narrowed(runs('web-0', { ...pulled, image: IMAGE }));
    expect(same?.to).toBe('node');
  });

  it('one Secret, where others pull without it on the same node', () => {
    const answer = narrowed(
      fails('web-1', OTHER),
      runs('web-0', pulled, { node: 'node-1', imagePullSecrets: ['other'] }),
    );
    expect(answer).toMatchObject({
      to: 'secret',
      note: expect.stringContaining('every failing pod uses Secret staging/regcred'),
    });
  });

  it('one workload, where others pull with the same Secret on the same node', () => {
    const answer = narrowed(runs('web-0', pulled, { node: 'node-1' }));
    expect(answer).toMatchObject({ to: 'workload', note: expect.stringContaining('[team that deploys]') });
  });

  it('the registry, where several images of it fail and nothing was pulled since', () => {
    const answer = narrowed(fails('web-1', OTHER), runs('old', { image: OTHER }));
    expect(answer?.to).toBe('registry');
    expect(answer?.note).toMatch(
      /^2 images of registry\.example\.com, all with Secret staging\/regcred, and nobody is known to have pulled there since \d{4}-\d\d-\d\d \d\d:\d\d UTC: look at the registry or that Secret/,
    );
    expect(answer?.note).toContain('; 1 running pod with its images may not have pulled since');
    // One line in a thread.
    expect(answer?.note.length).toBeLessThan(230);
  });

  it('not the registry, where it answers each of them in another way', () => {
    const contrast = contrastOf([failing, fails('web-1', OTHER)], subject);
    if (contrast === undefined) throw new Error('no contrast');
    const said = (...kinds: readonly PullErrorKind[]) => kinds.map((kind) => ({ registry: HOST, kind }));
    expect(narrow(contrast, said('image-not-found', 'unauthorized'))).toEqual({
      to: 'open',
      note: expect.stringContaining('fail in different ways (image-not-found and unauthorized)'),
    });
    expect(narrow(contrast, said('image-not-found', 'platform-mismatch'))).toEqual({
      to: 'open',
      note: expect.stringContaining('it answers for each (image-not-found and platform-mismatch): look at the names'),
    });
    expect(narrow(contrast, said('connection-refused', 'connection-timeout', 'backoff-only')).to).toBe('registry');
  });

  it('not the registry, where pods of another one fail too', () => {
    const answer = narrowed(
      fails('web-1', OTHER),
      fails('else', 'ghcr.io/org/x:1', { node: 'node-3', imagePullSecrets: [] }),
    );
    expect(answer).toMatchObject({ to: 'open', note: expect.stringContaining('not registry.example.com alone') });
  });

  it('nothing, where only this pod is known', () => {
    expect(narrowed()).toEqual({ to: 'open', note: '' });
  });
});
