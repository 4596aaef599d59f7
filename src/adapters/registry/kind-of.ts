/** Which registry answered, and what its habits make of the answer. */
import type { AccessAttempt } from '../../evidence/registry-access.ts';
import { type RegistryKind, registryKind } from '../../image/registry.ts';
import type { RegistryHabits } from './habits.ts';
import type { RegistryHost } from './hosts.ts';
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

/** What is known of a registry that may have been asked before. `named`: the kind where it is known without the host's name. */
export function habitsOf(host: RegistryHost, named?: RegistryKind): RegistryHabits {
  const value = host.challenge?.value;
  const realm = value === undefined || value === 'none' ? undefined : value.realm;
  return HABITS[named ?? kindOf(host.endpoint.host, realm)];
}

type Answered = Pick<AccessAttempt, 'credential' | 'outcome' | 'token' | 'challenge'>;

/** The answer with what this registry is known to hide by it. `named`: the kind where it is known without the host's name. */
export function withHabits<T extends Answered>(
  host: string,
  answered: T,
  named?: RegistryKind,
): T & Pick<AccessAttempt, 'kind' | 'hides' | 'blocked' | 'userFault'> {
  const kind = named ?? kindOf(host, answered.challenge.realm);
  const habits = HABITS[kind];
  const hides = habits.hides(answered);
  const userFault = faultOf(answered, habits);
  return {
    ...answered,
    kind,
    ...(hides === undefined ? {} : { hides }),
    ...(userFault === undefined ? {} : { userFault }),
    ...(habits.blocks?.(answered) === true ? { blocked: true as const } : {}),
  };
}

/** Only of a login that was refused: one that is accepted needs no advice. */
function faultOf({ credential, outcome }: Answered, { userFault }: RegistryHabits): string | undefined {
  const isRefused = outcome.kind === 'unauthorized' || outcome.kind === 'denied';
  return isRefused && credential.kind === 'password' ? userFault?.(credential.username) : undefined;
}
