/** One HTTP exchange: judged before it leaves, bounded in size, never decompressed, no redirect followed. */
import { Agent, type Dispatcher } from 'undici';
import { NoAnswer, noAnswerFrom } from './failure.ts';
import type { GithubLimits } from './limits.ts';
import type { Reach } from './reach.ts';

export interface Outgoing {
  readonly url: URL;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Incoming {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the answer and its connection. */
  discard(): void;
}

export interface Wire {
  /** @throws NoAnswer, and the signal's reason. */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Incoming>;
  close(): Promise<void>;
}

export function openWire(reach: Reach, limits: GithubLimits): Wire {
  const agent = new Agent({
    connect: { timeout: limits.connectMs, lookup: reach.lookup },
    headersTimeout: limits.requestMs,
    bodyTimeout: limits.requestMs,
    connections: 8,
  });
  return {
    async send({ url, method, headers, body }, signal) {
      signal.throwIfAborted();
      const fault = reach.fault(url);
      if (fault !== undefined) throw new NoAnswer(`GitHub ${url.host} is not asked: ${fault}`);
      try {
        const answer = await agent.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method,
          headers: { 'user-agent': 'pullcheck', 'accept-encoding': 'identity', ...headers },
          signal,
          ...(body === undefined ? {} : { body }),
        });
        return {
          status: answer.statusCode,
          headers: Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
          ),
          body: chunksOf(answer.body, url.host, signal),
          // A body that is dropped on purpose must not become an unhandled error.
          discard: () => answer.body.on('error', () => undefined).destroy(),
        };
      } catch (error) {
        signal.throwIfAborted();
        throw noAnswerFrom(url.host, error);
      }
    },
    close: async () => {
      await agent.destroy();
    },
  };
}

async function* chunksOf(
  body: AsyncIterable<Uint8Array>,
  host: string,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw noAnswerFrom(host, error);
  }
}

/** The whole body. @throws NoAnswer when it is longer than `cap`. */
export async function readAll(incoming: Incoming, cap: number, host: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of incoming.body) {
    size += part.length;
    if (size > cap)
      throw new NoAnswer(`GitHub ${host}: an answer of more than ${Math.floor(cap / 1024)} KB was not read`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
