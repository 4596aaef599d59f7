/** A registry inside the cluster: distribution in a pod, behind a Service with an address that images name. */
import { join } from 'node:path';
import { allowPlainHttp, dir, eventually, kubectl, type Ran, run } from './box.ts';

const NAME = 'docker-registry';
const PORT = 5000;
const labels = { app: NAME };
const SERVE = ['/registry', 'serve', '/etc/distribution/config.yml'];

export interface PodRegistry {
  /** As images write it. */
  readonly host: string;
  readonly namespace: string;
  push(repository: string, tag: string): Promise<void>;
  /** An image of many megabytes, which may not fit; gives what the pusher said. */
  pushLarge(repository: string, tag: string): Promise<Ran>;
  /** Until it answers, or does not any more. */
  scale(replicas: 0 | 1): Promise<void>;
  /** Its pod runs this instead, until it has died of it at least once. */
  crash(command: readonly string[]): Promise<void>;
}

/** How a registry differs from one that is well. */
export interface RegistryShape {
  readonly nodePort?: number;
  /** Where its Service sends traffic: a port, or the name of one. Default: where it listens. */
  readonly targetPort?: number | string;
  /** What its Service looks for. Default: what its pods have. */
  readonly selector?: Readonly<Record<string, string>>;
  /** Of its pods' Deployment; default 1. */
  readonly replicas?: number;
  /** More of its configuration file. */
  readonly config?: object;
  /** On its node's network, at this port. */
  readonly hostPort?: number;
  /** More of its container. */
  readonly container?: object;
  /** In place of a folder of the node. */
  readonly storage?: object;
}

/** Imports the image that the registries run into the node; once is enough. */
export async function importRegistry(): Promise<void> {
  const testbed = process.env['TESTBED'] ?? '';
  const program = await must(join(testbed, 'go-tool'), 'registry');
  const archive = await must(join(testbed, 'test-image'), dir, 'registry:3', program);
  await must('ctr', '-a', join(dir, 'run', 'containerd.sock'), '-n', 'k8s.io', 'images', 'import', archive);
}

/** With a Service at `address`, which is inside the Service range of the test cluster; it answers. The namespace must exist. */
export async function startPodRegistry(
  namespace: string,
  address: string,
  shape: RegistryShape = {},
): Promise<PodRegistry> {
  const registry = await putPodRegistry(namespace, address, shape);
  await registry.serves();
  return registry;
}

/** The same without waiting that it answers: it may never do so. */
export async function putPodRegistry(
  namespace: string,
  address: string,
  shape: RegistryShape = {},
): Promise<PodRegistry & { serves(): Promise<void> }> {
  const port = shape.hostPort ?? PORT;
  const host = shape.hostPort === undefined ? `${address}:${PORT}` : `localhost:${port}`;
  const where = { namespace, name: NAME };
  allowPlainHttp(host);
  const config = JSON.stringify({
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: '/data' } },
    http: { addr: `:${port}` },
    ...shape.config,
  });
  await put(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: where, data: { 'config.yml': config } },
    workload(where, SERVE, shape),
    ...(shape.hostPort === undefined ? [service(where, address, shape)] : []),
  );
  async function answers(): Promise<boolean> {
    const signal = AbortSignal.timeout(1000);
    return (await fetch(`http://${host}/v2/`, { signal }).catch(() => undefined))?.status === 200;
  }
  async function serves(): Promise<void> {
    await eventually(`the registry of ${namespace} answers`, async () => ((await answers()) ? true : undefined), 90);
  }
  return {
    host,
    namespace,
    serves,
    async push(repository, tag) {
      await must('skopeo', ...copy(await webArchive(), `${host}/${repository}:${tag}`));
    },
    async pushLarge(repository, tag) {
      return run('skopeo', copy(join(dir, 'registry.tar'), `${host}/${repository}:${tag}`));
    },
    async scale(replicas) {
      await kubectl('scale', 'deployment', NAME, '-n', namespace, `--replicas=${replicas}`);
      if (replicas === 1) return serves();
      await eventually(`the registry of ${namespace} is gone`, async () => ((await answers()) ? undefined : true));
    },
    async crash(command) {
      await put(workload(where, command, shape));
      await eventually(`the registry of ${namespace} has restarted`, async () => {
        const path = '-ojsonpath={.items[*].status.containerStatuses[0].restartCount}';
        const restarts = await kubectl('get', 'pods', '-n', namespace, '-l', `app=${NAME}`, path);
        if (/^[1-9]\d*$/.test(restarts.trim())) return true;
        throw new Error(`restarts: ${restarts}`);
      });
    },
  };
}

/** A policy selects it that admits pods of its own namespace only; nobody enforces it here. */
export async function behindPolicy({ namespace: where }: Pick<PodRegistry, 'namespace'>): Promise<void> {
  await put({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace: where, name: 'registry-clients' },
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: PORT }] }],
    },
  });
}

/** Made once: pushes go on side by side, and whoever made it again would take it away from the others. */
let web: Promise<string> | undefined;
function webArchive(): Promise<string> {
  web ??= must(join(process.env['TESTBED'] ?? '', 'test-image'), dir, 'web:1');
  return web;
}

function copy(archive: string, to: string): string[] {
  return ['copy', '--insecure-policy', '--dest-tls-verify=false', `docker-archive:${archive}`, `docker://${to}`];
}

async function must(program: string, ...args: string[]): Promise<string> {
  const ran = await run(program, args);
  if (ran.code !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.err.trim()}`);
  return ran.out.trim();
}

/** On the server's side: a large configuration does not fit into the annotation that kubectl keeps otherwise. */
async function put(...items: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const applied = await run('kubectl', ['apply', '--server-side', '--force-conflicts', '-f', '-'], { input });
  if (applied.code !== 0) throw new Error(`kubectl apply: ${applied.err.trim()}`);
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

function service(
  where: Place,
  address: string,
  { nodePort, targetPort = PORT, selector = labels }: RegistryShape,
): object {
  const port = { name: 'http', port: PORT, targetPort, ...(nodePort === undefined ? {} : { nodePort }) };
  const type = nodePort === undefined ? 'ClusterIP' : 'NodePort';
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: where,
    spec: { type, clusterIP: address, selector, ports: [port] },
  };
}

/** `Recreate`: never two registries on one folder. */
function workload(where: Place, command: readonly string[], shape: RegistryShape): object {
  const port = shape.hostPort ?? PORT;
  const folder = { hostPath: { path: join(dir, `registry-${where.namespace}`), type: 'DirectoryOrCreate' } };
  const container = {
    name: 'registry',
    image: 'localhost/registry:3',
    imagePullPolicy: 'Never',
    command: [...command],
    ports: [{ name: 'http', containerPort: port }],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/distribution' },
      { name: 'data', mountPath: '/data' },
    ],
    ...shape.container,
  };
  const volumes = [
    { name: 'config', configMap: { name: where.name } },
    { name: 'data', ...(shape.storage ?? folder) },
  ];
  const net = shape.hostPort === undefined ? {} : { hostNetwork: true };
  const template = {
    metadata: { labels },
    spec: { terminationGracePeriodSeconds: 0, ...net, containers: [container], volumes },
  };
  const spec = {
    replicas: shape.replicas ?? 1,
    strategy: { type: 'Recreate' },
    selector: { matchLabels: labels },
    template,
  };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: where, spec };
}
