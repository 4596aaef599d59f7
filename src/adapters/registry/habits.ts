/** What is known about one registry's ways, from its documentation: data, and one pure reading of its answers. */
import type { AccessAttempt } from '../../evidence/registry-access.ts';
import type { TagDetail } from '../../evidence/tag-details.ts';
import type { RegistryKind } from '../../image/registry.ts';

/** What a reading looks at. */
export type SeenAnswer = Pick<AccessAttempt, 'credential' | 'outcome' | 'token'>;

/**
 * What an answer tells of existence. `missing-or-forbidden`: this registry says the same for both. null: it says what it means, so its
 * "not there" can be believed. undefined: nothing documented decides.
 */
export type Hides = 'missing-or-forbidden' | null | undefined;

/** An API beside the protocol that tells when a tag was pushed. */
export interface TagApi {
  /** Whose words its answers are. */
  readonly source: string;
  /** Another host than the registry's own; it is asked as nobody. */
  readonly host?: string;
  /** `registry`: through the registry's own token step; `basic`: with user and password at once; `nobody`: without a credential. */
  readonly auth: 'registry' | 'basic' | 'nobody';
  /** Path and query for one tag. */
  readonly path: (repository: string, tag: string) => string;
  /** Reads the JSON of an answer; empty where it is something else. */
  readonly read: (body: unknown) => readonly TagDetail[];
}

export interface RegistryHabits {
  readonly kind: RegistryKind;
  /** How many tags it gives in one page at most, so that a full page is known as one. Absent: 1000. */
  readonly page?: number;
  /** A tag list that had to be cut lacks the newest tags. */
  readonly isOldestFirst?: true;
  /** What is wrong with logging in by this user name, where the documentation prescribes names. Absent: any name may be right. */
  readonly userFault?: (username: string) => string | undefined;
  readonly hides: (answer: SeenAnswer) => Hides;
  /** The image exists, and a rule of the registry forbids pulling it. Absent: it has no such answer. */
  readonly blocks?: (answer: SeenAnswer) => boolean;
  /** Absent: it tells push times nowhere that a pull login opens. */
  readonly tagApi?: TagApi;
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
