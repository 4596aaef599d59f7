/** Which registry answered, and what its habits make of the answer. */
import type { AccessAttempt } from '../../evidence/registry-access.ts';
import { type RegistryKind, registryKind } from '../../image/registry.ts';
import { HABITS } from './kinds/index.ts';

/** Paths of token servers that only this software has (goharbor/harbor, GitLab's administration pages, quay/quay). */
const REALMS: readonly (readonly [RegExp, RegistryKind])[] = [
  [/\/service\/token$/, 'harbor'],
  [/\/jwt\/auth$/, 'gitlab'],
  [/\/v2\/auth$/, 'quay'],
];

/** By the host's name; where that tells nothing, by the token server's path. */
function kindOf(host: string, realm: string | undefined): RegistryKind {
  const byName = registryKind(host);
  if (byName !== 'plain' || realm === undefined) return byName;
  return REALMS.find(([path]) => path.test(realm))?.[1] ?? 'plain';
}

type Answered = Pick<AccessAttempt, 'credential' | 'outcome' | 'token' | 'challenge'>;

/** The answer with what this registry is known to hide by it. `named`: the kind where it is known without the host's name. */
export function withHabits<T extends Answered>(
  host: string,
  answered: T,
  named?: RegistryKind,
): T & Pick<AccessAttempt, 'kind' | 'hides' | 'blocked'> {
  const kind = named ?? kindOf(host, answered.challenge.realm);
  const habits = HABITS[kind];
  const hides = habits.hides(answered);
  return {
    ...answered,
    kind,
    ...(hides === undefined ? {} : { hides }),
    ...(habits.blocks?.(answered) === true ? { blocked: true as const } : {}),
  };
}
