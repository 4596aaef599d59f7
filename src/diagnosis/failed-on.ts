/** Whom a node failed on, by its own words: the registry, or somebody else on the way (a token server, where it is sent to, another address). */
import { isIP } from 'node:net';
import type { PullFailure } from '../evidence/evidence.ts';
import { inClusterHost } from '../evidence/in-cluster-host.ts';
import { type HostPort, hostPort } from '../image/host-port.ts';
import { tidy } from './words.ts';

/** The host that the words name; undefined: they name none. A name that is only the image's own counts, too. */
export function failedOn({ classification: { host }, message }: PullFailure): HostPort | undefined {
  return host !== null && message.includes(host) ? hostPort(host) : undefined;
}

/**
 * The other host, for a person; undefined where the words name `registry`, or nobody. `addresses`: what stands for it; empty: not known,
 * so that any address may be its own.
 */
export function failedElsewhere(
  failure: PullFailure,
  registry: string,
  addresses: readonly string[],
): string | undefined {
  const told = failedOn(failure);
  if (told === undefined || addresses.includes(told.name)) return undefined;
  const own = hostPort(registry);
  const isNamed = told.name === own.name || (isItself(told.name) && isItself(own.name));
  const isPort = told.port === undefined || own.port === undefined || told.port === own.port;
  if (isNamed && isPort) return undefined;
  if (isIP(told.name) !== 0 && isIP(own.name) === 0 && !isItself(own.name) && addresses.length === 0) return undefined;
  return tidy(failure.classification.host ?? '');
}

/** The node’s own loopback, by whatever name. */
function isItself(name: string): boolean {
  return inClusterHost(name)?.kind === 'node-itself';
}
