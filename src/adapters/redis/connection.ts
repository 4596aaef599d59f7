/**
 * One connection to Redis for the producers: it fails fast, so that whoever waits for an answer (a webhook, a button) gets one.
 *
 * Every key starts with the same hash tag, `{pullcheck}`, and so lives in one slot of a Redis Cluster: a script may touch the
 * ledger, its indexes and the due list at once. Cluster is supported for availability; one slot carries far more than alerts bring.
 */
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { StoreError } from '../../errors.ts';
import { describeAddress, parseRedisUrl, type RedisAddress } from './address.ts';
import { storeError } from './failure.ts';
import type { Script } from './script.ts';

/** A server that has not answered after this many ms is treated as gone. */
const ANSWER_WITHIN_MS = 5000;

export type RedisClient = Redis | Cluster;
/** Plain arrays and strings as replies, whatever the protocol. */
type CommonOptions = RedisOptions & { replyMapping: 'legacy' };
type Commands = Readonly<Record<string, (...args: (string | number)[]) => Promise<unknown>>>;

export interface RedisLink {
  readonly client: RedisClient;
  /** Where it points, without credentials. */
  readonly where: string;
  /** `{pullcheck}:` + parts joined by a colon. */
  key(...parts: readonly string[]): string;
  /** The hash tag itself: BullMQ's prefix. */
  readonly tag: string;
  /** Runs a script. Throws StoreError. */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** Runs plain commands. Throws StoreError. */
  ask<T>(question: (client: RedisClient) => Promise<T>): Promise<T>;
  /** A second connection for a worker: it waits for Redis instead of failing. */
  openWorkerClient(): RedisClient;
  close(): Promise<void>;
}

export interface LinkOptions {
  /** First part of every key; default `pullcheck`. Two programs on one Redis take different ones. */
  readonly namespace?: string;
  /** A connection was lost or refused; it is retried without end. */
  readonly onError?: (error: StoreError) => void;
}

/** Connects; resolves when Redis answers. Throws ConfigError (unreadable address) or StoreError (not there, wrong password). */
export async function openLink(url: string, options: LinkOptions = {}): Promise<RedisLink> {
  const address = parseRedisUrl(url);
  const where = describeAddress(address);
  const report = (error: unknown) => options.onError?.(storeError(error, where));
  const client = createClient(address, 'producer');
  let lastError: unknown;
  client.on('error', (error: unknown) => {
    lastError = error;
    report(error);
  });
  try {
    // A Cluster looks for its nodes without end, and so do sentinels: the start of the program does not.
    await within(
      2 * ANSWER_WITHIN_MS,
      client.connect().then(() => client.ping()),
    );
  } catch (error) {
    client.disconnect();
    throw storeError(lastError ?? error, where);
  }
  const tag = `{${options.namespace ?? 'pullcheck'}}`;
  const defined = new Set<string>();
  async function ask<T>(question: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await question(client);
    } catch (error) {
      throw storeError(error, where);
    }
  }
  return {
    client,
    where,
    tag,
    key: (...parts) => [tag, ...parts].join(':'),
    ask,
    run: async (script, keys, args) => {
      if (!defined.has(script.name)) {
        client.defineCommand(script.name, { lua: script.lua });
        defined.add(script.name);
      }
      const command = (client as unknown as Commands)[script.name];
      if (!command)
        throw new StoreError({ code: 'store-script', message: `The script ${script.name} is not defined.` });
      return ask(() => command.call(client, keys.length, ...keys, ...args));
    },
    openWorkerClient: () => {
      const worker = createClient(address, 'worker');
      worker.on('error', report);
      return worker;
    },
    close: async () => {
      await client.quit().catch(() => client.disconnect());
    },
  };
}

async function within(ms: number, answer: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no connection within ${ms / 1000} s`)), ms);
  });
  await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function createClient(address: RedisAddress, use: 'producer' | 'worker'): RedisClient {
  const common = commonOptions(address, use);
  const [first] = address.hosts;
  if (address.kind === 'cluster') {
    return new Cluster(
      address.hosts.map((host) => ({ ...host })),
      clusterOptions(common, use),
    );
  }
  if (address.kind === 'single') return new Redis({ ...common, host: first.host, port: first.port, db: address.db });
  return new Redis({
    ...common,
    db: address.db,
    sentinels: address.hosts.map((host) => ({ ...host })),
    name: address.group ?? 'mymaster',
    enableTLSForSentinelMode: address.tls,
    ...(address.tls ? { sentinelTLS: {} } : {}),
  });
}

function commonOptions(address: RedisAddress, use: 'producer' | 'worker'): CommonOptions {
  return {
    lazyConnect: use === 'producer',
    replyMapping: 'legacy',
    connectTimeout: ANSWER_WITHIN_MS,
    disconnectTimeout: 500,
    keepAlive: 10_000,
    // A server that became a replica in a failover answers READONLY: look for the new primary.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    retryStrategy: (times) => Math.min(1000, 50 * times),
    ...(address.username ? { username: address.username } : {}),
    ...(address.password ? { password: address.password.reveal() } : {}),
    ...(address.tls ? { tls: {} } : {}),
    // BullMQ's blocking reads must wait; a producer must not, and must not send again what may have been carried out.
    ...(use === 'worker'
      ? { maxRetriesPerRequest: null }
      : {
          maxRetriesPerRequest: 0,
          enableOfflineQueue: false,
          autoResendUnfulfilledCommands: false,
          commandTimeout: ANSWER_WITHIN_MS,
        }),
  };
}

function clusterOptions(
  common: CommonOptions,
  use: 'producer' | 'worker',
): ClusterOptions & { redisOptions: { replyMapping: 'legacy' } } {
  const { lazyConnect, retryStrategy: _nodes, enableOfflineQueue: _queue, ...redisOptions } = common;
  return {
    redisOptions,
    lazyConnect: lazyConnect === true,
    enableOfflineQueue: use === 'worker',
    clusterRetryStrategy: (times) => Math.min(1000, 50 * times),
    ...(common.tls ? { dnsLookup: (host, done) => done(null, host) } : {}),
  };
}
