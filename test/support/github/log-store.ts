/** Where GitHub keeps job logs: another host with signed addresses, which refuses what carries a foreign Authorization, as Azure's does. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LogStore {
  readonly origin: string;
  /** By job id. */
  readonly logs: Map<number, string>;
  /** `GET /logs/41 bytes=0-99`, with what it should not have sent. */
  readonly requests: string[];
  /** false: answers the whole log whatever range is asked for. */
  knowsRanges: boolean;
  close(): Promise<void>;
}

export async function startLogStore(): Promise<LogStore> {
  const logs = new Map<number, string>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    answer(store, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const store: LogStore = {
    origin: `http://127.0.0.1:${port}`,
    logs,
    requests,
    knowsRanges: true,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return store;
}

function answer(store: LogStore, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', store.origin);
  const { range, authorization } = request.headers;
  store.requests.push([request.method, url.pathname, range, authorization].filter(Boolean).join(' '));
  if (authorization !== undefined || url.searchParams.get('sig') !== 'signed') {
    response.writeHead(400).end('InvalidAuthenticationInfo');
    return;
  }
  const text = store.logs.get(Number(url.pathname.replace('/logs/', '')));
  if (text === undefined) {
    response.writeHead(404).end('BlobNotFound');
    return;
  }
  const bytes = Buffer.from(text);
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (!store.knowsRanges || from === undefined || to === undefined) {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(bytes);
    return;
  }
  if (Number(from) >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const last = Math.min(Number(to), bytes.length - 1);
  response
    .writeHead(206, { 'content-type': 'text/plain', 'content-range': `bytes ${from}-${last}/${bytes.length}` })
    .end(bytes.subarray(Number(from), last + 1));
}
