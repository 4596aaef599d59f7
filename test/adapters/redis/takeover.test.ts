import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '../../../src/adapters/redis/connect.ts';
import { type RedisServer, redisIsHere, startRedis } from '../../support/redis.ts';

const suite = redisIsHere('killed workers') ? describe : describe.skip;
const WORKER = join(import.meta.dirname, 'worker-process.ts');

suite('when a worker is killed in the middle of a job', () => {
  let server: RedisServer;
  let dir: string;
  let children: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startRedis();
    dir = mkdtempSync(join(tmpdir(), 'pullcheck-takeover-'));
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children = [];
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  function startWorker(
    namespace: string,
    hang: string,
  ): { child: ChildProcess; says: (word: string) => Promise<void> } {
    const args = [WORKER, server.url, namespace, join(dir, namespace), hang];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let heard = '';
    const waiting = new Set<() => void>();
    child.stdout?.on('data', (data: Buffer) => {
      heard += data.toString();
      for (const look of waiting) look();
    });
    const says = (word: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (heard.includes(word)) resolve();
        };
        waiting.add(look);
        look();
      });
    return { child, says };
  }

  /** 20 s at most; what is awaited is asserted afterwards. */
  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let turn = 0; turn < 400 && !(await isSo()); turn += 1) {
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }

  it.each(['before', 'after'])(
    'another one finishes it within 10 s, and posts once (killed %s the post)',
    async (where) => {
      const stores = await connectRedis(server.url, { namespace: where });
      await stores.queue.add({ kind: 'inquire', inquiry: 'q1' }, { id: 'inquire:q1' });
      const first = startWorker(where, where);
      await first.says('hanging');
      const second = startWorker(where, 'never');
      await second.says('ready');
      first.child.kill('SIGKILL');
      const killed = performance.now();
      await until(() => existsSync(join(dir, `${where}.done`)));
      expect(performance.now() - killed).toBeLessThan(10_000);
      expect(readFileSync(join(dir, where), 'utf8')).toBe('posted\n');
      expect(readFileSync(join(dir, `${where}.done`), 'utf8')).toBe('done\n');
      await stores.close();
    },
  );

  it('survives three kills of the same job', async () => {
    const stores = await connectRedis(server.url, { namespace: 'thrice' });
    await stores.queue.add({ kind: 'inquire', inquiry: 'q1' }, { id: 'inquire:q1' });
    for (let kill = 0; kill < 3; kill += 1) {
      const victim = startWorker('thrice', 'before');
      await victim.says('hanging');
      victim.child.kill('SIGKILL');
    }
    startWorker('thrice', 'never');
    await until(() => existsSync(join(dir, 'thrice.done')));
    expect(readFileSync(join(dir, 'thrice'), 'utf8')).toBe('posted\n');
    // The worker writes its file before the queue has written down that the job is done.
    await until(async () => (await stores.queue.depth())['active'] === 0);
    expect(await stores.queue.depth()).toMatchObject({ failed: 0, active: 0 });
    await stores.close();
  }, 60_000);
});
