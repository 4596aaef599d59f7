/**
 * A job's log, reduced to what proves something. Facts: actions/runner `JobExtension.cs` ("Evaluate and set job outputs", then
 * `Set output 'name'` for each output that is not empty; a masked one is dropped with a warning) and `ScriptHandler.cs` (each step prints
 * its resolved `env:` and `with:`).
 */

/** One step's group in the log. */
export interface LogStep {
  /** What follows `Run `: the script's first line, or the action. */
  readonly title: string;
  /** Resolved values, `***` where the runner masked them. An empty string is a fact: the value was empty. */
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface PushedImage {
  /** As printed; the repository may be masked (`***`). */
  readonly repository: string;
  readonly tag: string;
  /** Absent where the log does not tell. */
  readonly digest?: string;
  /** ms, from the line's own time stamp. */
  readonly at?: number;
}

export interface JobLog {
  /** Names of outputs that were set; undefined: the job's end was not seen (no outputs declared, or the log is cut). */
  readonly outputsSet?: readonly string[];
  /** Outputs dropped because their value contains a secret. */
  readonly outputsMasked: readonly string[];
  readonly steps: readonly LogStep[];
  readonly pushed: readonly PushedImage[];
  /** `##[error]` lines, ANSI codes removed, what looks like a secret masked; at most 20. */
  readonly errors: readonly string[];
  /** true: only the end, or only the beginning, was read. */
  readonly truncated: boolean;
}
