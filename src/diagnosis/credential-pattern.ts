/**
 * The decision table: the pattern of registry answers by credential -> a cause. The kubelet tries every matching credential and
 * makes no anonymous attempt after one was refused; without any it asks as nobody.
 */
import { type AccessAttempt, isInTheClear, type RegistryAccess } from '../evidence/registry-access.ts';
import { tagReader } from '../evidence/tag-reader.ts';
import type { PullErrorKind } from '../image/pull-error.ts';
import type { Cause } from './cause.ts';
import type { Confidence } from './check.ts';
import { type Answer, canRead, cautionWords, furthest, readAttempt, sortAttempts } from './registry-answers.ts';

export type Pattern =
  /** The credential works for this repository; `attempt` shows it. */
  | { readonly kind: 'accepted'; readonly attempt: AccessAttempt }
  | {
      readonly kind: 'cause';
      readonly cause: Cause;
      readonly confidence: Confidence;
      readonly alternatives: readonly Cause[];
      readonly attempt: AccessAttempt;
    }
  /** The answers do not decide about credentials; `reason` says why. */
  | { readonly kind: 'open'; readonly reason: string };

export interface PatternFacts {
  readonly access: RegistryAccess;
  /** As the image names it, for the words. */
  readonly repository?: string;
  /** What the node's message says, where one was read. */
  readonly said?: PullErrorKind;
  /** The tag list was answered to somebody: the repository exists. */
  readonly repositoryListed?: boolean;
  /** How old the deciding Secret was at the newest instant known, ms; `exact` when its last write is known. */
  readonly age?: { readonly ms: number; readonly exact: boolean };
  /** When that refusal was, ms: the newest pull error, else when the registry was asked. */
  readonly at?: number;
}

/** Amazon ECR tokens live 12 hours (GetAuthorizationToken, `expiresAt`). */
const ECR_LIFE_MS = 12 * 3_600_000;
const ECR_HOST = /\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/i;
/** Hosts where the node usually has an identity of its own, which cannot be seen from the API server. */
const NODE_IDENTITY = /\.azurecr\.io$|(?:^|\.)gcr\.io$|-docker\.pkg\.dev$|\.dkr[.-]ecr/i;

/** Amazon ECR's private registries. */
export function isEcr(host: string): boolean {
  return ECR_HOST.test(host);
}

/** Why no credential of the pod was tried, although it has some; undefined where that is not so. */
export function keptBack({ attempts, untried }: RegistryAccess): string | undefined {
  const isClear = attempts.some(({ credential }) => isInTheClear(credential));
  return isClear && untried !== undefined ? 'no credential is shown to a registry without TLS' : undefined;
}

export function credentialPattern(facts: PatternFacts): Pattern {
  const pattern = decide(facts);
  // Another credential of the pod may do what this one cannot; only a rule about the image stands for whoever asks.
  const isOpen = facts.access.untried !== undefined && pattern.kind === 'cause' && pattern.cause !== 'forbidden';
  return isOpen && pattern.confidence === 'certain' ? { ...pattern, confidence: 'likely' } : pattern;
}

function decide(facts: PatternFacts): Pattern {
  const { pod, anonymous } = sortAttempts(facts.access);
  const asKubelet = pod.length > 0 ? pod : anonymous === undefined ? [] : [anonymous];
  const best = furthest(asKubelet);
  if (best === undefined) return { kind: 'open', reason: 'the registry was not asked as the kubelet would ask it' };
  const answer = readAttempt(best);
  if (answer === 'pullable' || answer === 'unsupported') return { kind: 'accepted', attempt: best };
  if (answer === 'missing') return missing(best, facts);
  if (answer === 'network') return { kind: 'open', reason: 'the registry could not be reached to try the credentials' };
  if (best.outcome.kind === 'refused') {
    return { kind: 'open', reason: cautionWords(facts.access.host, best.outcome) };
  }
  return registryFault(answer, best, facts) ?? refusal(answer, best, facts);
}

function missing(best: AccessAttempt, { access, repositoryListed }: PatternFacts): Pattern {
  if (access.attempts.some((attempt) => readAttempt(attempt) === 'pullable')) {
    // Somebody else gets the image: this login is shown a 404 instead of a refusal.
    const confidence = canRead(best) ? 'likely' : 'certain';
    const hidden = best.credential.kind === 'anonymous' ? 'credentials-required' : 'permission-denied';
    return { kind: 'cause', cause: hidden, confidence, alternatives: [], attempt: best };
  }
  const listed = repositoryListed === true && tagReader(access) === best;
  if (canRead(best) || listed) return { kind: 'accepted', attempt: best };
  return {
    kind: 'open',
    reason:
      'the registry answered "not there", which may hide a missing right: nothing proves that this login can read here',
  };
}

const FAULTS: Partial<Record<Answer, PullErrorKind>> = {
  'rate-limited': 'rate-limited',
  'server-error': 'registry-error',
  'quota-full': 'registry-error',
  'token-refused': 'registry-error',
  'not-a-registry': 'non-registry-response',
  'source-blocked': 'source-blocked',
};

/** Faults of the registry are seen from the bot's place: certain only where the node says the same. */
function registryFault(answer: Answer, attempt: AccessAttempt, facts: PatternFacts): Pattern | undefined {
  if (answer === 'rule-blocked') return ruled(attempt);
  const cause = FAULTS[answer];
  if (cause === undefined) return undefined;
  const confidence = facts.said === cause ? 'certain' : 'likely';
  return { kind: 'cause', cause, confidence, alternatives: [], attempt };
}

