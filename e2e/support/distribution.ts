/** The registry program itself, Debian's 2.8 or distribution 3.1, with whatever door a test needs. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually, run } from './box.ts';
import type { Certificate } from './certificates.ts';
import type { Account } from './registry.ts';

export type Version = '2.8' | '3.1';

export interface DistributionOptions {
  readonly version: Version;
  readonly address: string;
  readonly port: number;
  /** Registries of one version may share it. */
  readonly storage: string;
  /** Takes the configuration. */
  readonly folder: string;
  /** `auth` of its configuration; undefined: open. */
  readonly auth?: object;
  readonly certificate?: Certificate;
}

let program: string | undefined;

function programOf(version: Version): string {
  if (version === '2.8') return 'docker-registry';
  program ??= execFileSync(join(process.env['TESTBED'] ?? '', 'go-tool'), ['registry'], { encoding: 'utf8' }).trim();
  return program;
}

/** Starts it and waits until it listens; gives what ends it. */
export async function startDistribution(options: DistributionOptions): Promise<() => Promise<void>> {
  const { version, address, port, storage, folder, auth, certificate } = options;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${version}-${port}.json`);
  const tls = certificate ? { tls: { certificate: certificate.certFile, key: certificate.keyFile } } : {};
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: storage } },
    http: { addr: `${address}:${port}`, secret: 'not-shared', ...tls },
    ...(auth ? { auth } : {}),
  };
  writeFileSync(file, JSON.stringify(config));
  const child: ChildProcess = spawn(programOf(version), ['serve', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-2000);
  });
  await eventually(
    `registry ${version} at ${address}:${port}`,
    async () => {
      if (child.exitCode !== null) throw new Error(`registry ${version} ended: ${said}`);
      return listens(address, port);
    },
    20,
  );
  return async () => {
    if (child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
}

async function listens(address: string, port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}

/** `auth` of a registry whose accounts are in a file. */
export function htpasswd(folder: string, accounts: readonly Account[]): object {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'htpasswd');
  const lines = accounts.map(({ user, password }) =>
    execFileSync('htpasswd', ['-Bbn', '-C', '4', user, password], { encoding: 'utf8' }).trim(),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  return { htpasswd: { realm: 'box', path } };
}

/** Pushes the archive of an image. */
export async function pushArchive(archive: string, target: string, { user, password }: Account): Promise<void> {
  const args = ['copy', '--insecure-policy', '--dest-tls-verify=false', `--dest-creds=${user}:${password}`];
  const pushed = await run('skopeo', [...args, `docker-archive:${archive}`, `docker://${target}`]);
  if (pushed.code !== 0) throw new Error(`skopeo copy to ${target}: ${pushed.err}`);
}
