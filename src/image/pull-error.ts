/** What a pull-failure message says: one of 35 kinds (the labels of the corpus; each defined in docs/pull-errors.md). */

export const PULL_ERROR_KINDS = [
  'image-not-found',
  'invalid-reference',
  'short-name-unresolved',
  'platform-mismatch',
  'manifest-unsupported',
  'unauthorized',
  'credentials-expired',
  'forbidden',
  'pull-secret-missing',
  'credential-provider-failed',
  'not-found-or-unauthorized',
  'rate-limited',
  'registry-error',
  'non-registry-response',
  'source-blocked',
  'dns-failure',
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-unreachable',
  'transfer-interrupted',
  'proxy-failure',
  'cancelled-or-deadline',
  'tls-untrusted',
  'tls-handshake',
  'http-vs-https',
  'node-disk',
  'node-storage',
  'digest-mismatch',
  'runtime-unavailable',
  'kubelet-throttled',
  'never-pull-policy',
  'signature-rejected',
  'backoff-only',
  'other',
] as const;

export type PullErrorKind = (typeof PULL_ERROR_KINDS)[number];

/** What a node writes of a peer that is down, shut off, or lost on the way. Whoever needs a wider circle says why beside it. */
export const CUT_OFF = [
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-unreachable',
  'transfer-interrupted',
] as const satisfies readonly PullErrorKind[];

/** The answer of `pullcheck classify`. Host and image are as the text has them. */
export interface Classification {
  readonly kind: PullErrorKind;
  /** Other kinds that the words allow; empty when they leave nothing open. */
  readonly also: readonly PullErrorKind[];
  readonly host: string | null;
  readonly image: string | null;
  readonly registry: string | null;
  readonly runtime: string | null;
}
