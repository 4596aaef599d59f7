/** Which program answered, as far as its answer shows it. */
import { chooseChallenge, parseChallenges } from './challenge.ts';
import { hasDistributionError } from './schema.ts';
import type { Answer, Call } from './transport.ts';

/** Products that speak the same protocol, header included, and may hide repositories; they name themselves here. */
const OTHERS = /nexus|sonatype|artifactory|jfrog|harbor|gitlab|quay|gitea|forgejo|pulp|cloudsmith/i;
const OWN_HEADERS = /^x-(?:jfrog|artifactory|harbor|gitlab|gitea)/;

/**
 * `distribution` for an error as docker-registry 2.8 and distribution 3.1 write it (tried on both): the version header, and a detail
 * object of `Tag`, `Name` and `Revision`, or `name`; 3.1 writes a sentence for the first two. Nexus puts a list there, Artifactory its own sentence. `product` for one that names
 * itself; undefined: it cannot be told.
 */
export function softwareOf(call: Call, answer: Answer): 'distribution' | 'product' | undefined {
  if (Object.keys(answer.headers).some((name) => OWN_HEADERS.test(name))) return 'product';
  if (OTHERS.test(`${answer.headers['server'] ?? ''} ${realmOf(call, answer)}`)) return 'product';
  if (answer.headers['docker-distribution-api-version']?.trim() !== 'registry/2.0') return undefined;
  return hasDistributionError(answer.body) ? 'distribution' : undefined;
}

/** Products write their name into the realm: `Sonatype Nexus Repository Manager`, `Artifactory Realm`. */
function realmOf(call: Call, answer: Answer): string {
  const asked = chooseChallenge(parseChallenges(answer.headers['www-authenticate'] ?? ''));
  const { challenge } = call.host;
  return `${asked?.realm ?? ''} ${challenge === undefined || challenge.value === 'none' ? '' : (challenge.value.realm ?? '')}`;
}
