import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPagerDuty } from '../../../src/adapters/pager/pagerduty.ts';
import { type SimulatedPager, startSimulatedPager } from '../../../src/adapters/simulator/pager/pager.ts';
import { PagerError } from '../../../src/errors.ts';
import type { PageRequest } from '../../../src/incident/ports.ts';
import { Sealed } from '../../../src/sealed.ts';

const KEY = 'canary0canary0canary0canary0cana';
const PAGE: PageRequest = {
  dedupKey: 'pullcheck:i1:unresolved',
  severity: 'P1',
  summary: 'P1: registry is down',
  source: 'prod',
  facts: { 'fact 01': 'Subject: deployment/api in staging' },
  links: [{ href: 'https://runbooks.example.com/x', text: 'Runbook' }],
};

let service: SimulatedPager;
beforeEach(async () => {
  service = await startSimulatedPager();
});
const servers: Server[] = [];
afterEach(async () => {
  await service.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Something else at the address; gives its URL. */
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function pager(timeoutMs = 2_000, url = `${service.url}/`) {
  return createPagerDuty({ url, routingKey: new Sealed(KEY), timeoutMs });
}

async function failureOf(work: Promise<void>): Promise<PagerError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PagerError)) throw new Error('it did not fail as a PagerError');
  return error;
}

describe('PagerDuty Events v2', () => {
  it('gets one page for one key, however often it is sent, and another one only after the end', async () => {
    await pager().trigger(PAGE);
    await pager().trigger(PAGE);
    expect(service.pages()).toMatchObject([
      { severity: 'critical', summary: PAGE.summary, state: 'triggered', triggers: 2 },
    ]);
    await pager().acknowledge(PAGE.dedupKey);
    expect(service.pages()[0]?.state).toBe('acknowledged');
    await pager().resolve(PAGE.dedupKey);
    expect(service.pages()[0]?.state).toBe('resolved');
    await pager().trigger(PAGE);
    expect(service.pages()).toHaveLength(2);
  });

  it('ending a page that nobody knows is harmless', async () => {
    await pager().resolve('pullcheck:never:unresolved');
    expect(service.pages()).toEqual([]);
  });

  it.each([408, 429] as const)('%d: it took nothing, and may later', async (status) => {
    service.fail(status);
    expect(await failureOf(pager().trigger(PAGE))).toMatchObject({ code: 'pager-unavailable', retryable: true });
    expect(service.pages()).toEqual([]);
  });

  it.each([
    [500, 'answered 500'],
    [503, 'answered 503'],
    ['reset', 'the answer of PagerDuty was lost'],
    ['html', "answered 200 with words that are not PagerDuty's"],
    ['half', "answered 202 with words that are not PagerDuty's"],
  ] as const)('%s: nobody knows whether it took the page, and the next try makes it one', async (fault, words) => {
    service.fail(fault);
    const error = await failureOf(pager().trigger(PAGE));
    expect(error).toMatchObject({
      code: 'pager-unconfirmed',
      retryable: true,
      message: expect.stringContaining(words),
    });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
    await pager().trigger(PAGE);
    expect(service.pages()).toHaveLength(1);
  });

  it.each(['', '{}', '{"status":"success"}'])('a service of the same protocol that says %j took it', async (body) => {
    const url = await listen((request, response) =>
      request.resume().once('end', () => response.writeHead(202).end(body)),
    );
    await pager(2_000, url).trigger(PAGE);
  });

  it('no connection in time: nothing was sent, so nothing was taken', async () => {
    // It takes the connection and never shakes hands for TLS.
    const url = await listen(() => undefined);
    const error = await failureOf(pager(100, url.replace('http:', 'https:')).trigger(PAGE));
    expect(error).toMatchObject({
      code: 'pager-unavailable',
      message: expect.stringContaining('could not be reached'),
    });
  });

  it('400 will not, says why, and does not leak the routing key', async () => {
    service.fail(400);
    const error = await failureOf(pager().trigger(PAGE));
    expect(error).toMatchObject({ code: 'pager-refused', retryable: false });
    expect(error.message).toMatch(/400: Event could not be processed; refused for key \[sealed\]/);
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain('canary');
  });

  it('accepted, but the answer never comes: it fails in time, and the next try adds no page', async () => {
    service.fail('accept-then-hang');
    expect(await failureOf(pager(100).trigger(PAGE))).toMatchObject({ code: 'pager-unconfirmed', retryable: true });
    await pager().trigger(PAGE);
    expect(service.pages()).toMatchObject([{ triggers: 2 }]);
  });

  it('a closed port may work later', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const error = await failureOf(pager(500, `http://127.0.0.1:${port}`).trigger(PAGE));
    expect(error).toMatchObject({ code: 'pager-unavailable', retryable: true });
  });

  it('a summary and details that are too long are cut, not refused', async () => {
    await pager().trigger({ ...PAGE, summary: 'x'.repeat(5_000), facts: { big: 'y'.repeat(600_000) } });
    const [page] = service.pages();
    expect(page?.summary).toHaveLength(1_024);
    expect(JSON.stringify(page?.details)).toMatch(/too large/);
  });
});
