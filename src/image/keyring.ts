/** Which credentials the kubelet would try for an image, in order, and why it ignores the others. */
import type { Sealed } from '../sealed.ts';

export interface KeyringCredential {
  readonly secret: string;
  /** The key as the Secret writes it: `https://index.docker.io/v1/`. */
  readonly entry: string;
  readonly username: string;
  readonly password: Sealed;
}

export interface IgnoredEntry {
  readonly secret: string;
  /** null: the whole Secret is ignored. */
  readonly entry: string | null;
  readonly reason: string;
}

export interface KeyringLookup {
  /** Full name without tag: `ghcr.io/org/app`. */
  readonly repository: string;
  readonly tried: readonly KeyringCredential[];
  readonly ignored: readonly IgnoredEntry[];
  /** `secrets`: one undecodable Secret makes the kubelet's whole lookup fail; `invalid-image`: the reference cannot be parsed. */
  readonly error: 'invalid-image' | 'secrets' | null;
}