/** Rules are about the image, so who asks makes no difference and existence is not in doubt. */
function ruled(attempt: AccessAttempt): Pattern {
  return { kind: 'cause', cause: 'forbidden', confidence: 'certain', alternatives: [], attempt };
}

function refusal(answer: Answer, attempt: AccessAttempt, facts: PatternFacts): Pattern {
  const { anonymous } = sortAttempts(facts.access);
  const cause: Name = (name, confidence, alternatives = []) => ({
    kind: 'cause',
    cause: name,
    confidence,
    alternatives,
    attempt,
  });
  if (answer === 'login-required') return loginRequired(attempt, facts, cause);
  if (anonymous !== undefined && readAttempt(anonymous) === 'pullable') return cause('stale-credentials', 'certain');
  if (answer === 'expired') return cause('credentials-expired', 'certain');
  const hides = attempt.hides === 'missing-or-forbidden';
  if (isLoginRefused(answer) && !hides) return loginRefused(answer, { ...facts, attempt }, cause);
  if (someoneElseReads(facts)) {
    // A registry that has one word for both may mean the password: only a login known to be good lacks the right for certain.
    return isBasic(attempt) && answer !== 'no-right'
      ? cause('permission-denied', 'likely', ['credentials-rejected'])
      : cause('permission-denied', 'certain');
  }
  return existenceOpen(answer, attempt, cause);
}

/** Refused, and nothing shows that the repository exists. */
function existenceOpen(answer: Answer, attempt: AccessAttempt, cause: Name): Pattern {
  const hides = attempt.hides === 'missing-or-forbidden';
  if (isBasic(attempt) && answer === 'no-right' && !hides) {
    return cause('permission-denied', 'likely', ['repository-not-found', 'source-blocked']);
  }
  const login: readonly Cause[] = isBasic(attempt) && answer !== 'no-right' ? ['credentials-rejected'] : [];
  if (answer === 'no-right' || hides) {
    return cause('not-found-or-unauthorized', 'likely', ['permission-denied', 'repository-not-found', ...login]);
  }
  return cause('permission-denied', 'likely', ['source-blocked', 'repository-not-found', ...login]);
}

function isBasic({ challenge }: AccessAttempt): boolean {
  return challenge.scheme === 'basic';
}

type LoginRefused = 'refused' | 'login-or-right' | 'denied-at-token';

function isLoginRefused(answer: Answer): answer is LoginRefused {
  return answer === 'refused' || answer === 'login-or-right' || answer === 'denied-at-token';
}

/** 401 at the token server (or at `/v2/` for Basic) is the credential itself; other refusals may be a missing right as well. */
function loginRefused(
  answer: LoginRefused,
  facts: PatternFacts & { readonly attempt: AccessAttempt },
  cause: Name,
): Pattern {
  const lapse = lapsed(facts.attempt, facts);
  if (lapse !== undefined) {
    return lapse === 'surely' && answer === 'refused'
      ? cause('credentials-expired', 'certain')
      : cause('credentials-expired', 'likely', ['credentials-rejected', ...(answer === 'refused' ? [] : RIGHT)]);
  }
  if (answer === 'refused') return cause('credentials-rejected', 'certain');
  if (answer === 'login-or-right') {
    const nothing: readonly Cause[] = someoneElseReads(facts) ? [] : ['repository-not-found'];
    return cause('credentials-rejected', 'likely', ['permission-denied', ...nothing]);
  }
  return someoneElseReads(facts)
    ? cause('permission-denied', 'likely', ['credentials-rejected'])
    : cause('credentials-rejected', 'likely', ['permission-denied', 'repository-not-found']);
}

const RIGHT: readonly Cause[] = ['permission-denied'];

/**
 * Did the password run out before it was refused? By its own date, or because an Amazon ECR token was written longer ago than it lives
 * (their user name is always AWS). `perhaps`: the Secret's last write is not known, only its birth.
 */
function lapsed({ credential }: AccessAttempt, { access, age, at }: PatternFacts): 'surely' | 'perhaps' | undefined {
  if (credential.kind === 'anonymous') return undefined;
  if (credential.expiresAt !== undefined && at !== undefined) {
    return credential.expiresAt <= at ? 'surely' : undefined;
  }
  const isEcrToken = isEcr(access.host) && credential.username === 'AWS';
  if (!isEcrToken || age === undefined || age.ms < ECR_LIFE_MS) return undefined;
  return age.exact ? 'surely' : 'perhaps';
}

type Name = (name: Cause, confidence: Confidence, alternatives?: readonly Cause[]) => Pattern;

function loginRequired(attempt: AccessAttempt, facts: PatternFacts, cause: Name): Pattern {
  const nodeMayLogIn = NODE_IDENTITY.test(facts.access.host);
  const asksEveryone = attempt.challenge.scheme === 'basic' && attempt.outcome.kind === 'unauthorized';
  if (asksEveryone || someoneElseReads(facts)) {
    return nodeMayLogIn
      ? cause('credentials-required', 'likely', ['credential-provider-failed', 'permission-denied'])
      : cause('credentials-required', 'certain');
  }
  return cause('not-found-or-unauthorized', 'likely', ['credentials-required', 'repository-not-found']);
}

/** A login other than the kubelet's is proven to read the repository: so it exists. */
function someoneElseReads(facts: PatternFacts): boolean {
  if (facts.repositoryListed) return true;
  // Amazon's own API has the repository.
  if (facts.access.attempts.some(({ described: seen }) => seen !== undefined && seen.kind !== 'repository-not-found')) {
    return true;
  }
  const answers = sortAttempts(facts.access).others.map((attempt) => readAttempt(attempt));
  return answers.some((answer) => answer === 'pullable' || answer === 'unsupported');
}
