/**
 * The last net before people, stores and pagers: whatever the words of a registry, a node or a build were, nothing in a result has the
 * form of a secret. Evidence is masked where it is read; this does not rely on it.
 */
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Scope } from '../evidence/scope.ts';
import type { CredentialsView } from '../image/credentials-view.ts';
import type { StepProgress } from '../runbook/runbook.ts';
import { maskShapes } from '../telemetry/redact.ts';

interface Progress {
  readonly onProgress?: (steps: readonly StepProgress[]) => void;
}

/** The same result without anything that looks like a secret, in every text of it. */
export function shown<T extends Diagnosis | Scope | CredentialsView | readonly StepProgress[]>(result: T): T {
  return masked(result) as T;
}

/** The same use case; what it tells on its way and in the end is `shown`. */
export function shownBy<I extends Progress, T extends Diagnosis>(
  use: (input: I) => Promise<T>,
): (input: I) => Promise<T> {
  return async (input) => {
    const { onProgress } = input;
    const told = onProgress
      ? { ...input, onProgress: (steps: readonly StepProgress[]) => onProgress(shown(steps)) }
      : input;
    return shown(await use(told));
  };
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskShapes(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part)]));
}
