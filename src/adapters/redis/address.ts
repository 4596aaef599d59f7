/** The forms of `REDIS_URL` (contract, Configuration): one server, Sentinel, Cluster. */
import { ConfigError } from '../../errors.ts';
import { Sealed } from '../../sealed.ts';

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** At least one. For Sentinel: the sentinels, not the servers. */
  readonly hosts: readonly [RedisHost, ...RedisHost[]];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: Sealed;
  readonly db: number;
  /** Sentinel's name of the group; only for `sentinel`. */
  readonly group?: string;
}

const FORM = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?#@]+)(?:\/([^?#]*))?$/i;
const HINT = 'Write redis://host:6379, rediss://host:6379, redis+sentinel://h1,h2/name or redis+cluster://h1,h2.';

/** Reads a `REDIS_URL`. Throws ConfigError that never repeats the text, because it may hold a password. */
export function parseRedisUrl(text: string): RedisAddress {
  const match = FORM.exec(text.trim());
  if (!match) throw invalid('REDIS_URL is not an address of a Redis.');
  const [, secure, form, login, list = '', path = ''] = match;
  const kind = form === undefined ? 'single' : form.toLowerCase() === 'cluster' ? 'cluster' : 'sentinel';
  const hosts = readHosts(list, kind === 'sentinel' ? 26_379 : 6379);
  if (kind === 'single' && hosts.length > 1)
    throw invalid('REDIS_URL names several hosts without +sentinel or +cluster.');
  return {
    kind,
    hosts,
    tls: secure !== '',
    ...readLogin(login),
    ...readPath(kind, path),
  };
}

/** The address as errors and logs show it: no user, no password. */
export function describeAddress(address: RedisAddress): string {
  const hosts = address.hosts.map(({ host, port }) => `${host}:${port}`).join(',');
  return address.kind === 'single' ? hosts : `${address.kind} ${hosts}${address.group ? `/${address.group}` : ''}`;
}

function readHosts(list: string, defaultPort: number): [RedisHost, ...RedisHost[]] {
  const [first, ...rest] = list.split(',').map((item) => readHost(item.trim(), defaultPort));
  if (!first) throw invalid('REDIS_URL names no host.');
  return [first, ...rest];
}

function readHost(item: string, defaultPort: number): RedisHost {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(item);
  const port = match?.[2] === undefined ? defaultPort : Number(match[2]);
  if (!match?.[1] || port < 1 || port > 65_535) throw invalid('REDIS_URL holds a host or port that cannot be read.');
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

function readLogin(login: string | undefined): { username?: string; password?: Sealed } {
  if (!login) return {};
  const colon = login.indexOf(':');
  const user = decode(colon < 0 ? login : login.slice(0, colon));
  const password = colon < 0 ? '' : decode(login.slice(colon + 1));
  return { ...(user ? { username: user } : {}), ...(password ? { password: new Sealed(password) } : {}) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('The user or password in REDIS_URL is not percent-encoded correctly.');
  }
}

function readPath(kind: RedisAddress['kind'], path: string): { db: number; group?: string } {
  const [first = '', second = ''] = path.split('/');
  const number = kind === 'sentinel' ? second : first;
  if (!/^\d{0,4}$/.test(number)) throw invalid('The database in REDIS_URL is not a number.');
  if (kind === 'cluster' && number !== '' && number !== '0') throw invalid('A Redis Cluster has only database 0.');
  if (kind === 'sentinel' && first === '')
    throw invalid('REDIS_URL with +sentinel needs the name of the group at its end.');
  return { db: number === '' ? 0 : Number(number), ...(kind === 'sentinel' ? { group: decode(first) } : {}) };
}

function invalid(message: string): ConfigError {
  return new ConfigError({ code: 'config-invalid', message, hint: HINT });
}
