/** A server that answers whatever a test wants, and remembers who sent it which credential. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import {
  type ClosableRegistryReader,
  createRegistryReader,
  type RegistryReaderOptions,
} from '../../../src/adapters/registry/client.ts';
import { systemClock } from '../../../src/clock.ts';

export interface FakeServer {
  /** `127.0.0.1:41234` */
  readonly host: string;
  /** `GET /v2/… Basic …`, as received. */
  readonly seen: readonly { readonly line: string; readonly authorization: string | undefined }[];
  stop(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse, host: string) => void;

/** Answers with `handler`. `address`: another address of the loopback network stands for another host. */
export async function startFake(handler: Handler, address = '127.0.0.1'): Promise<FakeServer> {
  const seen: { line: string; authorization: string | undefined }[] = [];
  let host = '';
  const listener: RequestListener = (request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization });
    handler(request, response, host);
  };
  const server = createServer(listener);
  host = await listen(server, address);
  return {
    host,
    seen,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Speaks bytes instead of HTTP. */
export async function startRaw(onConnection: (socket: Socket) => void): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  const host = await listen(server, '127.0.0.1');
  return {
    host,
    seen: [],
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, address: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, address, () => resolve()));
  return `${address}:${(server.address() as AddressInfo).port}`;
}

export interface TestReader extends ClosableRegistryReader {
  readonly calls: readonly string[];
}

/** For what hangs on purpose; everything else gets the time that a busy machine needs. */
export const hasty = { requestMs: 300, totalMs: 900 };

/** A reader that reports its calls. */
export function quickReader(options: Partial<RegistryReaderOptions> = {}): TestReader {
  const calls: string[] = [];
  const reader = createRegistryReader({
    meter: { count: (_system, what) => void calls.push(what) },
    clock: systemClock,
    registries: [],
    ...options,
    limits: { connectMs: 5_000, requestMs: 8_000, totalMs: 15_000, tagPages: 5, ...options.limits },
  });
  return { ...reader, calls };
}

/** A JSON answer with any headers. */
export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** 401 with this challenge and a proper error body. */
export function demand(response: ServerResponse, challenge: string): void {
  const error = { code: 'UNAUTHORIZED', message: 'authentication required' };
  json(response, 401, { errors: [error] }, { 'www-authenticate': challenge });
}

/** A minimal OCI manifest. */
export const oneManifest = {
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: `sha256:${'ab'.repeat(32)}`,
    size: 2,
  },
  layers: [],
};
