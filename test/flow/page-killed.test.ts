/** A worker is killed around the one act that cannot be taken back, over a real Redis: people are paged, and paged once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { connectRedis, type RedisStores } from '../../src/adapters/redis/connect.ts';
import { type SimulatedPager, startSimulatedPager } from '../../src/adapters/simulator/pager/pager.ts';
import { arrival } from '../support/incidents.ts';
import { type RedisServer, redisIsHere, startRedis } from '../support/redis.ts';

const suite = redisIsHere('killed around a page') ? describe : describe.skip;
const WORKER = join(import.meta.dirname, 'page-process.ts');
const MINUTE = 60_000;
/** A claimed page is somebody else's after this. */
const LEASE_MS = 30_000;

suite('a worker is killed while it pages', () => {
  let server: RedisServer;
  let raw: Redis;
  let pager: SimulatedPager;
  let stores: RedisStores;
  let children: ChildProcess[] = [];
  let namespace = '';
  let tests = 0;

  beforeAll(async () => {
    server = await startRedis();
    raw = new Redis(server.port, '127.0.0.1');
  });
  afterAll(async () => {
    raw.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    namespace = `page${(tests += 1)}`;
    pager = await startSimulatedPager();
    stores = await connectRedis(server.url, { namespace });
    const now = await stores.incidents.time();
    await stores.incidents.openOrJoin({ ...arrival(now, 'i1', 'alert-1'), dueAt: now + 20 * MINUTE });
  });
  afterEach(async () => {
    await Promise.all(children.map(kill));
    children = [];
    await stores.close();
    await pager.close();
  });

  async function later(ms: number): Promise<void> {
    await raw.incrby(`{${namespace}}:clock-offset`, ms);
  }

  /** Resolves when the process says `word`. */
  async function start(hang: string, word: string): Promise<ChildProcess> {
    const args = [WORKER, server.url, namespace, pager.url, hang];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let heard = '';
    for await (const data of child.stdout) {
      heard += String(data);
      if (heard.includes(word)) break;
    }
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async function untilSent(): Promise<void> {
    for (let turn = 0; turn < 600; turn += 1) {
      const incident = await stores.incidents.get('i1');
      if (incident?.pages[0]?.state === 'sent') return;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
    throw new Error('the page was never recorded as sent');
  }

  const triggers = () => pager.requests().filter(({ event_action }) => event_action === 'trigger');

  it.each([
    ['before-sending', 1],
    ['after-sending', 2],
  ] as const)(
    '%s: the next one sends it when the claim has run out, and people are paged once',
    async (hang, sends) => {
      await later(20 * MINUTE);
      await kill(await start(hang, 'hanging'));
      expect((await stores.incidents.get('i1'))?.pages).toMatchObject([{ state: 'claimed', attempts: 1 }]);
      expect(triggers()).toHaveLength(sends - 1);
      await start('never', 'ready');
      await later(LEASE_MS);
      await untilSent();
      expect((await stores.incidents.get('i1'))?.pages).toMatchObject([{ state: 'sent', attempts: 2 }]);
      expect(pager.pages()).toMatchObject([
        { dedupKey: 'pullcheck:i1:unresolved', state: 'triggered', triggers: sends },
      ]);
      // It stays at that: another hour, another worker.
      await later(60 * MINUTE);
      await start('never', 'ready');
      await stores.queue.add({ kind: 'due', incident: 'i1' }, { id: 'due:i1:again' });
      await untilIdle();
      expect(triggers()).toHaveLength(sends);
    },
    60_000,
  );

  it('killed again and again after the pager has it: one page, however often it was sent', async () => {
    await later(20 * MINUTE);
    for (let life = 0; life < 3; life += 1) {
      await kill(await start('after-sending', 'hanging'));
      await later(LEASE_MS);
    }
    await start('never', 'ready');
    await untilSent();
    expect(triggers()).toHaveLength(4);
    expect(pager.pages()).toMatchObject([{ dedupKey: 'pullcheck:i1:unresolved', triggers: 4 }]);
  }, 60_000);

  it('Redis dies with it: what was claimed is sent once it is back', async () => {
    await later(20 * MINUTE);
    const victim = await start('after-sending', 'hanging');
    await Promise.all([kill(victim), server.crashAndRestart()]);
    await later(LEASE_MS);
    await start('never', 'ready');
    await untilSent();
    expect(pager.pages()).toMatchObject([{ triggers: 2 }]);
  }, 60_000);

  async function untilIdle(): Promise<void> {
    for (let turn = 0; turn < 200; turn += 1) {
      const { waiting, active } = await stores.queue.depth();
      if (waiting === 0 && active === 0) return;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
    throw new Error('the queue is never empty');
  }
});
