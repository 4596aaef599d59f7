/** What the checker says. */

export type Severity = 'error' | 'warning' | 'info';

/** One fault in one place; lines and columns count from 1. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  /** Where the YAML scalar begins that holds it; for `run: |` the line of `run`. */
  readonly line: number;
  readonly column: number;
  /** The exact place inside of a scalar of several lines; what people are shown. */
  readonly exprLine: number;
  readonly exprColumn: number;
  /** Job id; null where the file has no jobs or the fault lies outside of them. */
  readonly job: string | null;
  /** What was read or written there: `needs.build.outputs.tag`, `IMAGE_TAG`. */
  readonly ref: string | null;
  readonly message: string;
  readonly fix: string;
  /** A unified diff that mends it, tried by checking the edited files again; absent where no edit can decide. */
  readonly diff?: string;
}

/** All fixes of a file together. */
export interface Change {
  readonly file: string;
  readonly diff: string;
  /** True once it is in the file. */
  readonly written: boolean;
}

/** `kind: WorkflowReport` of the command line. */
export interface WorkflowReport {
  readonly apiVersion: 'pullcheck/v1';
  readonly kind: 'WorkflowReport';
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** What the fixes change; present when asked for. */
  readonly changes?: readonly Change[];
}

/** Reads a file of the same commit; undefined when it is not there. Paths are joined with `/`. */
export type ReadFile = (path: string) => string | undefined;
