/** A registry inside the cluster: distribution in a pod, behind a Service with an address that images name. */
import { join } from 'node:path';
import { allowPlainHttp, apply, dir, eventually, kubectl, run } from './box.ts';

const NAME = 'docker-registry';
const labels = { app: NAME };
const SERVE = ['/registry', 'serve', '/etc/distribution/config.yml'];

export interface PodRegistry {
  /** As images write it. */
  readonly host: string;
  readonly namespace: string;
  push(repository: string, tag: string): Promise<void>;
  /** Until it answers, or does not any more. */
  scale(replicas: 0 | 1): Promise<void>;
  /** Its pod runs this instead, until it has died of it at least once. */
  crash(command: readonly string[]): Promise<void>;
}

/** Imports the image that the registries run into the node; once is enough. */
export async function importRegistry(): Promise<void> {
  const testbed = process.env['TESTBED'] ?? '';
  const program = await must(join(testbed, 'go-tool'), 'registry');
  const archive = await must(join(testbed, 'test-image'), dir, 'registry:3', program);
  await must('ctr', '-a', join(dir, 'run', 'containerd.sock'), '-n', 'k8s.io', 'images', 'import', archive);
}

/** With a Service at `address`, which is inside the Service range of the test cluster; it answers. The namespace must exist. */
export async function startPodRegistry(namespace: string, address: string): Promise<PodRegistry> {
  const host = `${address}:5000`;
  const where = { namespace, name: NAME };
  allowPlainHttp(host);
  const config = JSON.stringify({
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: '/data' } },
    http: { addr: ':5000' },
  });
  await apply(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: where, data: { 'config.yml': config } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: where,
      spec: { clusterIP: address, selector: labels, ports: [{ name: 'http', port: 5000 }] },
    },
    workload(where, SERVE),
  );
  async function answers(): Promise<boolean> {
    const signal = AbortSignal.timeout(1000);
    return (await fetch(`http://${host}/v2/`, { signal }).catch(() => undefined))?.status === 200;
  }
  async function serves(): Promise<void> {
    await eventually(`the registry of ${namespace} answers`, async () => ((await answers()) ? true : undefined), 90);
  }
  await serves();
  return {
    host,
    namespace,
    async push(repository, tag) {
      const archive = await must(join(process.env['TESTBED'] ?? '', 'test-image'), dir, 'web:1');
      const target = `docker://${host}/${repository}:${tag}`;
      await must('skopeo', 'copy', '--insecure-policy', '--dest-tls-verify=false', `docker-archive:${archive}`, target);
    },
    async scale(replicas) {
      await kubectl('scale', 'deployment', NAME, '-n', namespace, `--replicas=${replicas}`);
      if (replicas === 1) return serves();
      await eventually(`the registry of ${namespace} is gone`, async () => ((await answers()) ? undefined : true));
    },
    async crash(command) {
      await apply(workload(where, command));
      await eventually(`the registry of ${namespace} has restarted`, async () => {
        const path = '-ojsonpath={.items[*].status.containerStatuses[0].restartCount}';
        const restarts = await kubectl('get', 'pods', '-n', namespace, '-l', `app=${NAME}`, path);
        if (/^[1-9]\d*$/.test(restarts.trim())) return true;
        throw new Error(`restarts: ${restarts}`);
      });
    },
  };
}

async function must(program: string, ...args: string[]): Promise<string> {
  const ran = await run(program, args);
  if (ran.code !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.err.trim()}`);
  return ran.out.trim();
}

/** `Recreate`: never two registries on one folder. */
function workload(where: { readonly namespace: string; readonly name: string }, command: readonly string[]): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: where,
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'registry',
              image: 'localhost/registry:3',
              imagePullPolicy: 'Never',
              command: [...command],
              readinessProbe: { tcpSocket: { port: 5000 }, periodSeconds: 1 },
              volumeMounts: [
                { name: 'config', mountPath: '/etc/distribution' },
                { name: 'data', mountPath: '/data' },
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name: where.name } },
            { name: 'data', hostPath: { path: join(dir, `registry-${where.namespace}`), type: 'DirectoryOrCreate' } },
          ],
        },
      },
    },
  };
}
