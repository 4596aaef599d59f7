/** A registry's answer in a few words, for refusals and results. */
import type { AccessOutcome } from '../../evidence/registry-access.ts';

/** Never quotes more than the registry's own short message. */
export function outcomeSentence(outcome: AccessOutcome): string {
  switch (outcome.kind) {
    case 'found':
      return 'the registry has it';
    case 'missing':
      return `the registry says it does not exist${outcome.code ? ` (${outcome.code})` : ''}`;
    case 'unauthorized':
      return outcome.at === 'token'
        ? 'the registry rejects the user name or password'
        : 'the registry does not accept these credentials for this repository';
    case 'denied':
      return `the registry forbids it${outcome.code ? ` (${outcome.code})` : ''}`;
    case 'rate-limited':
      return 'the registry limits the rate (429)';
    case 'server-error':
      return `the registry has an error of its own (${outcome.status})`;
    case 'not-a-registry':
      return `what answers is not a registry (${outcome.contentType || 'no content type'})`;
    case 'unsupported-manifest':
      return `the image has a format that current runtimes refuse (${outcome.mediaType})`;
    case 'network':
      return `the registry cannot be reached (${outcome.fault})`;
    case 'refused':
      return `${outcome.after === undefined ? 'it was not asked' : 'its answer was not followed'}, for safety: ${outcome.reason}`;
  }
}

/** Our own caution or settings, which the node does not share: it may trust another authority, or ask another scheme. */
export function isOurs(outcome: AccessOutcome): boolean {
  if (outcome.kind === 'refused') return true;
  return outcome.kind === 'network' && (outcome.fault === 'tls-untrusted' || outcome.fault === 'http-vs-https');
}
