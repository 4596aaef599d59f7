/** What somebody met who was not pulling: where the main matter is another, these words leave their kind open and decide nothing. */
import type { PullErrorKind } from '../pull-error.ts';

const MET: readonly (readonly [string, PullErrorKind])[] = [
  ['unauthorized', 'unauthorized'],
  ['forbidden', 'forbidden'],
  ['x509', 'tls-untrusted'],
  ['timeout', 'connection-timeout'],
  ['timed out', 'connection-timeout'],
  ['deadline exceeded', 'cancelled-or-deadline'],
  ['no such host', 'dns-failure'],
  ['could not resolve', 'dns-failure'],
  ['refused', 'connection-refused'],
  ['unreachable', 'network-unreachable'],
  ['no route to host', 'network-unreachable'],
  ['no space left', 'node-disk'],
  ['too many requests', 'rate-limited'],
  ['toomanyrequests', 'rate-limited'],
  ['manifest unknown', 'image-not-found'],
  ['manifest_unknown', 'image-not-found'],
];

/** The kinds that the words of a masked text leave open. */
export function met(text: string): PullErrorKind[] {
  return [...new Set(MET.flatMap(([word, kind]) => (text.includes(word) ? [kind] : [])))];
}
