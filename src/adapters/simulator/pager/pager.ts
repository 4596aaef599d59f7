/** A PagerDuty double over real HTTP: Events v2 with its dedup rules, and failures on demand. For the demo and for tests. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EnqueueBody, readEnqueue } from './schema.ts';

/**
 * How a request goes wrong. `accept-then-hang`: the event counts, and no answer ever comes. `html`: something before the service
 * answers 200 with a page of its own; `half`: the answer breaks off.
 */
type PagerFault = 408 | 429 | 500 | 503 | 400 | 'reset' | 'accept-then-hang' | 'html' | 'half';

interface SimulatedPage {
  readonly dedupKey: string;
  readonly summary: string;
  readonly severity: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly state: 'triggered' | 'acknowledged' | 'resolved';
  /** Accepted triggers with this key while it was open; people were paged once. */
  readonly triggers: number;
}

export interface SimulatedPager {
  /** Base URL, for PAGERDUTY_URL. */
  readonly url: string;
  /** Pages that woke somebody, oldest first. The same key opens another one only after a resolve. */
  pages(): readonly SimulatedPage[];
  /** Every request body that was an event, also of those that failed. */
  requests(): readonly EnqueueBody[];
  /** The next requests fail like this, one each. */
  fail(...faults: readonly PagerFault[]): void;
  close(): Promise<void>;
}

interface State {
  readonly pages: SimulatedPage[];
  readonly requests: EnqueueBody[];
  readonly faults: PagerFault[];
}

/** Listens on loopback, on a free port unless one is given. */
export async function startSimulatedPager(port = 0): Promise<SimulatedPager> {
  const state: State = { pages: [], requests: [], faults: [] };
  const server = createServer((request, response) => {
    answer(state, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages: () => [...state.pages],
    requests: () => [...state.requests],
    fail: (...faults) => state.faults.push(...faults),
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method !== 'POST' || request.url !== '/v2/enqueue') return send(response, 404, { status: 'not found' });
  const event = readEnqueue(Buffer.concat(chunks).toString('utf8'));
  if (!event)
    return send(response, 400, { status: 'invalid event', message: 'Event object is invalid', errors: ['body'] });
  state.requests.push(event);
  const fault = state.faults.shift();
  if (fault === 'reset') {
    response.destroy();
    return;
  }
  if (typeof fault === 'number') {
    const errors = [`refused for key ${event.routing_key}`];
    return send(response, fault, { status: 'error', message: 'Event could not be processed', errors });
  }
  if (fault === 'html') {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>Please log in</body></html>');
    return;
  }
  accept(state, event);
  if (fault === 'accept-then-hang') return;
  if (fault === 'half') {
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end('{"status":"succ');
    return;
  }
  send(response, 202, { status: 'success', message: 'Event processed', dedup_key: event.dedup_key });
}

function accept(state: State, event: EnqueueBody): void {
  const index = state.pages.findIndex((page) => page.dedupKey === event.dedup_key && page.state !== 'resolved');
  const open = state.pages[index];
  if (event.event_action === 'trigger') {
    if (open) state.pages[index] = { ...open, triggers: open.triggers + 1 };
    else state.pages.push(newPage(event));
  } else if (open) {
    state.pages[index] = { ...open, state: event.event_action === 'resolve' ? 'resolved' : 'acknowledged' };
  }
}

function newPage(event: EnqueueBody): SimulatedPage {
  return {
    dedupKey: event.dedup_key,
    summary: event.payload?.summary ?? '',
    severity: event.payload?.severity ?? '',
    details: event.payload?.custom_details ?? {},
    state: 'triggered',
    triggers: 1,
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
