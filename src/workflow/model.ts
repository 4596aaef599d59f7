/** A workflow or a composite action as the checker sees it. Names are kept as written; look them up with `sameName`. */
import type { Expression } from './expression.ts';

/** A scalar of the file with its place. `start`, `end` are offsets in the file; a block scalar begins with its `|`, a quoted one with its quote. */
export interface Scalar {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** Offset of the key (of the item in a list). */
  readonly keyAt: number;
}

export type Place = 'if' | 'env' | 'with' | 'run' | 'output' | 'name' | 'other';

/** A scalar that may hold expressions, and who owns it. */
export interface Slot {
  readonly scalar: Scalar;
  readonly place: Place;
  /** The last key: `IMAGE_TAG` of `env: { IMAGE_TAG: … }`. */
  readonly key: string;
  readonly expressions: readonly Expression[];
  readonly job?: Job;
  readonly step?: Step;
}

export interface Step {
  readonly id?: string;
  readonly index: number;
  /** As written; may hold expressions. */
  readonly name?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly run?: Scalar;
  readonly condition?: string;
  readonly env: ReadonlyMap<string, Scalar>;
  readonly inputs: ReadonlyMap<string, Scalar>;
}

export interface Job {
  readonly id: string;
  readonly keyAt: number;
  /** `name:`, which the run shows instead of the id; may hold expressions. */
  readonly name?: string;
  readonly needs: readonly Scalar[];
  /** False: `needs` is built by an expression and cannot be known. */
  readonly needsKnown: boolean;
  readonly outputs: ReadonlyMap<string, Scalar>;
  readonly env: ReadonlyMap<string, Scalar>;
  readonly inputs: ReadonlyMap<string, Scalar>;
  readonly steps: readonly Step[];
  readonly uses?: string;
  readonly condition?: string;
  readonly shell?: string;
  readonly hasMatrix: boolean;
}

/** An input of a composite action or a called workflow. */
export interface Input {
  readonly name: string;
  readonly keyAt: number;
  readonly required: boolean;
  readonly hasDefault: boolean;
  /** The default as written; absent where it is no scalar or there is none. */
  readonly default?: string;
}

export interface Workflow {
  readonly kind: 'workflow' | 'action';
  readonly file: string;
  readonly text: string;
  readonly env: ReadonlyMap<string, Scalar>;
  /** A composite action is one job without a name. */
  readonly jobs: readonly Job[];
  readonly inputs: readonly Input[];
  /** Of `on.workflow_call` or of the action. */
  readonly outputs: ReadonlyMap<string, Scalar>;
  readonly slots: readonly Slot[];
  /** Line and column (from 1) of an offset. */
  readonly position: (offset: number) => { readonly line: number; readonly column: number };
}

/** GitHub looks contexts up without regard to case. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

export function jobCalled(workflow: Workflow, id: string): Job | undefined {
  return workflow.jobs.find((job) => sameName(job.id, id));
}

export function stepCalled(job: Job, id: string): Step | undefined {
  return job.steps.find((step) => step.id !== undefined && sameName(step.id, id));
}

/** A value of a map whose keys are looked up without regard to case. */
export function entryOf<T>(map: ReadonlyMap<string, T>, name: string): T | undefined {
  const exact = map.get(name);
  if (exact !== undefined) return exact;
  for (const [key, value] of map) if (sameName(key, name)) return value;
  return undefined;
}
