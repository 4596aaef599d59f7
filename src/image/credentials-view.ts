/** The contract's `Credentials` answer: what the kubelet would try for an image. Holds no password. */
import type { KeyringLookup } from './keyring.ts';

export interface CredentialsView {
  readonly apiVersion: 'pullcheck/v1';
  readonly kind: 'Credentials';
  readonly repository: string;
  readonly tried: readonly { readonly secret: string; readonly entry: string; readonly username: string }[];
  readonly ignored: readonly { readonly secret: string; readonly entry: string | null; readonly reason: string }[];
  /** The node's own credentials come after the pod's and cannot be seen. */
  readonly node: 'unknown';
  readonly error: 'invalid-image' | 'secrets' | null;
  /** What could not be looked at beside it, and the rule to add. */
  readonly gaps?: readonly string[];
}

export function credentialsView(lookup: KeyringLookup): CredentialsView {
  return {
    apiVersion: 'pullcheck/v1',
    kind: 'Credentials',
    repository: lookup.repository,
    tried: lookup.tried.map(({ secret, entry, username }) => ({ secret, entry: withoutUser(entry), username })),
    ignored: lookup.ignored.map(({ secret, entry, reason }) => ({
      secret,
      entry: entry === null ? null : withoutUser(entry),
      reason,
    })),
    node: 'unknown',
    error: lookup.error,
  };
}

/** An entry key may hold `user:password@`, which the kubelet drops. */
function withoutUser(entry: string): string {
  return entry.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i, '$1…@');
}
