import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { connectRedis } from '../../../src/adapters/redis/connect.ts';
import type { Stores } from '../../../src/flow/stores.ts';
import type { Job } from '../../../src/incident/job.ts';
import { allTo } from '../../contract/job-queue.ts';
import { arrival } from '../../support/incidents.ts';
import { freePort, redisIsHere, startRedis } from '../../support/redis.ts';

const suite = redisIsHere('Redis Cluster and Sentinel') ? describe : describe.skip;

/** One of everything that the program does with the store. */
async function playThrough(stores: Stores): Promise<void> {
  const now = await stores.incidents.time();
  expect((await stores.incidents.openOrJoin(arrival(now, 'i1', 'alert-1'))).kind).toBe('opened');
  expect((await stores.incidents.openOrJoin(arrival(now, 'i2', 'alert-2'))).kind).toBe('joined');
  expect(await stores.incidents.claimFamily('registry:ghcr.io', 'i1')).toBe('i1');
  const ended = await stores.incidents.append('i1', 2, [{ at: now, type: 'resolved', by: 'U1', reason: 'fixed' }], now);
  expect(ended.kind).toBe('done');
  expect(await stores.incidents.due(10)).toEqual(['i1']);
  expect(await stores.claims.claim('press', 1000)).toBe(true);
  expect(await stores.outbox.claim('root', 'f', 1000)).toMatchObject({ kind: 'send' });
  expect(await stores.limiter.take('C1', { tokens: 1, perMs: 60_000 }, 'verdict')).toBe(0);
  await stores.limiter.block('C1', 1000);
  await stores.audit.append({ at: now, actor: 'U1', what: 'press', subject: 'i1' });
  expect(await stores.audit.recent(1)).toHaveLength(1);
  expect(await stores.check()).toEqual([]);
  const ran = new Promise<Job>((resolve) => {
    const worker = stores.work(
      allTo(async (job) => resolve(job)),
      { concurrency: 1 },
    );
    closing.push(() => worker.close(0));
  });
  await stores.queue.add({ kind: 'due', incident: 'i1' }, { id: 'due:i1:3' });
  expect(await ran).toEqual({ kind: 'due', incident: 'i1' });
}

const closing: (() => Promise<unknown> | undefined)[] = [];

suite('the store on', () => {
  afterAll(async () => {
    for (const close of closing) await close();
  });

  it('a Redis Cluster does all of it', async () => {
    const server = await startRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
    const raw = new Redis(server.port, '127.0.0.1');
    await raw.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!String(await raw.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await raw.ping();
    const stores = await connectRedis(`redis+cluster://127.0.0.1:${server.port}`);
    await playThrough(stores);
    for (const close of closing.splice(0)) await close();
    await stores.close();
    raw.disconnect();
    await server.stop();
  });

  it('the primary that Sentinel names does all of it', async () => {
    const server = await startRedis();
    const port = await freePort();
    const dir = mkdtempSync(join(tmpdir(), 'pullcheck-sentinel-'));
    const config = join(dir, 'sentinel.conf');
    writeFileSync(
      config,
      `port ${port}\nbind 127.0.0.1\ndir ${dir}\nsentinel monitor main 127.0.0.1 ${server.port} 1\n`,
    );
    const sentinel = spawn('redis-server', [config, '--sentinel'], { stdio: 'ignore' });
    const raw = new Redis(port, '127.0.0.1');
    raw.on('error', () => undefined);
    await raw.ping();
    const stores = await connectRedis(`redis+sentinel://127.0.0.1:${port}/main`);
    await playThrough(stores);
    for (const close of closing.splice(0)) await close();
    await stores.close();
    raw.disconnect();
    sentinel.kill('SIGKILL');
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });
});

suite('a start without the store', () => {
  it('ends with a clear sentence when no node of the Cluster answers', async () => {
    const port = await freePort();
    await expect(connectRedis(`redis+cluster://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'store-unreachable',
      retryable: true,
      message: expect.stringContaining(`cluster 127.0.0.1:${port}`) as unknown,
    });
  });
});
