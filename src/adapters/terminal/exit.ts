/** Exit codes and errors of the command line, as the contract has them. */
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { ConfigError, errorLine, PullcheckError, UnreachableError, UsageError } from '../../errors.ts';
import type { Scope } from '../../evidence/scope.ts';

export type ExitCode = 0 | 1 | 2 | 3;

/** 0 nothing wrong, 1 a problem, 3 could not look. */
export function exitOfDiagnosis(diagnosis: Diagnosis): ExitCode {
  if (diagnosis.verdict.cause === 'healthy') return 0;
  return diagnosis.verdict.cause === 'undetermined' ? 3 : 1;
}

/** A problem wins over a gap; what could not be looked at is never "nothing wrong". */
export function exitOfScope(scope: Scope): ExitCode {
  if (scope.total.failing > 0) return 1;
  return scope.gaps.length > 0 || scope.truncated ? 3 : 0;
}

/** `{ "kind": "Error", … }` for `-o json`. */
export interface ErrorReport {
  readonly apiVersion: 'pullcheck/v1';
  readonly kind: 'Error';
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export function describeError(error: unknown): { readonly report: ErrorReport; readonly exit: ExitCode } {
  const isOurs = error instanceof PullcheckError;
  const timedOut = isLate(error);
  const report: ErrorReport = {
    apiVersion: 'pullcheck/v1',
    kind: 'Error',
    code: isOurs ? error.code : timedOut ? 'timeout' : 'internal',
    message: isOurs
      ? error.message
      : timedOut
        ? 'It took longer than allowed.'
        : `Something unexpected happened: ${errorLine(error)}`,
    hint: isOurs
      ? (error.hint ?? '')
      : timedOut
        ? 'Give it more time with --timeout 2m.'
        : 'This is a fault of Pullcheck itself: please report it with the command that you typed.',
  };
  const isUsage = error instanceof UsageError || error instanceof ConfigError;
  return { report, exit: isUsage ? 2 : error instanceof UnreachableError || timedOut ? 3 : 2 };
}

/** By shape: a signal's reason may be of another realm. */
function isLate(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('name' in error)) return false;
  return error.name === 'TimeoutError' || error.name === 'AbortError';
}
