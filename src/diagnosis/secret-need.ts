/** Does this image need a login? A missing Secret is noise when the image is public or the pull fails for another reason. */
import type { EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { familyOf } from './catalogue.ts';
import { credentialPattern } from './credential-pattern.ts';
import { canRead, readAttempt, sortAttempts } from './registry-answers.ts';

/** `proven`: the registry wants one from everybody, or shows the image to somebody. `probable`: it refuses nobody-in-particular, which may also hide that nothing is there. */
export type Need = 'none' | 'proven' | 'probable' | 'unknown';

export function needOf({ registryAccess, pullFailure }: EvidenceView<'registryAccess' | 'pullFailure'>): Need {
  const access = valueOf(registryAccess);
  const said = valueOf(pullFailure)?.classification.kind;
  const anonymous = access === undefined ? undefined : sortAttempts(access).anonymous;
  if (access !== undefined && anonymous !== undefined) {
    const answer = readAttempt(anonymous);
    if (answer === 'pullable' || answer === 'unsupported' || canRead(anonymous)) return 'none';
    if (answer === 'login-required') {
      const pattern = credentialPattern({ access: { ...access, attempts: access.attempts.filter(isNotPods) } });
      return pattern.kind === 'cause' && pattern.cause === 'credentials-required' && pattern.confidence === 'certain'
        ? 'proven'
        : 'probable';
    }
  }
  return said !== undefined && familyOf(said) === 'credentials' ? 'probable' : 'unknown';
}

function isNotPods({
  credential,
}: {
  readonly credential: { readonly kind: string; readonly origin?: string };
}): boolean {
  return credential.origin !== 'pull-secret';
}
