import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GithubConnection } from '../../../src/adapters/github/connect.ts';
import { defaultLimits } from '../../../src/adapters/github/limits.ts';
import { downloadLog } from '../../../src/adapters/github/log-file.ts';
import { openWire } from '../../../src/adapters/github/wire.ts';
import { reachFrom } from '../../../src/wire/github.ts';
import { connectionTo } from '../../support/github/connection.ts';
import { type LogStore, startLogStore } from '../../support/github/log-store.ts';
import { type OddGithub, says, startOddGithub } from './odd-github.ts';

const { signal } = new AbortController();
const limits = { ...defaultLimits, logEdgeBytes: 1_000, logStreamBytes: 100_000 };

function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => `2026-03-02T17:52:00.0000000Z line ${n} ü`).join('\n');
}

describe('the text of a log', () => {
  let store: LogStore;
  beforeEach(async () => {
    store = await startLogStore();
  });
  afterEach(async () => {
    await store.close();
  });

  async function download(text: string | undefined, over: Partial<typeof limits> = {}) {
    if (text !== undefined) store.logs.set(41, text);
    const wire = openWire(reachFrom(store.origin), { ...limits, ...over });
    let count = 0;
    try {
      const address = new URL(`${store.origin}/logs/41?sig=signed`);
      const counted = () => {
        count += 1;
      };
      const log = await downloadLog({ wire, limits: { ...limits, ...over }, signal, count: counted }, address);
      return { log, count };
    } finally {
      await wire.close();
    }
  }

  for (const knowsRanges of [true, false])
    describe(knowsRanges ? 'from a store with ranges' : 'from a store without ranges', () => {
      beforeEach(() => {
        store.knowsRanges = knowsRanges;
      });

      it('is whole when it is short', async () => {
        for (const size of [1, 20, 30, 45]) {
          const { log } = await download(lines(size));
          expect([size, log]).toEqual([size, { text: lines(size), truncated: false }]);
        }
      });

      it('is its beginning and its end, in whole lines, when it is long', async () => {
        const { log, count } = await download(lines(500));
        const all = lines(500).split('\n');
        const kept = (log?.text ?? '').split('\n');
        expect(log?.truncated).toBe(true);
        expect(kept[0]).toBe(all[0]);
        expect(kept.at(-1)).toBe(all.at(-1));
        expect(kept.filter((line) => !all.includes(line))).toEqual([]);
        expect(Buffer.byteLength(log?.text ?? '')).toBeLessThanOrEqual(2_000);
        expect(count).toBe(knowsRanges ? 2 : 1);
      });

      it('is nothing when the store has lost it, or it is empty', async () => {
        expect((await download(undefined)).log).toBeUndefined();
        expect((await download('')).log).toEqual({ text: '', truncated: false });
      });
    });

  it('gives up the end of what is endless', async () => {
    store.knowsRanges = false;
    const { log } = await download(lines(5_000));
    expect(log?.truncated).toBe(true);
    expect(log?.text).toMatch(/^2026-03-02T17:52:00.0000000Z line 0 ü\n/);
    expect(Buffer.byteLength(log?.text ?? '')).toBeLessThanOrEqual(1_000);
  });
});

describe('the address of a log', () => {
  let odd: OddGithub;
  let connection: GithubConnection;
  afterEach(async () => {
    await connection.close();
    await odd.close();
  });
  async function sentTo(location: string | undefined): Promise<unknown> {
    odd = await startOddGithub(says(302, {}, location === undefined ? {} : { location }));
    connection = connectionTo(odd);
    return connection.reader({ count: () => undefined }).jobLog('acme/shop', 41, signal);
  }

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://0.0.0.0/',
    'http://10.0.0.1/logs',
    'http://user:pass@127.0.0.1/logs',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'not a url',
    undefined,
  ])('is not followed to %s', async (location) => {
    expect(await sentTo(location)).toMatchObject({ status: 'unreachable', detail: expect.stringMatching(/^GitHub/) });
    expect(odd.asked).toHaveLength(1);
  });

  it('is not followed in circles', async () => {
    odd = await startOddGithub((request, response, n) =>
      says(302, {}, { location: `http://${request.headers.host}/logs/41?sig=secret` })(request, response, n),
    );
    connection = connectionTo(odd);
    const seen = await connection.reader({ count: () => undefined }).jobLog('acme/shop', 41, signal);
    expect(seen).toMatchObject({ status: 'unreachable', detail: 'GitHub’s log store sent us in circles' });
    expect(odd.asked.slice(1).filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  it('must be https where the API is, and public where the API is', () => {
    const github = reachFrom('https://api.github.com');
    const enterprise = reachFrom('https://ghe.corp.example/api/v3');
    const fault = (url: string) =>
      [github.fault(new URL(url)), enterprise.fault(new URL(url))].map((why) => why === undefined);
    expect(fault('https://store.blob.core.windows.net/x')).toEqual([true, true]);
    expect(fault('http://store.blob.core.windows.net/x')).toEqual([false, false]);
    expect(fault('https://169.254.169.254/x')).toEqual([false, false]);
    expect(fault('https://192.168.1.1/x')).toEqual([false, false]);
  });

  it('may lead to the neighbours of an Enterprise server on a private network, and to no others', async () => {
    const { insideRule } = await import('../../../src/adapters/github/reach.ts');
    const inside = insideRule('https://ghe.corp.example/api/v3');
    expect(['ghe.corp.example', 'media.ghe.corp.example', 'minio.corp.example'].every(inside)).toBe(true);
    expect(['example', 'corp.example.evil.test', 'db.other.example'].some(inside)).toBe(false);
    expect(insideRule('https://ghe.example')('other.example')).toBe(false);
    expect(insideRule('http://127.0.0.1:9')('127.0.0.1')).toBe(true);
  });
});
