/** The one-node Kubernetes that these suites run inside: kubectl, manifests, names and addresses. */
import { type ExecFileException, execFile } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The cluster's folder: hosts, certs.d, kubeconfig. */
export const dir = process.env['PULLCHECK_E2E_DIR'] ?? '';
/** `containerd-1`, `containerd-2` or `kind`. */
export const runtime = process.env['PULLCHECK_E2E_RUNTIME'] ?? '';
export const kubeconfig = process.env['KUBECONFIG'] ?? '';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end; never throws for its exit code. */
export async function run(
  command: string,
  args: readonly string[],
  options: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      [...args],
      { maxBuffer: 64 << 20, env: options.env ?? process.env },
      (error: ExecFileException | null, out, err) => {
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, out, err });
      },
    );
    // A program that reads nothing may be gone already.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** kubectl as the administrator; throws with its words when it fails. */
export async function kubectl(...args: string[]): Promise<string> {
  const result = await run('kubectl', args);
  if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${result.err.trim()}`);
  return result.out;
}

/** Applies one or several objects. */
export async function apply(...objects: readonly object[]): Promise<void> {
  const result = await run('kubectl', ['apply', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  });
  if (result.code !== 0) throw new Error(`kubectl apply: ${result.err.trim()}`);
}

/** Asks again until `look` gives something; throws with `what` after `seconds`. The only wait in these suites: for the kubelet itself. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, seconds = 60): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
    } catch (error) {
      last = error;
    }
    await delay(300);
  }
  throw new Error(`not within ${seconds} s: ${what}${last instanceof Error ? ` (${last.message})` : ''}`);
}

/** A namespace with its default service account in place. */
export async function namespace(name: string): Promise<string> {
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await eventually(`service account of ${name}`, async () =>
    (await run('kubectl', ['get', 'serviceaccount', 'default', '-n', name])).code === 0 ? true : undefined,
  );
  return name;
}

export interface DeploymentOptions {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly pullSecret?: string;
  readonly replicas?: number;
}

/** A Deployment of one container; host network, because it is faster here and the pull is the same. */
export function deployment(options: DeploymentOptions): object {
  const labels = { app: options.name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: options.name, namespace: options.namespace, labels },
    spec: {
      replicas: options.replicas ?? 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          terminationGracePeriodSeconds: 0,
          ...(options.pullSecret ? { imagePullSecrets: [{ name: options.pullSecret }] } : {}),
          containers: [{ name: 'app', image: options.image, imagePullPolicy: 'Always' }],
        },
      },
    },
  };
}

/** A Secret of type dockerconfigjson for one registry. */
export function pullSecret(
  where: { namespace: string; name: string },
  host: string,
  account: { user: string; password: string },
): object {
  const auth = Buffer.from(`${account.user}:${account.password}`).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: where,
    type: 'kubernetes.io/dockerconfigjson',
    stringData: {
      '.dockerconfigjson': JSON.stringify({
        auths: { [host]: { username: account.user, password: account.password, auth } },
      }),
    },
  };
}

/** Waits until a pod of the app waits with a pull reason and the kubelet's own message; gives the pod's name. */
export async function stuckPod(where: string, app: string, seconds = 120): Promise<string> {
  return eventually(
    `a stuck pod of ${where}/${app}`,
    async () => {
      const text = await kubectl(
        'get',
        'pods',
        '-n',
        where,
        '-l',
        `app=${app}`,
        '-o',
        'jsonpath={range .items[*]}{.metadata.name}{"\\t"}{.status.containerStatuses[0].state.waiting.reason}{"\\n"}{end}',
      );
      return /^(\S+)\t(?:ErrImagePull|ImagePullBackOff)$/m.exec(text)?.[1];
    },
    seconds,
  );
}

/** An address of its own on the node, under a name that the node resolves (e2e/names.json: there before the node started). */
export async function addressFor(name: string, address: string): Promise<void> {
  await run('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
  const hosts = join(dir, 'hosts');
  if (!readFileSync(hosts, 'utf8').includes(` ${name}`)) appendFileSync(hosts, `${address} ${name}\n`);
}

/** Tells containerd that this registry speaks plain http. */
export function allowPlainHttp(host: string): void {
  writeHosts(host, `server = "http://${host}"\n[host."http://${host}"]\n`);
}

/** The authority of a registry's certificate, where containerd looks for it, as docker does, when there is no hosts.toml. */
export function trustAuthority(host: string, caFile: string): void {
  const folder = join(dir, 'certs.d', host);
  mkdirSync(folder, { recursive: true });
  copyFileSync(caFile, join(folder, 'ca.crt'));
}

/** As many write it: a section of the same address, and the authority only there. containerd 1 then asks twice for what is missing. */
export function trustOnFirstWay(host: string, caFile: string): void {
  writeHosts(host, `server = "https://${host}"\n[host."https://${host}"]\nca = "${caFile}"\n`);
}

/** A mirror that is asked before the registry itself, which speaks plain http. */
export function mirrorFirst(host: string, mirror: string): void {
  writeHosts(host, `server = "http://${host}"\n[host."${mirror}"]\n[host."http://${host}"]\n`);
}

function writeHosts(host: string, text: string): void {
  const folder = join(dir, 'certs.d', host);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'hosts.toml'), text);
}
