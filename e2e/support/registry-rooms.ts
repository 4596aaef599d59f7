/** Registries inside the cluster, each with one fault of its own. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dir, eventually, kubectl, namespace } from './box.ts';
import {
  behindPolicy,
  type PodRegistry,
  putPodRegistry,
  type RegistryShape,
  startPodRegistry,
} from './registry-pod.ts';

export const NODE = '198.51.100.10';
/** The repository that each of them holds while it serves, with tag v1. */
export const HELD = 'shop/web';

interface Room {
  readonly id: string;
  readonly address: string;
  readonly shape?: RegistryShape;
  /** Before any workload asks: it holds `shop/web:v1`, and what is wrong with it. */
  readonly spoil?: (registry: PodRegistry) => Promise<void>;
}

/** 30,000 headers: the program takes twice its memory limit to read them. */
const HEADERS = Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`X-Header-${n}`, [`value-${n}`]]));

const WELL: Room = { id: 'well', address: '203.0.113.80', shape: { nodePort: 30_580 }, spoil: behindPolicy };
const TMPFS: Room = {
  id: 'tmpfs',
  address: '203.0.113.88',
  shape: { storage: { emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } } },
  async spoil(registry) {
    const { code, err } = await registry.pushLarge('shop/large', 'v1');
    if (code === 0) throw new Error('a registry of 4 MiB took an image of many');
    // It answers 500 and hangs up; whoever is still sending may see only the latter.
    if (!/\b5\d\d\b|unknown|no space|reset by peer|broken pipe/i.test(err))
      throw new Error(`the push failed otherwise: ${err}`);
  },
};
const BROKEN: Room = {
  id: 'broken',
  address: '203.0.113.89',
  async spoil() {
    const link = 'docker/registry/v2/repositories/shop/web/_manifests/tags/v1/current/link';
    const path = join(dir, 'registry-reg-broken', link);
    rmSync(path);
    mkdirSync(path);
  },
};
const FULL: Room = { id: 'full', address: '203.0.113.87', shape: { storage: { emptyDir: { sizeLimit: '4Mi' } } } };
/** They answer at first and hold `shop/web:v1`. */
const SERVING: readonly Room[] = [WELL, TMPFS, BROKEN, FULL, { id: 'local', address: '', shape: { hostPort: 5056 } }];

/** They never answer. */
const DEAD: readonly Room[] = [
  { id: 'zero', address: '203.0.113.81', shape: { nodePort: 30_581, replicas: 0 } },
  { id: 'selector', address: '203.0.113.82', shape: { selector: { app: 'registry' } } },
  { id: 'target', address: '203.0.113.83', shape: { targetPort: 5001 } },
  { id: 'named', address: '203.0.113.84', shape: { targetPort: 'registry' } },
  {
    id: 'oom',
    address: '203.0.113.85',
    shape: {
      config: { http: { addr: ':5000', headers: HEADERS } },
      container: { resources: { limits: { memory: '24Mi' } } },
    },
  },
  {
    id: 'config',
    address: '203.0.113.86',
    shape: { config: { storage: {} }, container: { terminationMessagePolicy: 'FallbackToLogsOnError' } },
  },
  { id: 'ownimage', address: '203.0.113.90', shape: { container: { image: 'localhost/registry:missing' } } },
  { id: 'mirror', address: '', shape: { hostPort: 5055, container: { command: ['/pause', 'crash', 'no storage'] } } },
];

/** Every room at once, until each is as it is meant to be. Gives the one that will be evicted, for what is pushed to it at last. */
export async function raiseRooms(): Promise<PodRegistry> {
  for (const { id } of [...SERVING, ...DEAD]) await namespace(`reg-${id}`);
  await Promise.all(DEAD.map(({ id, address, shape }) => putPodRegistry(`reg-${id}`, address, shape)));
  const serving = await Promise.all(
    SERVING.map(async ({ id, address, shape, spoil }) => {
      const registry = await startPodRegistry(`reg-${id}`, address, shape);
      await registry.push(HELD, 'v1');
      await spoil?.(registry);
      return registry;
    }),
  );
  await Promise.all(['oom', 'config', 'mirror'].map((id) => restarted(`reg-${id}`)));
  await Promise.all(['selector', 'target', 'named'].map((id) => ready(`reg-${id}`)));
  const full = serving[SERVING.indexOf(FULL)];
  if (full === undefined) throw new Error('no registry to be evicted');
  await full.pushLarge('shop/large', 'v1');
  return full;
}

async function restarted(where: string): Promise<void> {
  const path = '-ojsonpath={.items[*].status.containerStatuses[0].restartCount}';
  await eventually(`the registry of ${where} has restarted`, async () => {
    const restarts = await kubectl('get', 'pods', '-n', where, path);
    if (/^[1-9]\d*$/.test(restarts.trim())) return true;
    throw new Error(`restarts: ${restarts}`);
  });
}

async function ready(where: string): Promise<void> {
  await eventually(`the registry of ${where} is ready`, async () => {
    const replicas = await kubectl('get', 'deployments', '-n', where, '-ojsonpath={.items[*].status.readyReplicas}');
    return replicas === '1' ? true : undefined;
  });
}

/** Until the kubelet has taken its pod away, and another serves in its place. */
export async function evicted({ namespace: where }: PodRegistry): Promise<void> {
  const phases = '-ojsonpath={.items[*].status.phase}';
  await eventually(
    `${where} has an evicted pod`,
    async () => ((await kubectl('get', 'pods', '-n', where, phases)).includes('Failed') ? true : undefined),
    200,
  );
  await ready(where);
}
