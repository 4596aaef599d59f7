/**
 * The one error base of the program. Adapters translate what their SDK throws into this at their wall; nothing above an adapter
 * sees a status code. Three outcomes only: tell the person (`message`, `hint`), retry the job (`retryable`), or crash the process.
 */
export interface ErrorDetails {
  /** Closed per boundary, kebab-case: `cluster-unreachable`, `config-invalid`, … Shown with `-o json`. */
  readonly code: string;
  /** One sentence a person can read. Never holds a secret. */
  readonly message: string;
  /** What to do next, one sentence. */
  readonly hint?: string;
  /** True when doing the same again later may work. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** An error that is meant to be shown: code, sentence, hint. */
export class PullcheckError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
  }
}

/** The command line or a Slack command was typed wrongly, or names a target that does not exist: exit code 2. */
export class UsageError extends PullcheckError {}

/** The configuration cannot be used. `message` lists every problem found, one a line: exit code 2. */
export class ConfigError extends PullcheckError {}

/** We could not look at what the answer needs: exit code 3. */
export class UnreachableError extends PullcheckError {}

/** The store (Redis) did not take or give what was asked; the caller must not pretend that it did. */
export class StoreError extends PullcheckError {}

/** Slack refused or did not answer. */
export class SlackError extends PullcheckError {}

/** The paging service refused or did not answer. */
export class PagerError extends PullcheckError {}

/** A change to the cluster was refused or failed. */
export class RemedyError extends PullcheckError {}

/** Any thrown value as one readable line, without a stack and without an SDK's object dump. */
export function errorLine(error: unknown): string {
  // By shape: an error of another realm (a worker, a test runner) is no `instanceof Error` here.
  const said = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  if (typeof said !== 'string') return 'unknown error';
  return said.split('\n', 1)[0] || 'unknown error';
}

/** Codes of Node and undici, in words. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection closed by the other side',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'name lookup failed',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped half-way',
  ENETUNREACH: 'network is unreachable',
  EHOSTUNREACH: 'no route to host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate authority is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate authority is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate authority is not trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** The code of an error or of the first cause that has one. By shape: an error may come from another realm. */
export function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0], depth + 1);
  return 'cause' in error ? codeOf(error.cause, depth + 1) : undefined;
}

/** How a connection failed, in words; its code where there are none for it; undefined: the error has no code. */
export function networkWords(error: unknown): string | undefined {
  const code = codeOf(error);
  return code === undefined ? undefined : (WORDS[code] ?? code);
}
