/** A pod as the API server tells it (kubelet 1.36, a pod with a sysctl that its node does not allow). */
import { describe, expect, it } from '@jest/globals';
import { podSnapshot } from '../../../src/adapters/kubernetes/read/pods.ts';
import { Pod } from '../../../src/adapters/kubernetes/schema.ts';

function told(status: object) {
  return podSnapshot(Pod.parse({ metadata: { name: 'web', namespace: 'staging', uid: 'u' }, spec: {}, status }));
}

describe('why a node ended a pod', () => {
  const message = 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted';

  it('stands at the pod itself', () => {
    const { unmet } = told({ phase: 'Failed', reason: 'SysctlForbidden', message });
    expect(unmet).toEqual([{ type: 'Ended', reason: 'SysctlForbidden', message }]);
  });

  it('is not there where a container merely failed, or where the pod goes on', () => {
    expect(told({ phase: 'Failed' }).unmet).toEqual([]);
    expect(told({ phase: 'Running', reason: 'NodeLost', message }).unmet).toEqual([]);
  });
});
