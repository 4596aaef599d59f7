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
