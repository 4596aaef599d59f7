/**
 * One reading of the outside world. "We looked and it is not there" and "we were not allowed to look" are different values, and
 * neither reads as "it is fine".
 */

/** A right that the reader lacked, exactly as a Role rule names it; or one of a GitHub App, see `codeHostPermission`. */
export interface Permission {
  readonly verb: string;
  /** Empty for the core group. */
  readonly apiGroup: string;
  /** Plural, with sub-resource: `secrets`, `pods/log`; `actions:read` at the code host. */
  readonly resource: string;
  /** Absent: cluster-wide. */
  readonly namespace?: string;
}

export type Observation<T> =
  | { readonly status: 'observed'; readonly value: T }
  /** Looked, and it does not exist. */
  | { readonly status: 'absent' }
  /** Not allowed to look. */
  | { readonly status: 'forbidden'; readonly permission: Permission }
  /** Our reader failed (API server gone, timeout). A network failure that our probe of a *registry* met is observed, not this. */
  | { readonly status: 'unreachable'; readonly detail: string }
  /** Not asked, because something it depends on is missing; `reason` names it for a person. */
  | { readonly status: 'not-collected'; readonly reason: string };

export function observed<T>(value: T): Observation<T> {
  return { status: 'observed', value };
}
export const absent: Observation<never> = { status: 'absent' };
export function forbidden(permission: Permission): Observation<never> {
  return { status: 'forbidden', permission };
}
export function unreachable(detail: string): Observation<never> {
  return { status: 'unreachable', detail };
}
export function notCollected(reason: string): Observation<never> {
  return { status: 'not-collected', reason };
}

/** The value when observed, else undefined. For showing; a check must look at `status`. */
export function valueOf<T>(observation: Observation<T>): T | undefined {
  return observation.status === 'observed' ? observation.value : undefined;
}

/** Turns the value of an observed observation; every other state stays what it is. */
export function mapObserved<T, U>(observation: Observation<T>, turn: (value: T) => U): Observation<U> {
  return observation.status === 'observed' ? observed(turn(observation.value)) : observation;
}

/** For what cannot be asked because `what` it depends on is not observed: the gap itself is reported once, where it is. */
export function blockedBy(
  what: string,
  observation: Exclude<Observation<unknown>, { status: 'observed' }>,
): Observation<never> {
  return observation.status === 'absent' || observation.status === 'not-collected'
    ? observation
    : notCollected(`${what} could not be read`);
}

/** The Role rule that would allow it, as YAML a person can paste under `rules:`. */
export function ruleFor(permission: Permission): string {
  return `- { apiGroups: ["${permission.apiGroup}"], resources: ["${permission.resource}"], verbs: ["${permission.verb}"] }`;
}

const CODE_HOST = 'github';

/** A right at the code host as its apps name it: `actions:read`, `contents:write`. Never made into a Role rule. */
export function codeHostPermission(name: string): Permission {
  return { verb: name.split(':')[1] ?? 'read', apiGroup: CODE_HOST, resource: name };
}

/** One sentence for an observation that is not observed: what could not be seen and what to do about it. */
export function describeGap(what: string, observation: Exclude<Observation<unknown>, { status: 'observed' }>): string {
  switch (observation.status) {
    case 'absent':
      return `${what}: does not exist`;
    case 'forbidden': {
      if (observation.permission.apiGroup === CODE_HOST)
        return `${what}: not allowed to look; give the GitHub App or token the permission ${observation.permission.resource}`;
      const where =
        observation.permission.namespace === undefined
          ? 'a ClusterRole'
          : `a Role in namespace ${observation.permission.namespace}`;
      return `${what}: not allowed to look; add to ${where}: ${ruleFor(observation.permission)}`;
    }
    case 'unreachable':
      return `${what}: could not be read (${observation.detail})`;
    case 'not-collected':
      return `${what}: not looked at, ${observation.reason}`;
  }
}
