/** How much a registry may cost us; every number is a cap that a hostile registry runs into. */
export interface RegistryLimits {
  /** DNS, TCP and TLS together, milliseconds. */
  readonly connectMs: number;
  /** One request from start to the last byte of its body, milliseconds. */
  readonly requestMs: number;
  /** One question (`manifest` or `tags`) with all its requests, milliseconds. */
  readonly totalMs: number;
  /** The size that distribution itself allows a manifest: 4 MiB. Also one page of tags, and one token answer. */
  readonly bodyBytes: number;
  /** Body of any answer that is not 2xx. */
  readonly errorBytes: number;
  readonly tagPages: number;
  readonly tagNames: number;
  readonly redirects: number;
  /** Registries whose connections, challenge and tokens are remembered at a time. */
  readonly hosts: number;
  /** A token is used again for at most this long: a revoked credential must show at the next look. Milliseconds. */
  readonly tokenReuseMs: number;
  /** How long a registry's challenge is remembered, milliseconds. */
  readonly challengeMs: number;
}

export const defaultLimits: RegistryLimits = {
  connectMs: 5_000,
  requestMs: 10_000,
  totalMs: 25_000,
  bodyBytes: 4 * 1024 * 1024,
  errorBytes: 64 * 1024,
  tagPages: 20,
  tagNames: 20_000,
  redirects: 10,
  hosts: 64,
  tokenReuseMs: 30_000,
  challengeMs: 60_000,
};
