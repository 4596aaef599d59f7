/**
 * Watches connections while undici makes them: which station was reached, and when. Nothing is asked twice for it. A socket emits
 * `lookup` for each address of its name, `connect` when TCP stands, `secureConnect` when TLS does (Node, net and tls).
 */
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { bareHost } from './addresses.ts';

/** Where a connection is, or where it ended when it failed. */
export type Station = 'dns' | 'tcp' | 'tls' | 'open';

/** One connection. Mutable while it is made. */
export interface Connection {
  /** The first of a registry is 1. */
  readonly number: number;
  readonly isTls: boolean;
  /** Absent: the host is an address. */
  dnsMs?: number;
  tcpMs?: number;
  tlsMs?: number;
  readonly addresses: string[];
  /** `TLSv1.3` */
  protocol?: string;
  at: Station;
}

export interface Connections {
  readonly connect: buildConnector.connector;
  /** How many were begun until now. */
  begun(): number;
  /** The newest to this origin, where it was begun after the first `before`. */
  newest(origin: string, before: number): Connection | undefined;
}

/** Origins remembered at a time; a registry may send us to ever new ones. */
const MOST = 16;
const MOST_ADDRESSES = 8;

/** A connector for undici that makes connections as `options` say and remembers the newest of each origin. */
export function watchConnections(options: buildConnector.BuildOptions, now: () => number): Connections {
  const build = buildConnector(options);
  const newest = new Map<string, Connection>();
  let begun = 0;
  return {
    connect(target, callback) {
      const { protocol, hostname, port } = target;
      const isTls = protocol === 'https:';
      const isAddress = isIP(bareHost(hostname)) !== 0;
      begun += 1;
      const connection: Connection = { number: begun, isTls, addresses: [], at: isAddress ? 'tcp' : 'dns' };
      remember(newest, originOf(protocol, hostname, port), connection);
      // undici's type says void; the connector gives the socket that it connects (lib/core/connect.js).
      const socket: unknown = build(target, callback);
      if (isSocket(socket)) watch(socket, connection, now);
    },
    begun: () => begun,
    newest(origin, before) {
      const connection = newest.get(origin);
      return connection !== undefined && connection.number > before ? connection : undefined;
    },
  };
}

type Watched = Pick<NodeJS.EventEmitter, 'on' | 'once'>;

function isSocket(value: unknown): value is Watched {
  return typeof value === 'object' && value !== null && 'once' in value && 'on' in value;
}

function watch(socket: Watched, connection: Connection, now: () => number): void {
  let since = now();
  function took(): number {
    const began = since;
    since = now();
    return Math.max(0, since - began);
  }
  socket.on('lookup', (error: unknown, address: unknown) => {
    if (error !== null && error !== undefined) return;
    if (connection.at === 'dns') {
      connection.dnsMs = took();
      connection.at = 'tcp';
    }
    if (typeof address === 'string' && connection.addresses.length < MOST_ADDRESSES) connection.addresses.push(address);
  });
  socket.once('connect', () => {
    connection.tcpMs = took();
    connection.at = connection.isTls ? 'tls' : 'open';
  });
  socket.once('secureConnect', () => {
    connection.tlsMs = took();
    connection.at = 'open';
    const protocol = socket instanceof TLSSocket ? socket.getProtocol() : null;
    if (protocol !== null) connection.protocol = protocol;
  });
}

function remember(newest: Map<string, Connection>, origin: string, connection: Connection): void {
  newest.delete(origin);
  newest.set(origin, connection);
  const [oldest] = newest.keys();
  if (newest.size > MOST && oldest !== undefined) newest.delete(oldest);
}

function originOf(protocol: string, hostname: string, port: string): string {
  const host = isIP(bareHost(hostname)) === 6 ? `[${bareHost(hostname)}]` : hostname;
  return URL.parse(`${protocol}//${host}${port === '' ? '' : `:${port}`}`)?.origin ?? '';
}
