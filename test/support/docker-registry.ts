/** The real `docker-registry` (Debian) on loopback, with htpasswd or TLS where a test wants it, and a pusher of small images. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';

export interface DockerRegistryOptions {
  /** htpasswd with these accounts. */
  readonly users?: Readonly<Record<string, string>>;
  /** https with a certificate for 127.0.0.1 and localhost from a CA made for this test. */
  readonly tls?: boolean;
  /** Bearer: where its tokens come from, and the folder of `makeCertificates` whose CA signs them. */
  readonly tokens?: { readonly realm: string; readonly service: string; readonly folder: string };
  /** The token with which images are pushed, for one repository, when `tokens` is set. */
  readonly pushToken?: string;
}

interface PushedImage {
  /** What the tag means. */
  readonly digest: string;
  /** Of the platforms' manifests; empty for a single manifest. */
  readonly manifests: readonly string[];
}

export interface DockerRegistry {
  readonly host: string;
  /** The CA as PEM, with `tls`. */
  readonly ca?: string;
  pushImage(
    repository: string,
    tag: string,
    options?: { readonly platforms?: readonly string[] },
  ): Promise<PushedImage>;
  stop(): Promise<void>;
}

const binary = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(':')]
  .map((folder) => join(folder, 'docker-registry'))
  .find((file) => existsSync(file));

/** False on a machine without the program: the suite that needs it is then named as skipped. With CI set it must be there. */
export function hasDockerRegistry(): boolean {
  if (binary !== undefined) return true;
  if (process.env['CI']) throw new Error('docker-registry is not on PATH, and in CI nothing may be skipped');
  const list = process.env['PULLCHECK_SKIPPED'];
  if (list) appendFileSync(list, 'registry contract on docker-registry: the program docker-registry is not on PATH\n');
  return false;
}

/** Starts one on a free port and waits until it answers. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-registry-'));
  const port = await freePort();
  const ca = options.tls ? makeCertificates(folder) : undefined;
  const config = join(folder, 'config.yml');
  writeFileSync(config, JSON.stringify(settings(folder, port, options)));
  if (options.users) writeFileSync(join(folder, 'htpasswd'), htpasswd(options.users));
  const child = spawn(binary ?? 'docker-registry', ['serve', config], { stdio: 'ignore' });
  const host = `127.0.0.1:${port}`;
  const agent = new Agent(ca === undefined ? {} : { connect: { ca } });
  const [[user, password] = ['', '']] = Object.entries(options.users ?? {});
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const authorization = options.pushToken === undefined ? basic : `Bearer ${options.pushToken}`;
  const target: Target = {
    base: `${ca === undefined ? 'http' : 'https'}://${host}/v2/`,
    agent,
    headers: user === '' && options.pushToken === undefined ? {} : { authorization },
  };
  await untilReady(target, child);
  return {
    host,
    ...(ca === undefined ? {} : { ca }),
    pushImage: (repository, tag, pushed) => push(target, `${repository}:${tag}`, pushed?.platforms),
    async stop() {
      await agent.destroy();
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function settings(folder: string, port: number, { users, tls, tokens }: DockerRegistryOptions): object {
  return {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: {
      addr: `127.0.0.1:${port}`,
      secret: 'only-for-this-test',
      ...(tls ? { tls: { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') } } : {}),
    },
    ...(tokens
      ? {
          auth: {
            token: {
              realm: tokens.realm,
              service: tokens.service,
              issuer: 'test',
              rootcertbundle: join(tokens.folder, 'ca.pem'),
            },
          },
        }
      : {}),
    ...(users ? { auth: { htpasswd: { realm: 'test registry', path: join(folder, 'htpasswd') } } } : {}),
  };
}

function htpasswd(users: Readonly<Record<string, string>>): string {
  return Object.entries(users)
    .map(([name, password]) => execFileSync('htpasswd', ['-Bbn', name, password], { encoding: 'utf8' }).trim())
    .join('\n');
}

/** A CA and a server certificate for `names` signed by it, in `folder`; returns the CA. */
export function makeCertificates(folder: string, names = 'IP:127.0.0.1,DNS:localhost'): string {
  const file = (name: string): string => join(folder, name);
  function openssl(...options: string[]): void {
    execFileSync('openssl', options, { stdio: 'ignore' });
  }
  const fresh = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl(...fresh, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', '/O=Shop/CN=Shop private CA');
  const signed = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-addext', `subjectAltName=${names}`];
  const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE', '-subj', '/CN=registry.shop.test'];
  openssl(...fresh, ...signed, ...leaf, '-keyout', file('server.key'), '-out', file('server.pem'));
  return readFileSync(file('ca.pem'), 'utf8');
}

interface Target {
  readonly base: string;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
}

async function push(target: Target, name: string, platforms?: readonly string[]): Promise<PushedImage> {
  const [repository = '', tag = ''] = name.split(':');
  if (!platforms)
    return {
      digest: await pushManifest(target, repository, tag, await image(target, repository, name)),
      manifests: [],
    };
  const entries = await Promise.all(
    platforms.map(async (platform) => {
      const body = await image(target, repository, `${name} ${platform}`);
      const [os, architecture, variant] = platform.split('/');
      const digest = await pushManifest(target, repository, digestOf(body.text), body);
      return { mediaType: body.type, digest, size: body.text.length, platform: { os, architecture, variant } };
    }),
  );
  const type = 'application/vnd.oci.image.index.v1+json';
  const text = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: entries });
  return {
    digest: await pushManifest(target, repository, tag, { type, text }),
    manifests: entries.map((entry) => entry.digest),
  };
}

async function image(target: Target, repository: string, label: string): Promise<{ type: string; text: string }> {
  const blob = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { label } },
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const begun = await call(target, 'POST', `${repository}/blobs/uploads/`);
  const upload = new URL(String(begun.headers['location']), target.base);
  upload.searchParams.set('digest', digestOf(blob));
  await call(target, 'PUT', upload.href, { type: 'application/octet-stream', text: blob });
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(blob), size: blob.length };
  return { type, text: JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [] }) };
}

async function pushManifest(
  target: Target,
  repository: string,
  selector: string,
  body: { type: string; text: string },
): Promise<string> {
  await call(target, 'PUT', `${repository}/manifests/${selector}`, body);
  return digestOf(body.text);
}

async function call(
  target: Target,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: { type: string; text: string },
) {
  const response = await request(new URL(path, target.base), {
    method,
    dispatcher: target.agent,
    headers: { ...target.headers, ...(body ? { 'content-type': body.type } : {}) },
    ...(body ? { body: body.text } : {}),
  });
  const text = await response.body.text();
  if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
  return response;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilReady(target: Target, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error('docker-registry ended at once');
    const ready = await call(target, 'GET', '').then(
      () => true,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('docker-registry did not answer within 10 s');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
