/** What is known about one registry's ways, from its documentation: data, and one pure reading of its answers. */
import type { AccessAttempt } from '../../evidence/registry-access.ts';
import type { RegistryKind } from '../../image/registry.ts';

/** What a reading looks at. */
export type SeenAnswer = Pick<AccessAttempt, 'credential' | 'outcome' | 'token'>;

/**
 * What an answer tells of existence. `missing-or-forbidden`: this registry says the same for both. null: it says what it means, so its
 * "not there" can be believed. undefined: nothing documented decides.
 */
export type Hides = 'missing-or-forbidden' | null | undefined;

export interface RegistryHabits {
  readonly kind: RegistryKind;
  /** Host names that show the shape; recognised by image/registry.ts. Empty: any host. */
  readonly hosts: readonly string[];
  readonly auth: {
    readonly scheme: 'basic' | 'bearer' | 'any';
    /** User names that its documentation prescribes; empty: a person's or robot's own. */
    readonly users: readonly string[];
    /** How long its passwords live, ms; null: until revoked. */
    readonly lifeMs: number | null;
  };
  /** Headers that tell the quota; empty: it tells none. */
  readonly quotaHeaders: readonly string[];
  /** The most tags that one page may ask for, and what asking for more does; null: not documented. */
  readonly page: { readonly most: number; readonly beyond: 'refused' | 'clamped' } | null;
  readonly tagOrder: 'oldest-first' | 'by-name' | 'unknown';
  /** Where the time of a push can be read; null: nowhere in its API (only the image's own build time, set by the builder). */
  readonly pushTime: string | null;
  /** Its words for tags that cannot move; empty: it has none. */
  readonly immutability: readonly string[];
  readonly hides: (answer: SeenAnswer) => Hides;
  /** The image exists, and a rule of the registry forbids pulling it. Absent: it has no such answer. */
  readonly blocks?: (answer: SeenAnswer) => boolean;
}

/** Hours in ms. */
export function hours(count: number): number {
  return count * 3_600_000;
}

/** 401 or 403 at the manifest with a token that does not grant pull: a registry whose token server withholds instead of refusing. */
function isWithheld({ outcome, token }: SeenAnswer): boolean {
  const refused = (outcome.kind === 'unauthorized' || outcome.kind === 'denied') && outcome.at === 'manifest';
  return refused && token?.granted?.includes('pull') !== true;
}

/** 401 or 403 at the token server. */
export function isRefusedAtToken({ outcome }: SeenAnswer): boolean {
  return (outcome.kind === 'unauthorized' || outcome.kind === 'denied') && outcome.at === 'token';
}

/** "Not there" to a token that grants pull on exactly this repository. */
function isGrantedMissing({ outcome, token }: SeenAnswer): boolean {
  return outcome.kind === 'missing' && token?.granted?.includes('pull') === true;
}

/** The common reading of a token registry: a withheld right hides, a "not there" to a granted pull does not. */
export function byGrant(answer: SeenAnswer): Hides {
  if (isWithheld(answer)) return 'missing-or-forbidden';
  return isGrantedMissing(answer) ? null : undefined;
}

/** Asked as nobody. */
export function isAnonymous({ credential }: SeenAnswer): boolean {
  return credential.kind === 'anonymous';
}
