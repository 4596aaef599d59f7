import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '../../../src/adapters/redis/connect.ts';
import { StoreError } from '../../../src/errors.ts';
import { anAction, arrival } from '../../support/incidents.ts';
import { freePort, type RedisServer, redisIsHere, startRedis } from '../../support/redis.ts';

const suite = redisIsHere('crashes of Redis') ? describe : describe.skip;

suite('when Redis dies', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  it('keeps everything that was answered: incidents, clocks, claims, messages, jobs', async () => {
    const stores = await connectRedis(server.url, { namespace: 'keeps' });
    const now = await stores.incidents.time();
    for (let n = 0; n < 100; n += 1) {
      await stores.incidents.openOrJoin({ ...arrival(now, `i${n}`, `alert-${n}`, `key-${n}`), dueAt: now + n });
    }
    await stores.incidents.append('i0', 1, [{ at: now, type: 'acknowledged', by: 'U1' }], now + 1);
    await stores.claims.claim('gesture', 600_000);
    await stores.outbox.claim('root:i0', 'f1', 10_000);
    await stores.outbox.sent('root:i0', 'f1', { channel: 'C1', ts: '1.2' });
    await stores.actions.put(anAction('a1'));
    await stores.queue.add({ kind: 'inquire', inquiry: 'q1' }, { id: 'inquire:q1', delayMs: 600_000 });
    await server.crashAndRestart();
    await stores.close();

    const after = await connectRedis(server.url, { namespace: 'keeps' });
    expect(await after.incidents.open(1000)).toHaveLength(100);
    expect(await after.incidents.get('i0')).toMatchObject({ status: 'acknowledged', version: 2 });
    expect(await after.incidents.due(1000)).toHaveLength(100);
    expect((await after.incidents.openOrJoin(arrival(now, 'new', 'alert-7', 'key-7'))).kind).toBe('known');
    expect(await after.claims.claim('gesture', 1000)).toBe(false);
    expect(await after.outbox.claim('root:i0', 'f2', 1000)).toEqual({ kind: 'sent', channel: 'C1', ts: '1.2' });
    expect(await after.actions.get('a1')).toEqual(anAction('a1'));
    expect(await after.queue.depth()).toMatchObject({ delayed: 1 });
    await after.close();
  });

  it('fails fast while it is down, says what to do, and works again by itself', async () => {
    const heard: string[] = [];
    const stores = await connectRedis(server.url, { namespace: 'down', onError: (error) => heard.push(error.message) });
    await server.kill();
    // The first command may still meet the closing socket; every one must end.
    const before = performance.now();
    for (const ask of [
      () => stores.incidents.openOrJoin(arrival(1, 'i1', 'alert-1')),
      () => stores.claims.claim('x', 1000),
      () => stores.queue.add({ kind: 'due', incident: 'i1' }, { id: 'due:i1:1' }),
      () => stores.check(),
    ]) {
      const error = await ask().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({
        code: 'store-unreachable',
        retryable: true,
        hint: expect.stringContaining('REDIS_URL') as unknown,
      });
    }
    // Left to itself, a client waits for ever; a busy machine takes seconds.
    expect(performance.now() - before).toBeLessThan(15_000);
    // The first attempt to connect again may come after all of that.
    for (let attempt = 0; attempt < 100 && heard.length === 0; attempt += 1) {
      await new Promise((resolve) => {
        setTimeout(resolve, 30);
      });
    }
    await server.start();
    let kind = '';
    for (let attempt = 0; attempt < 100 && kind === ''; attempt += 1) {
      kind = await stores.incidents.openOrJoin(arrival(1, 'i1', 'alert-1')).then(
        (answer) => answer.kind,
        () => '',
      );
      await new Promise((resolve) => {
        setTimeout(resolve, 30);
      });
    }
    expect(kind).toBe('opened');
    expect(heard.length).toBeGreaterThan(0);
    await stores.close();
  });

  it('says at once that nobody listens', async () => {
    const port = await freePort();
    await expect(connectRedis(`redis://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining(`127.0.0.1:${port}`) as unknown,
    });
  });
});

suite('settings of Redis', () => {
  it('is content with a ledger’s settings, and warns of each other one', async () => {
    const good = await startRedis();
    const stores = await connectRedis(good.url);
    expect(await stores.check()).toEqual([]);
    await stores.close();
    await good.stop();

    const poor = await startRedis(['--appendfsync', 'everysec', '--maxmemory-policy', 'allkeys-lru']);
    const poorer = await connectRedis(poor.url);
    const warnings = await poorer.check();
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('appendfsync everysec');
    expect(warnings[1]).toContain('allkeys-lru');
    await poorer.close();
    await poor.stop();
  });

  it('refuses a wrong password without repeating it', async () => {
    const server = await startRedis(['--requirepass', 'right-one-4711']);
    const error = await connectRedis(server.url.replace('//', '//:wrong-one-4712@')).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(error).toMatchObject({ code: 'store-login-refused', retryable: false });
    const all = `${String(error)} ${JSON.stringify(error)} ${(error as Error).stack} ${String((error as Error).cause)}`;
    expect(all).not.toContain('4712');
    const stores = await connectRedis(server.url.replace('//', '//:right-one-4711@'));
    expect(await stores.claims.claim('x', 1000)).toBe(true);
    await stores.close();
    await server.stop();
  });
});
