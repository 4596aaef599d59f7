/** The simulated registry's failures, as the reader sees them, and its log, as tests of call budgets see it. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type SimulatedRegistry, startSimulatedRegistry } from '../../../src/adapters/simulator/registry/server.ts';
import { systemClock } from '../../../src/clock.ts';
import { anonymous } from '../../../src/evidence/registry-access.ts';
import { Sealed } from '../../../src/sealed.ts';
import { imageOf, puller } from '../../contract/registry-reader.ts';
import { hasty, quickReader, type TestReader } from './fake-registry.ts';

const signal = new AbortController().signal;
let registry: SimulatedRegistry;
let reader: TestReader;

beforeEach(async () => {
  registry = await startSimulatedRegistry({ clock: systemClock, auth: 'basic' });
  registry.push('shop/api', '1');
  registry.allow('puller', new Sealed('correct horse'));
  reader = quickReader();
});
afterEach(async () => {
  await reader.close();
  await registry.stop();
});

async function look(credential = puller()) {
  return (await reader.manifest(imageOf(`${registry.host}/shop/api:1`), credential, signal)).outcome;
}

describe('the simulated registry', () => {
  it.each([
    [{ kind: 'status', status: 403, message: 'scan policy' } as const, { kind: 'denied', message: 'scan policy' }],
    [{ kind: 'status', status: 429 } as const, { kind: 'rate-limited', retryAfterSeconds: 120 }],
    [{ kind: 'status', status: 503 } as const, { kind: 'server-error', status: 503 }],
    [{ kind: 'html' } as const, { kind: 'not-a-registry', status: 200, contentType: 'text/html' }],
    [{ kind: 'slow', ms: 20_000 } as const, { kind: 'network', fault: 'connection-timeout' }],
    [{ kind: 'silent' } as const, { kind: 'network', fault: 'connection-timeout' }],
  ])('fails on command: %j', async (failure, outcome) => {
    registry.fail(failure);
    if (failure.kind === 'slow' || failure.kind === 'silent') {
      await reader.close();
      reader = quickReader({ limits: hasty });
    }
    expect(await look()).toMatchObject(outcome);
    await reader.close();
    reader = quickReader();
    registry.fail(undefined);
    expect(await look()).toMatchObject({ kind: 'found' });
  });

  it('takes a password back and another one in', async () => {
    expect((await look()).kind).toBe('found');
    registry.allow('puller', new Sealed('new horse'));
    expect((await look()).kind).toBe('unauthorized');
    expect((await look(puller('new horse'))).kind).toBe('found');
    registry.revoke('puller');
    expect((await look(puller('new horse'))).kind).toBe('unauthorized');
  });

  it('serves a published repository to anybody, and misses what was removed', async () => {
    registry.publish('shop/api');
    expect((await look(anonymous)).kind).toBe('found');
    registry.remove('shop/api', '1');
    expect((await look(anonymous)).kind).toBe('missing');
    registry.remove('shop/api');
    expect(await reader.tags(imageOf(`${registry.host}/shop/api:1`), anonymous, signal)).toEqual({ kind: 'missing' });
  });

  it('gives a moved tag another digest', () => {
    const before = registry.push('shop/api', 'latest', { content: 'monday' });
    expect(registry.push('shop/api', 'latest', { content: 'tuesday' })).not.toBe(before);
  });

  it('remembers who asked what, without the password', async () => {
    await look();
    expect(registry.requests).toEqual([
      { method: 'GET', path: '/v2/shop/api/manifests/1', authorization: 'none' },
      { method: 'GET', path: '/v2/shop/api/manifests/1', authorization: 'basic' },
    ]);
    registry.clearRequests();
    expect(registry.requests).toEqual([]);
  });
});
