/** Free ports on loopback. */
import { createServer } from 'node:net';
import { UsageError } from '../errors.ts';

const TRIES = 50;

/** `wanted`, or the next one above it that nobody listens on. Throws UsageError after 50 tries. */
export async function freePortFrom(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + TRIES && port <= 65_535; port += 1) {
    // Also on all addresses: the local Slack listens there, and another program may hold the port on one of them only.
    if ((await isFree(port, '0.0.0.0')) && (await isFree(port, '127.0.0.1'))) return port;
  }
  throw new UsageError({
    code: 'no-free-port',
    message: `No port from ${wanted} on is free.`,
    hint: 'Name another one with --port.',
  });
}

async function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
