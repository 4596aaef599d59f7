/** A real docker-registry on an address of its own, with accounts, that can be stopped and started again. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressFor, allowPlainHttp, eventually, run } from './box.ts';

export interface Account {
  readonly user: string;
  readonly password: string;
}

export interface Registry {
  /** `registry.box:5000` */
  readonly host: string;
  /** Pushes an image that runs (it sleeps until told to stop), with `files` at its root. Another `build`: another digest. */
  push(repository: string, tag: string, build?: string, files?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Only these accounts from now on. */
  accounts(accounts: readonly Account[]): Promise<void>;
  remove(): Promise<void>;
}

/** Starts it; `accounts` empty: open to everybody. */
export async function startRegistry(options: {
  name: string;
  address: string;
  accounts: readonly Account[];
}): Promise<Registry> {
  const { name, address } = options;
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-e2e-registry-'));
  const host = `${name}:5000`;
  let current = options.accounts;
  let child: ChildProcess | undefined;

  function configure(): string {
    const lines = current.map((account) =>
      execFileSync('htpasswd', ['-Bbn', '-C', '4', account.user, account.password], { encoding: 'utf8' }).trim(),
    );
    writeFileSync(join(folder, 'htpasswd'), `${lines.join('\n')}\n`);
    const config = {
      version: '0.1',
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder, 'data') } },
      http: { addr: `${address}:5000` },
      ...(current.length > 0 ? { auth: { htpasswd: { realm: 'box', path: join(folder, 'htpasswd') } } } : {}),
    };
    const file = join(folder, 'config.yml');
    writeFileSync(file, JSON.stringify(config));
    return file;
  }
  async function start(): Promise<void> {
    child = spawn('docker-registry', ['serve', configure()], {
      stdio: 'ignore',
      env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
    });
    await eventually(
      `registry ${host}`,
      async () => ((await fetch(`http://${address}:5000/v2/`).catch(() => undefined)) ? true : undefined),
      20,
    );
  }
  async function stop(): Promise<void> {
    const running = child;
    if (!running || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  }

  await addressFor(name, address);
  allowPlainHttp(host);
  await start();
  return {
    host,
    start,
    stop,
    async push(repository, tag, build = '1', files = []) {
      const archive = await testImage(folder, build, files);
      const account = current[0];
      const credentials = account ? [`--dest-creds=${account.user}:${account.password}`] : [];
      const pushed = await run('skopeo', [
        'copy',
        '--insecure-policy',
        '--dest-tls-verify=false',
        ...credentials,
        `docker-archive:${archive}`,
        `docker://${host}/${repository}:${tag}`,
      ]);
      if (pushed.code !== 0) throw new Error(`skopeo copy: ${pushed.err}`);
    },
    async accounts(accounts) {
      current = accounts;
      await stop();
      await start();
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function testImage(folder: string, build: string, files: readonly string[]): Promise<string> {
  const env = { ...process.env, LABEL: build };
  const made = await run(join(process.env['TESTBED'] ?? '', 'test-image'), [folder, 'pause:1', ...files], { env });
  if (made.code !== 0) throw new Error(`test-image: ${made.err}`);
  return made.out.trim();
}
