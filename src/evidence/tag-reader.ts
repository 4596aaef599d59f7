/** Who is asked for the tag list. Pure. */
import type { AccessAttempt, RegistryAccess } from './registry-access.ts';

/** Of those that were told "no such manifest": the one whose token grants a pull, else one with a name, else anonymous. */
export function tagReader({ attempts }: RegistryAccess): AccessAttempt | undefined {
  const told = attempts.filter(({ outcome }) => outcome.kind === 'missing');
  return (
    told.find(({ token }) => token?.granted?.includes('pull')) ??
    told.find(({ credential }) => credential.kind === 'password') ??
    told[0]
  );
}
