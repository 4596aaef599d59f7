/**
 * Where we let a registry send us. The image name comes from anyone who can create a pod, so: never to link-local and metadata
 * addresses; to loopback and private ones only where the image or the configuration names that host itself. Addresses are judged
 * as they are resolved for the connection, so that a name cannot answer differently afterwards.
 */
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { bareHost, classifyAddress } from './addresses.ts';

/** Thrown into a connection attempt that must not happen. */
export class GuardRefusal extends Error {
  readonly code = 'REGISTRY_GUARD';
}

/** Tells whether a host may be inside (loopback, private): the registry itself and what the configuration lists. */
export type InsideRule = (hostname: string) => boolean;

/** Judges one address of a host; undefined: fine. */
function addressFault(hostname: string, address: string, mayBeInside: InsideRule): string | undefined {
  const kind = classifyAddress(address);
  if (kind === 'never') return `${hostname} is a link-local, metadata or reserved address`;
  if (kind === 'inside' && !mayBeInside(bareHost(hostname))) {
    return `${hostname} is a private or loopback address that is not the registry's own and is not listed in the configuration`;
  }
  return undefined;
}

/** Judges a URL before anything is sent: scheme, user info, literal address. Undefined: fine. */
export function urlFault(url: URL, plainAllowed: boolean, mayBeInside: InsideRule): string | undefined {
  if (!['http:', 'https:'].includes(url.protocol))
    return `an address of the form ${url.protocol} is none of a registry`;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && plainAllowed)) {
    return `${url.host} would be asked without https`;
  }
  if (url.username !== '' || url.password !== '') return `the address of ${url.host} carries user information`;
  const name = bareHost(url.hostname);
  return isIP(name) === 0 ? undefined : addressFault(name, name, mayBeInside);
}

/** A DNS look-up that fails when any address of the name is one we must not touch. */
export function guardedLookup(mayBeInside: InsideRule, resolve: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, '');
        return;
      }
      const fault = addresses.map(({ address }) => addressFault(hostname, address, mayBeInside)).find(Boolean);
      const first = addresses[0];
      if (fault !== undefined) callback(new GuardRefusal(fault), '');
      else if (options.all) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}
