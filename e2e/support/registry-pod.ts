/** A registry inside the cluster: distribution in a pod, behind a Service with an address that images name. */
import { join } from 'node:path';
import { allowPlainHttp, apply, dir, eventually, kubectl, run } from './box.ts';

/** Inside the Service range of the test cluster. */
const ADDRESS = '203.0.113.72';

/** As images write it. */
export const podRegistryHost = `${ADDRESS}:5000`;
const where = { namespace: 'cortex-chat', name: 'docker-registry' };
const labels = { app: 'docker-registry' };

/** Imports the registry's image into the node, and starts it with its Service; the namespace must exist. */
export async function startPodRegistry(): Promise<void> {
  const testbed = process.env['TESTBED'] ?? '';
  const program = await must(join(testbed, 'go-tool'), 'registry');
  const archive = await must(join(testbed, 'test-image'), dir, 'registry:3', program);
  await must('ctr', '-a', join(dir, 'run', 'containerd.sock'), '-n', 'k8s.io', 'images', 'import', archive);
  allowPlainHttp(podRegistryHost);
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
      spec: { clusterIP: ADDRESS, selector: labels, ports: [{ name: 'http', port: 5000 }] },
    },
    workload(['/registry', 'serve', '/etc/distribution/config.yml']),
  );
  await servesAgain();
}

/** The registry's pod runs this instead, for as long as somebody says so. */
export async function runInstead(command: readonly string[]): Promise<void> {
  await apply(workload(command));
}

export async function runRegistry(): Promise<void> {
  await apply(workload(['/registry', 'serve', '/etc/distribution/config.yml']));
  await servesAgain();
}

export async function scaleRegistry(replicas: 0 | 1): Promise<void> {
  await kubectl('scale', 'deployment', where.name, '-n', where.namespace, `--replicas=${replicas}`);
  if (replicas === 1) return servesAgain();
  await eventually('the registry is gone', async () => ((await answers()) ? undefined : true));
}

export async function pushTo(repository: string, tag: string): Promise<void> {
  const archive = await must(join(process.env['TESTBED'] ?? '', 'test-image'), dir, 'web:1');
  const target = `docker://${podRegistryHost}/${repository}:${tag}`;
  await must('skopeo', 'copy', '--insecure-policy', '--dest-tls-verify=false', `docker-archive:${archive}`, target);
}

async function servesAgain(): Promise<void> {
  await eventually('the registry answers', async () => ((await answers()) ? true : undefined), 90);
}

async function answers(): Promise<boolean> {
  const signal = AbortSignal.timeout(1000);
  return (await fetch(`http://${podRegistryHost}/v2/`, { signal }).catch(() => undefined))?.status === 200;
}

async function must(program: string, ...args: string[]): Promise<string> {
  const ran = await run(program, args);
  if (ran.code !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.err.trim()}`);
  return ran.out.trim();
}

/** `Recreate`: never two registries on one folder. */
function workload(command: readonly string[]): object {
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
            { name: 'data', hostPath: { path: join(dir, 'registry-data'), type: 'DirectoryOrCreate' } },
          ],
        },
      },
    },
  };
}
