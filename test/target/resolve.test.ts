import { describe, expect, it } from '@jest/globals';
import { assert as assertProperty, constantFrom, property } from 'fast-check';
import { type NamedPod, noSuchTarget, resolveName } from '../../src/target/resolve.ts';

const pods: readonly NamedPod[] = [
  { name: 'api-7d9c5-a', workload: { kind: 'Deployment', name: 'api' } },
  { name: 'api-7d9c5-b', workload: { kind: 'Deployment', name: 'api' } },
  { name: 'api-worker-0', workload: { kind: 'StatefulSet', name: 'api-worker' } },
  { name: 'debug' },
];
const ask = (name: string) => resolveName({ name, namespace: 'staging' }, pods);

describe('a bare name', () => {
  it('is the workload of exactly that name, even when others begin so', () => {
    expect(ask('api')).toEqual({ kind: 'workload', workload: { kind: 'Deployment', name: 'api' } });
  });

  it('is the one workload, or the one pod without owner, that begins so', () => {
    expect(ask('api-w')).toEqual({ kind: 'workload', workload: { kind: 'StatefulSet', name: 'api-worker' } });
    expect(ask('deb')).toEqual({ kind: 'pod', name: 'debug' });
  });

  it('is refused with the list where it fits several', () => {
    expect(() => ask('a')).toThrow('"a" in namespace staging could be deployment/api, statefulset/api-worker');
    const twins = [...pods, { name: 'x', workload: { kind: 'Job' as const, name: 'api' } }];
    expect(() => resolveName({ name: 'api', namespace: 'staging' }, twins)).toThrow('deployment/api, job/api');
  });

  it('is refused with what is near where it fits nothing', () => {
    expect(noSuchTarget({ name: 'apis', namespace: 'staging' }, pods)).toMatchObject({
      code: 'no-such-target',
      message: 'there is no pod or workload "apis" in namespace staging',
      hint: 'there are: deployment/api, statefulset/api-worker',
    });
    expect(noSuchTarget({ kind: 'Job', name: 'zzz', namespace: 'prod' })).toMatchObject({
      message: 'there is no job/zzz in namespace prod',
      hint: expect.stringContaining('kubectl get jobs -n prod'),
    });
  });

  it('never lists more than a person reads', () => {
    const many = Array.from(
      { length: 40 },
      (_, index): NamedPod => ({ name: `web-${String(index).padStart(2, '0')}` }),
    );
    expect(() => resolveName({ name: 'web', namespace: 'n' }, many)).toThrow(/web-14 and 25 more$/);
  });

  it('does not depend on the order of the pods', () => {
    assertProperty(
      property(constantFrom('api', 'api-w', 'deb'), (name) => {
        expect(resolveName({ name, namespace: 'staging' }, [...pods].reverse())).toEqual(ask(name));
      }),
    );
  });
});
