import { describe, expect, it } from '@jest/globals';
import { chooseCases } from '../../src/flow/choose-cases.ts';
import { aContainer, aPod, aRunningContainer, NOON } from '../support/snapshots.ts';

function names(...pods: Parameters<typeof chooseCases>[0]): readonly string[] {
  return chooseCases(pods).subjects.map(({ pod, container }) => `${pod}/${container}`);
}

describe('the containers worth a case', () => {
  it('keeps spec order within a pod, and puts pods that wait for an image first', () => {
    const crashing = aContainer({ name: 'proxy', waitingReason: 'CrashLoopBackOff' });
    const mixed = aPod({ name: 'b', containers: [crashing, aContainer()] });
    const other = aPod({ name: 'a', containers: [aContainer({ name: 'other', waitingReason: 'CrashLoopBackOff' })] });
    expect(names(other, mixed)).toEqual(['b/proxy', 'b/api', 'a/other']);
  });

  it('begins with what was rolled out last, however often an older pod was made anew', () => {
    const of = (name: string, template: string, minutes: number) => {
      const containers = [aContainer({ image: `registry.example.com/team/api:${template}` })];
      return aPod({ name, labels: { 'pod-template-hash': template }, createdAt: NOON + minutes * 60_000, containers });
    };
    const pods = [of('old-1', 'old', 0), of('old-2', 'old', 20), of('new-1', 'new', 10)];
    expect(names(...pods)).toEqual(['new-1/api', 'old-1/api']);
    expect(names(...pods.toReversed())).toEqual(['new-1/api', 'old-2/api']);
  });

  it('takes one of many pods that fail alike', () => {
    expect(names(aPod({ name: 'a' }), aPod({ name: 'b' }), aPod({ name: 'c' }))).toEqual(['a/api']);
  });

  it('tells running pods apart by the image that they really run', () => {
    const stale = aRunningContainer({ imageID: 'registry.example.com/team/api@sha256:old' });
    expect(
      names(aPod({ name: 'a', containers: [aRunningContainer()] }), aPod({ name: 'b', containers: [stale] })),
    ).toEqual(['a/api', 'b/api']);
  });

  it('cuts a long list without losing what waits for its image', () => {
    const crashing = ['1', '2', '3', '4', '5'].map((name) => aContainer({ name, waitingReason: 'CrashLoopBackOff' }));
    expect(names(aPod({ name: 'a', containers: [...crashing, aContainer({ name: 'last' })] }))).toEqual([
      'a/1',
      'a/2',
      'a/3',
      'a/last',
    ]);
  });

  it('keeps what does not run before what runs, and counts what it leaves out', () => {
    const running = ['1', '2', '3', '4'].map((name) => aRunningContainer({ name }));
    const pod = aPod({
      name: 'a',
      containers: [...running, aContainer({ name: '5', waitingReason: 'ContainerCreating' })],
    });
    expect(names(pod)).toEqual(['a/1', 'a/2', 'a/3', 'a/5']);
    expect(chooseCases([pod]).left).toBe(1);
    expect(chooseCases([aPod()]).left).toBe(0);
  });

  it('takes a debug container that has not started: its events may tell what its status does not tell yet', () => {
    const debug = aContainer({ name: 'tools', role: 'ephemeral', state: 'unknown' });
    expect(names(aPod({ name: 'a', containers: [aRunningContainer(), debug] }))).toEqual(['a/api', 'a/tools']);
    const done = { ...debug, state: 'terminated', exitCode: 0 } as const;
    expect(names(aPod({ name: 'a', containers: [aRunningContainer(), done] }))).toEqual(['a/api']);
  });

  it('takes the init container whose turn it is, and one that runs between two crashes', () => {
    const turn = aContainer({ waitingReason: 'PodInitializing' });
    const done = aRunningContainer({ name: 'first', role: 'init', state: 'terminated', exitCode: 0, ready: false });
    const next = aContainer({ name: 'migrate', role: 'init', waitingReason: 'PodInitializing' });
    const later = { ...next, name: 'seed' };
    expect(names(aPod({ name: 'a', containers: [done, next, later, turn] }))).toEqual(['a/migrate', 'a/api']);
    const again = aRunningContainer({ name: 'migrate', role: 'init', ready: false, restartCount: 2, exitCode: 1 });
    expect(names(aPod({ name: 'b', containers: [again, turn] }))).toEqual(['b/migrate']);
  });

  it('leaves out what waits for its turn, what completed, and pods that are going', () => {
    const init = aRunningContainer({ name: 'init', role: 'init', state: 'terminated', exitCode: 0, ready: false });
    const turn = aContainer({ waitingReason: 'PodInitializing' });
    expect(names(aPod({ name: 'a', containers: [init, turn] }))).toEqual(['a/api']);
    expect(
      names(aPod({ name: 'gone', deletedAt: NOON }), aPod({ name: 'b', containers: [aRunningContainer()] })),
    ).toEqual(['b/api']);
    expect(names()).toEqual([]);
  });
});
