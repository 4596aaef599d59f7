/** One edge of the value graph: a place that reads a value, and whether the value gets there. */
import type { Expression, Read } from './expression.ts';
import type { Slot } from './model.ts';

/** ok: it gets there; broken: always empty; masked: the runner drops it; unknown: cannot be read from here. */
export type EdgeState = 'ok' | 'broken' | 'masked' | 'unknown';

export interface Judgement {
  readonly state: EdgeState;
  /** The rule that names the fault; absent where the fault lies further up. */
  readonly rule?: string;
  /** needs-not-declared: reached through other jobs. */
  readonly transitive?: boolean;
  /** output-never-written: the step writes it to GITHUB_ENV. */
  readonly toEnv?: boolean;
  /** `outputs` is missing in the path. */
  readonly without?: boolean;
  /** Names that are there instead. */
  readonly others?: readonly string[];
  /** The file that should declare it. */
  readonly in?: string;
  /** step-unknown: the job that has a step of that id, or `later`. env-undefined: the step that writes the name as an output. */
  readonly elsewhere?: string;
  /** env-undefined: the other job that sets the variable, for itself only. */
  readonly inJob?: string;
  /** The broken read further up; of a masked value the secret. */
  readonly because?: string;
}

export interface Edge extends Judgement {
  readonly slot: Slot;
  readonly expression: Expression;
  readonly read: Read;
  /** `needs.build.outputs.tag`. */
  readonly ref: string;
}
