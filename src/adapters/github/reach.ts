/** Whom we let an answer of the code host send us to. */
import type { LookupFunction } from 'node:net';

/** Judges addresses; made in the wiring, where the rules for all of our outgoing connections are. */
export interface Reach {
  /** A DNS look-up that fails when the name leads where we must not go. */
  readonly lookup: LookupFunction;
  /** Why this URL must not be asked; undefined: it may. */
  readonly fault: (url: URL) => string | undefined;
}

/**
 * Whether a host may be on a private network: the API's own, and beside an Enterprise server its subdomains and its siblings
 * (`media.ghe.corp.example`, `store.corp.example`), because its log store usually stands there.
 */
export function insideRule(apiUrl: string): (hostname: string) => boolean {
  const api = new URL(apiUrl).hostname.toLowerCase();
  const isAddress = /^[\d.]+$|^\[/.test(api);
  const parent = api.split('.').slice(1);
  const suffixes = isAddress ? [] : [`.${api}`, ...(parent.length >= 2 ? [`.${parent.join('.')}`] : [])];
  const bare = api.replace(/^\[|\]$/g, '');
  return (hostname) => hostname === bare || suffixes.some((suffix) => hostname.endsWith(suffix));
}
