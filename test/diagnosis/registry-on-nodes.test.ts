/** `localhost:5000`: a mirror or registry that pods serve on their own nodes, or nobody. */
import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { observed } from '../../src/evidence/observation.ts';
import type { RegistryService } from '../../src/evidence/registry-service.ts';
import type { PodSnapshot } from '../../src/evidence/snapshots.ts';
import { parseReference } from '../../src/image/reference.ts';
import { aRegistryPod } from '../support/registry-service.ts';
import { aContainer, aRunningContainer } from '../support/snapshots.ts';
import {
  access,
  anyone,
  aPod,
  attempt,
  evidence,
  failure,
  firstFinding,
  refusedConnection,
  runCheck,
} from './support.ts';

const HOST = 'localhost:5000';
const refused = observed(
  failure('connection-refused', {
    message: 'dial tcp 127.0.0.1:5000: connect: connection refused',
    classification: { ...failure('connection-refused').classification, host: '127.0.0.1:5000' },
  }),
);
/** The image's own name has the port, too. */
const refusedBeside = observed(
  failure('connection-refused', {
    message:
      'Failed to pull image "localhost:5000/web:latest": failed to authorize: Get "https://auth.example.com/token": dial tcp 10.0.0.9:443: connect: connection refused',
    classification: { ...failure('connection-refused').classification, host: 'auth.example.com' },
  }),
);

function check(seen: RegistryService, spoiled: Partial<Evidence> = {}) {
  const given = evidence({
    reference: observed(parseReference(`${seen.host}/web:latest`)),
    pod: observed({ ...aPod, node: 'node-1', hostIP: '192.168.1.11' }),
    pullFailure: refused,
    registryAccess: access(attempt(anyone, refusedConnection)),
    registryService: observed(seen),
    ...spoiled,
  });
  return runCheck('registry-in-cluster', given);
}

/** One pod of DaemonSet `registry-proxy`, which takes port 5000 of its node. */
function proxy(node: string, over: Partial<PodSnapshot> = {}): PodSnapshot {
  const ports = [{ port: 5000, hostPort: 5000 }];
  return aRegistryPod({
    name: `registry-proxy-${node}`,
    node,
    controller: { kind: 'DaemonSet', name: 'registry-proxy', uid: 'uid-ds' },
    containers: [aRunningContainer({ name: 'proxy', ports })],
    ...over,
  });
}
const WEB = { kind: 'StatefulSet', name: 'web', uid: 'uid-web' };
const crashing = aContainer({
  name: 'proxy',
  waitingReason: 'CrashLoopBackOff',
  restartCount: 4,
  terminatedReason: 'Error',
  exitCode: 1,
  terminatedMessage: 'starting\nconfiguration error: no storage\n',
});
const onNodes = (...pods: readonly PodSnapshot[]): RegistryService => ({
  kind: 'host-port',
  host: HOST,
  port: 5000,
  pods,
});

describe('pods serve the port on their nodes', () => {
  it('the one on the pulling node crashes: down, certain, with its last words and its log', () => {
    const result = check(onNodes(proxy('node-1', { containers: [crashing] }), proxy('node-2')));
    expect(firstFinding(result)).toBe('registry-down certain');
    expect(result.note).toBe(
      'localhost:5000 is port 5000 of the node itself, which daemonset/registry-proxy takes on its nodes; on node-1 0 of 1 pod of daemonset/registry-proxy are ready; registry-proxy-node-1 waits (CrashLoopBackOff), 4 restarts, last ended Error (exit code 1; configuration error: no storage).',
    );
    expect(result).toMatchObject({
      findings: [{ commands: ['kubectl logs -n cortex-chat registry-proxy-node-1 -c proxy --previous --tail=50'] }],
    });
  });

  it('none of them is on the pulling node: likely, and where they are', () => {
    const result = check(onNodes(proxy('node-2'), proxy('node-3')));
    expect(firstFinding(result)).toBe('registry-down likely');
    expect(result.note).toContain('none of its pods is on node-1, only on node-2 and node-3');
  });

  it('the one on the pulling node is ready: not down', () => {
    expect(check(onNodes(proxy('node-1'), proxy('node-2', { containers: [crashing] })))).toMatchObject({
      verdict: 'pass',
      ruledOut: [{ cause: 'registry-down' }],
    });
  });

  it('is only likely where the node was refused by another host', () => {
    const seen = onNodes(proxy('node-1', { containers: [crashing] }));
    expect(firstFinding(check(seen, { pullFailure: refusedBeside }))).toBe('registry-down likely');
  });

  it('does not say that there is none on the pulling node where not all pods could be listed', () => {
    const result = check({ ...onNodes(proxy('node-2')), isPartial: true });
    expect(result.verdict).toBe('inconclusive');
    expect(result).toMatchObject({ note: expect.stringContaining('not all pods could be listed') });
  });

  it('speaks of the pods of this node, whoever takes the same port elsewhere', () => {
    const other = aRegistryPod({ name: 'web-0', namespace: 'shop', node: 'node-2', controller: WEB });
    const result = check(onNodes(other, proxy('node-1', { containers: [crashing] })));
    expect(result.note).toContain('which daemonset/registry-proxy takes on its nodes');
    expect(result).toMatchObject({
      findings: [{ detail: { look: 'kubectl get pods -n cortex-chat registry-proxy-node-1 -o wide' } }],
    });
  });

  it('is open where the pod is on no node, and only likely where the node speaks of another port', () => {
    const { node: _node, ...nowhere } = aPod;
    expect(check(onNodes(proxy('node-2')), { pod: observed(nowhere) }).verdict).toBe('inconclusive');
    const other = observed(failure('connection-refused', { message: 'dial tcp 10.0.0.9:50001: refused' }));
    const seen = onNodes(proxy('node-1', { containers: [crashing] }));
    expect(firstFinding(check(seen, { pullFailure: other }))).toBe('registry-down likely');
  });
});

describe('nobody serves the port', () => {
  const nobody: RegistryService = { kind: 'none', host: HOST, lookalikes: [] };

  it('and the node was refused: certain, and that the node itself is meant', () => {
    const result = check(nobody);
    expect(firstFinding(result)).toBe('connection-refused certain');
    expect(result.note).toContain(
      'localhost:5000 means the node that pulls, node-1, itself, and nothing listens there',
    );
  });

  it('is left open where not all pods could be listed: one of those may take the port', () => {
    const result = check({ ...nobody, isPartial: true });
    expect(firstFinding(result)).toBe('connection-refused certain');
    expect(result.note).not.toContain('no pod takes it');
    expect(result.note).toContain('whether a pod takes it on its node could not be seen');
  });

  it('and it was another host that refused the node, for an image of that name: not its question', () => {
    expect(check(nobody, { pullFailure: refusedBeside }).verdict).toBe('not-applicable');
  });

  it('and the node says something else: not its question', () => {
    const reset = observed(failure('connection-reset', { message: 'read tcp 127.0.0.1:5000: reset' }));
    expect(check(nobody, { pullFailure: reset }).verdict).toBe('not-applicable');
    const elsewhere = observed(failure('connection-refused', { message: 'dial tcp 10.0.0.9:443: refused' }));
    expect(check(nobody, { pullFailure: elsewhere }).verdict).toBe('not-applicable');
  });
});
