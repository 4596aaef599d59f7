/** A server in front of another one that answers each request a fixed time later, and remembers what it was asked. */
import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SeenCall {
  readonly system: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** `none`, `basic`, `bearer`. */
  readonly authorization: string;
}

export interface DelayingProxy {
  /** `127.0.0.1:41234` */
  readonly host: string;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** `http://127.0.0.1:1234` */
  readonly upstream: string;
  readonly delayMs: number;
  readonly onCall: (call: Omit<SeenCall, 'system'>) => void;
  /** Answers by itself, undelayed and not counted, what the upstream does not serve: a path -> its JSON. */
  readonly known?: Readonly<Record<string, object>>;
}

export async function startDelayingProxy(options: ProxyOptions): Promise<DelayingProxy> {
  const agent = new Agent({ keepAlive: true });
  const upstream = new URL(options.upstream);

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const known = options.known?.[url.replace(/\?.*$/, '')];
    if (known) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known));
      return;
    }
    options.onCall({
      method,
      path: url,
      authorization: headers.authorization?.split(' ', 1)[0]?.toLowerCase() ?? 'none',
    });
    await sleep(options.delayMs);
    const outgoing = forward(
      { agent, host: upstream.hostname, port: upstream.port, method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.once('error', () => response.destroy());
    incoming.pipe(outgoing);
  }

  const server = createServer((incoming, response) => void handle(incoming, response));
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
