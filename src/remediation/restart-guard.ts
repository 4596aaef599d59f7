/** Would a new pod pull all of its images now? Asked before a restart is offered, of everything that was looked at. Pure. */

import { familyOf } from '../diagnosis/catalogue.ts';
import type { Cause } from '../diagnosis/cause.ts';
import type { Finding } from '../diagnosis/check.ts';
import { lateTrouble } from '../diagnosis/late-account.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import type { AccessAttempt } from '../evidence/registry-access.ts';
import { CUT_OFF } from '../image/pull-error.ts';
import { isOurs, outcomeSentence } from './execute/outcome-sentence.ts';

/** One container as it was seen and judged. */
export interface LookedAt {
  readonly findings: readonly Finding[];
  readonly evidence: Evidence;
}

/**
 * Faults that pass by themselves: once the registry answers again, a pull would succeed. A wrong proxy does not, so that this is not
 * what makes a registry look out of reach.
 */
export const PASSING: ReadonlySet<Cause> = new Set<Cause>([
  ...CUT_OFF,
  'registry-error',
  'registry-down',
  'registry-unreachable',
  'cancelled-or-deadline',
  'dns-failure',
  'backoff-only',
]);

/** `IMAGE would fail now (why)` for the first that would; undefined where nothing says so. `images`: of the template, by container. */
export function wouldFail(
  cases: readonly LookedAt[],
  images: Readonly<Record<string, string>>,
  pod: string | undefined,
): string | undefined {
  for (const { findings, evidence } of cases) {
    const container = valueOf(evidence.container);
    if (container === undefined || container.role === 'ephemeral') continue;
    // A pod of an older revision says nothing about the images that new ones get.
    const counts = valueOf(evidence.pod)?.name === pod || images[container.name] === container.image;
    const why = counts ? troubleOf(findings, evidence) : undefined;
    if (why !== undefined) return `${container.image} would fail now (${why})`;
  }
  return undefined;
}

/** The pod brings no secret, its service account has one now: made before it was attached. */
export function secretCameLater(evidence: Evidence): boolean {
  const pod = valueOf(evidence.pod);
  const account = valueOf(evidence.serviceAccount);
  return pod?.imagePullSecrets.length === 0 && (account?.imagePullSecrets.length ?? 0) > 0;
}

/** Was the image shown to whoever the kubelet asks as? */
export function canPullNow(evidence: Evidence): boolean {
  return asKubelet(evidence).some(({ outcome }) => outcome.kind === 'found');
}

function troubleOf(findings: readonly Finding[], evidence: Evidence): string | undefined {
  const isLate = secretCameLater(evidence);
  const trouble = isLate ? lateTrouble(evidence) : undefined;
  if (trouble !== undefined) return `${trouble.causes[0]}: ${trouble.says}`;
  const lasting = findings.find(
    ({ cause, confidence }) => confidence !== 'possible' && stopsPulls(cause) && !(isLate && isOfLogin(cause)),
  );
  if (lasting !== undefined) return lasting.cause;
  const refused = refusal(evidence);
  if (refused === undefined) return undefined;
  const told = findings.find(({ cause, confidence }) => confidence !== 'possible' && PASSING.has(cause));
  return told?.cause ?? outcomeSentence(refused.outcome);
}

/** An old image or a crash is no pull; what passes by itself is over where the registry shows the image. */
function stopsPulls(cause: Cause): boolean {
  return !PASSING.has(cause) && cause !== 'stale-cached-image' && !['none', 'application'].includes(familyOf(cause));
}

/** What a new pod, with the account's Secret, is judged by that Secret's own answer. */
function isOfLogin(cause: Cause): boolean {
  return familyOf(cause) === 'credentials' || cause === 'not-found-or-unauthorized';
}

/** The answer that the kubelet would get; undefined where it gets the image, or nobody can say. */
function refusal(evidence: Evidence): AccessAttempt | undefined {
  const attempts = asKubelet(evidence);
  if (canPullNow(evidence) || attempts.some(({ outcome }) => isOurs(outcome))) return undefined;
  const last = attempts.at(-1);
  const wantsLogin = last?.outcome.kind === 'unauthorized' || last?.outcome.kind === 'denied';
  // The node may have a login of its own, which cannot be seen; where it has none, a finding says so.
  return wantsLogin && last.credential.kind === 'anonymous' ? undefined : last;
}

/** With the pod's own logins; as nobody where it has none. */
function asKubelet(evidence: Evidence): readonly AccessAttempt[] {
  const attempts = valueOf(evidence.registryAccess)?.attempts ?? [];
  const own = attempts.filter(
    ({ credential }) => credential.kind === 'password' && credential.origin === 'pull-secret',
  );
  return own.length > 0 ? own : attempts.filter(({ credential }) => credential.kind === 'anonymous');
}
