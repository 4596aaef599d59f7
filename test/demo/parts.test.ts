/** Small parts of the demo. */
import { createServer as createHttp, type Server as Http } from 'node:http';
import { createServer, type Server } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createSpeedClock } from '../../src/adapters/simulator/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { fastForward } from '../../src/demo/fast-forward.ts';
import { fetchForLocalSlack, simpler } from '../../src/demo/local-markup.ts';
import { readOnly } from '../../src/demo/own-cluster.ts';
import { freePortFrom } from '../../src/demo/ports.ts';
import { freePort } from '../support/redis.ts';

describe('a port that is taken', () => {
  it('gives the next free one', async () => {
    const taken = await freePort();
    const server = await new Promise<Server>((resolve) => {
      const created: Server = createServer().listen(taken, '127.0.0.1', () => resolve(created));
    });
    try {
      const found = await freePortFrom(taken);
      expect(found).toBeGreaterThan(taken);
      expect(found).toBeLessThan(taken + 50);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('texts for the local Slack', () => {
  it('shows dates and code without the markup that its page does not know', () => {
    expect(simpler('Opened <!date^1795251145^{time}|08:52 UTC> · a -&gt; b')).toBe('Opened 08:52 UTC · a -> b');
    expect(simpler('```\na\n  b\n```')).toBe('`a\u00A0`\n`\u00A0\u00A0b\u00A0`');
    expect(simpler('```\na   b c\n```')).toBe('`a\u00A0\u00A0\u00A0b c\u00A0`');
  });

  it('changes a form and a JSON body, each in its own way', async () => {
    const bodies: string[] = [];
    const server = await new Promise<Http>((resolve) => {
      const created: Http = createHttp((request, answer) => {
        request.on('data', (part: Buffer) => bodies.push(part.toString()));
        request.on('end', () => answer.end('ok'));
      }).listen(0, '127.0.0.1', () => resolve(created));
    });
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
    try {
      await fetchForLocalSlack(url, { method: 'POST', body: 'text=a+-%26gt%3B+b' });
      await fetchForLocalSlack(url, {
        method: 'POST',
        body: JSON.stringify({ text: 'a -&gt; b', replace_original: false }),
      });
      expect(new URLSearchParams(bodies[0]).get('text')).toBe('a -> b');
      expect(JSON.parse(bodies[1] ?? '')).toEqual({ text: 'a -> b', replace_original: false });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('lets no foreign text become a mention', () => {
    expect(simpler('&lt;@U0000ALICE&gt;')).not.toContain('<');
  });
});

describe('fast-forwarding', () => {
  it('rests after each minute, so that what falls due in it is done before the next', async () => {
    const clock = createSpeedClock(systemClock);
    const start = clock.now();
    const seen: number[] = [];
    const idle = async (): Promise<void> => void seen.push(Math.round((clock.now() - start) / 60_000));
    await fastForward({ clock, idle }, 3 * 60_000);
    expect(seen).toEqual([0, 1, 2, 3]);
  });
});

describe("the person's own cluster", () => {
  it('is never written to, whatever asks for it', async () => {
    const reached: string[] = [];
    const writer = new Proxy({}, { get: (_target, verb) => async () => reached.push(String(verb)) });
    const outside = readOnly(
      Object.assign(Object.create(null), { credentialHosts: ['ghcr.io'], remedyPorts: () => ({ writer }) }),
    );
    const locked = outside.remedyPorts('any').writer;
    const { signal } = new AbortController();
    const refused = { kind: 'failed', reason: 'the demo only reads your cluster' };
    expect(await locked.deletePod('a', 'b', 'c', 'apply', signal)).toEqual(refused);
    expect(await locked.deleteSecret('a', 'b', 'apply', signal)).toEqual(refused);
    expect(reached).toEqual([]);
    expect(outside.credentialHosts).toEqual([]);
  });
});
