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

describe('what the registry of a cluster is looked at for', () => {
  it('ports that it declares, those of its node, and how much memory it may take', () => {
    const container = {
      name: 'registry',
      image: 'registry:3',
      ports: [
        { name: 'http', containerPort: 5000, protocol: 'TCP' },
        { containerPort: 5001, hostPort: 5001 },
      ],
      resources: { limits: { memory: '24Mi', cpu: '1' } },
    };
    const pod = podSnapshot(Pod.parse({ metadata: { name: 'registry-0' }, spec: { containers: [container] } }));
    expect(pod.containers[0]).toMatchObject({
      ports: [
        { name: 'http', port: 5000 },
        { port: 5001, hostPort: 5001 },
      ],
      memoryLimit: '24Mi',
    });
    const bare = Pod.parse({ metadata: { name: 'web' }, spec: { containers: [{ name: 'web', ports: null }] } });
    expect(podSnapshot(bare).containers[0]).not.toHaveProperty('ports');
    expect(podSnapshot(bare).containers[0]).not.toHaveProperty('memoryLimit');
  });
});
