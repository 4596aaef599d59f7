/** A real redis-server on its own port, with a ledger's settings (append-only file, fsync always), gone after the test. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** SIGKILL, then a new server on the same port and files. */
  crashAndRestart(): Promise<void>;
  /** SIGKILL; it stays down until `start`. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** True when suites that need redis-server can run. Without it they are skipped and named; with CI=true that is a failure. */
export function redisIsHere(suite: string): boolean {
  const found = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
  if (found) return true;
  if (process.env['CI']) throw new Error(`redis-server is not on PATH, and CI may not skip: ${suite}`);
  const list = process.env['PULLCHECK_SKIPPED'];
  if (list) appendFileSync(list, `${suite}: redis-server is not on PATH\n`);
  return false;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts a server; `settings` are further command line options. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'pullcheck-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const files = ['--dir', dir, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--loglevel', 'warning', ...files, ...settings];
    child = spawn('redis-server', options, { stdio: 'ignore' });
    await untilItAnswers(port);
  }

  async function kill(): Promise<void> {
    const victim = child;
    child = undefined;
    if (!victim || victim.exitCode !== null) return;
    const gone = new Promise((resolve) => {
      victim.once('exit', resolve);
    });
    victim.kill('SIGKILL');
    await gone;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start,
    crashAndRestart: async () => {
      await kill();
      await start();
    },
    stop: async () => {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await ask(port);
    // -NOAUTH is an answer too; -LOADING is not yet one.
    if (answer.startsWith('+PONG') || answer.startsWith('-NOAUTH')) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  throw new Error(`redis-server did not answer on port ${port}`);
}

function ask(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    const end = (text: string) => {
      socket.destroy();
      resolve(text);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(data.toString()));
    socket.once('error', () => end(''));
  });
}
