/**
 * A second node in name only: the API server and its controllers take it for one, because somebody reports for its kubelet. A registry's
 * pod that is said to run there answers nobody; what is shown is where a policy may be blamed.
 */
import { apply, eventually, kubectl } from './box.ts';

const NAME = 'node-2';
const ADDRESS = '198.51.100.11';
/** ms; the node controller takes a node for lost after 40 s. */
const RENEW = 8000;
const labels = { app: 'docker-registry' };

/** Keeps reporting until the process ends. No pod is scheduled there by itself. */
export async function addFarNode(): Promise<void> {
  await apply({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NAME, labels: { 'kubernetes.io/hostname': NAME, 'kubernetes.io/os': 'linux' } },
    spec: { taints: [{ key: 'far', effect: 'NoSchedule' }] },
  });
  await apply({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: NAME, namespace: 'kube-node-lease' },
    spec: { holderIdentity: NAME, leaseDurationSeconds: 40 },
  });
  await renew();
  setInterval(() => void renew().catch(() => undefined), RENEW).unref();
  await setStatus(['node', NAME], {
    addresses: [{ type: 'InternalIP', address: ADDRESS }],
    conditions: [
      { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now(), lastTransitionTime: now() },
    ],
    capacity: { cpu: '2', memory: '4Gi', pods: '110' },
    allocatable: { cpu: '2', memory: '4Gi', pods: '110' },
  });
}

async function renew(): Promise<void> {
  const spec = JSON.stringify({ spec: { renewTime: now().replace('Z', '000Z') } });
  await kubectl('patch', 'lease', NAME, '-n', 'kube-node-lease', '--type=merge', '-p', spec);
}

function now(): string {
  return new Date().toISOString();
}

/** A Service at `address` with one ready pod, on the far node. */
export async function farRegistry(namespace: string, address: string): Promise<void> {
  const where = { namespace, name: 'docker-registry' };
  await apply(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: where,
      spec: { clusterIP: address, selector: labels, ports: [{ name: 'http', port: 5000 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...where, labels },
      spec: {
        nodeName: NAME,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          { name: 'registry', image: 'localhost/registry:3', ports: [{ name: 'http', containerPort: 5000 }] },
        ],
      },
    },
  );
  const since = now();
  const running = {
    name: 'registry',
    ready: true,
    started: true,
    restartCount: 0,
    image: 'localhost/registry:3',
    imageID: '',
  };
  await setStatus(['pod', where.name, '-n', namespace], {
    phase: 'Running',
    hostIP: ADDRESS,
    podIP: '198.51.100.12',
    podIPs: [{ ip: '198.51.100.12' }],
    startTime: since,
    conditions: ['Initialized', 'ContainersReady', 'Ready', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: since,
    })),
    containerStatuses: [{ ...running, state: { running: { startedAt: since } } }],
  });
  await eventually(`an endpoint of ${namespace}`, async () => {
    const ready = '-ojsonpath={.items[*].endpoints[*].conditions.ready}';
    return (await kubectl('get', 'endpointslices', '-n', namespace, ready)) === 'true' ? true : undefined;
  });
}

async function setStatus(of: readonly string[], status: object): Promise<void> {
  await kubectl('patch', ...of, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status }));
}
