/**
 * One registry answer read as what it says about the credential and the image. The token step of a Bearer registry tells more
 * than the manifest step: a token server hands out a token without the right instead of refusing
 * (distribution, spec/auth/token.md), so a 401 after a good token is a missing right, not a wrong password.
 */
import {
  type AccessAttempt,
  type AccessOutcome,
  isInTheClear,
  type RegistryAccess,
  type RegistryCredential,
} from '../evidence/registry-access.ts';
import type { AskedRow } from './diagnosis.ts';
import { tidy } from './words.ts';

export type Answer =
  | 'pullable'
  | 'unsupported'
  /** 404 for the manifest; which part is missing is settled by the tag list. */
  | 'missing'
  | 'no-right'
  /** 403 at the manifest although the token was fine. */
  | 'denied'
  /** 403 at the token server: a refused credential, or no right (GitLab, GHCR). */
  | 'denied-at-token'
  /** The token server granted pull, and the registry itself answered 401 to that very token. */
  | 'token-refused'
  /** The credential itself was refused. */
  | 'refused'
  /** Refused under Basic, which has one word for a wrong password and a missing right, and `/v2/` did not tell them apart. */
  | 'login-or-right'
  | 'expired'
  /** Anonymous, and a login is wanted. */
  | 'login-required'
  | 'source-blocked'
  /** The image is there, and a rule of the registry forbids pulling it. */
  | 'rule-blocked'
  | 'quota-full'
  | 'rate-limited'
  | 'server-error'
  | 'not-a-registry'
  | 'network'
  | 'not-asked';

/** Amazon ECR's sentence for a token past its 12 hours, and its like. */
const EXPIRED = /\b(?:token|credential|password|authorization)s?\s(?:[^.]{0,40}\s)?expired\b/i;
/** Amazon ECR's for one that it does not take, with the code of a missing right (ECR Public: status 400). */
const INVALID = /\bauthorization token is invalid\b/i;
const SOURCE =
  /\b(?:ip address|client ip|client with ip|source ip|allow ?list|firewall|network rules?|vpc endpoint)\b/i;
const QUOTA = /\bquota\s(?:[^.]{0,40}\s)?exceeded\b|\bexceed(?:s|ed)?\s(?:[^.]{0,40}\s)?quota\b/i;

/** The message without paths and addresses: a repository may be called anything, also `team/quota-exceeded`. */
function words(message: string): string {
  return message.slice(0, 2000).replaceAll(/\S*\/\S*/g, '…');
}

/** What this attempt says. */
export function readAttempt(attempt: AccessAttempt): Answer {
  const { outcome } = attempt;
  switch (outcome.kind) {
    case 'found':
      return 'pullable';
    case 'unsupported-manifest':
      return 'unsupported';
    case 'refused':
      return 'not-asked';
    case 'unauthorized':
    case 'denied':
      return readRefusal(attempt, outcome);
    case 'server-error':
      // For legal reasons (RFC 7725): a block by country or address, and the registry is well.
      return outcome.status === 451 ? 'source-blocked' : outcome.kind;
    case 'missing':
    case 'rate-limited':
    case 'not-a-registry':
    case 'network':
      return outcome.kind;
  }
}

type Refusal = Extract<AccessAttempt['outcome'], { kind: 'unauthorized' | 'denied' }>;

function readRefusal(attempt: AccessAttempt, outcome: Refusal): Answer {
  if (attempt.blocked) return 'rule-blocked';
  const told = inWords(attempt, outcome);
  if (told !== undefined) return told;
  if (isTokenRefused(attempt, outcome)) return 'token-refused';
  if (attempt.credential.kind === 'anonymous') return 'login-required';
  if (outcome.at === 'token') return outcome.kind === 'denied' ? 'denied-at-token' : 'refused';
  if (attempt.challenge.scheme === 'bearer') return grantsPull(attempt) === true ? 'denied' : withoutGrant(outcome);
  return attempt.challenge.scheme === 'basic' ? byLogin(attempt, outcome) : withoutChallenge(outcome);
}

/** What only the message tells; undefined: nothing beyond the code. */
function inWords({ credential }: AccessAttempt, outcome: Refusal): Answer | undefined {
  const said = words(outcome.message);
  if (credential.kind === 'password' && EXPIRED.test(said)) return 'expired';
  if (credential.kind === 'password' && INVALID.test(said)) return 'login-or-right';
  if (outcome.kind === 'denied' && QUOTA.test(said)) return 'quota-full';
  return outcome.kind === 'denied' && SOURCE.test(said) ? 'source-blocked' : undefined;
}

/**
 * The token server has settled who asks and what they may; a registry that answers 401 all the same does not believe its token
 * (distribution, docs/spec/auth/jwt.md: issuer, audience, signature, times). A missing right is a 403, or a token without pull.
 */
function isTokenRefused(attempt: AccessAttempt, { kind, at }: Refusal): boolean {
  return (
    kind === 'unauthorized' &&
    at === 'manifest' &&
    attempt.challenge.scheme === 'bearer' &&
    grantsPull(attempt) === true
  );
}

/** Basic: whether the password is good shows where no repository is named. */
function byLogin({ login }: AccessAttempt, outcome: Refusal): Answer {
  if (login === 'accepted') return 'no-right';
  if (login === 'rejected') return 'refused';
  return outcome.kind === 'denied' ? 'denied' : 'login-or-right';
}

function withoutChallenge(outcome: Refusal): Answer {
  return outcome.kind === 'denied' ? 'denied' : 'login-or-right';
}

function withoutGrant(outcome: Refusal): Answer {
  return outcome.kind === 'denied' ? 'denied' : 'no-right';
}

/** Whether the token grants pull; undefined when no token was given or it cannot be read. */
function grantsPull(attempt: AccessAttempt): boolean | undefined {
  const granted = attempt.token?.granted;
  return granted === undefined ? undefined : granted.includes('pull') || granted.includes('*');
}

/**
 * Whether this credential is proven to read the repository, so that its "not there" can be believed. An opaque token proves
 * nothing: some registries answer 404 for what they hide.
 */
export function canRead(attempt: AccessAttempt): boolean {
  const answer = readAttempt(attempt);
  if (answer === 'pullable' || answer === 'unsupported') return true;
  if (answer !== 'missing') return false;
  // This registry is known to answer a missing right otherwise.
  if (attempt.hides === null) return true;
  if (attempt.challenge.scheme === 'none') return attempt.software !== 'product';
  if (attempt.challenge.scheme === 'basic') {
    // Artifactory and Nexus answer 404 for what a login may not see; docker-registry knows no such rights.
    return attempt.credential.kind === 'password' && attempt.software === 'distribution';
  }
  return grantsPull(attempt) === true;
}

/** The attempts by who asked. */
export interface Attempts {
  /** With the credentials that the kubelet would use. */
  readonly pod: readonly AccessAttempt[];
  readonly anonymous: AccessAttempt | undefined;
  /** With credentials of ours: the bot's own, or a new one on trial. */
  readonly others: readonly AccessAttempt[];
  readonly all: readonly AccessAttempt[];
}

export function sortAttempts(access: RegistryAccess): Attempts {
  const by = (origin: string) =>
    access.attempts.filter(({ credential }) => credential.kind === 'password' && credential.origin === origin);
  return {
    pod: by('pull-secret'),
    anonymous: access.attempts.find(({ credential }) => credential.kind === 'anonymous'),
    others: [...by('bot'), ...by('new')],
    all: access.attempts,
  };
}

/** The further, the more the credential achieved: the kubelet tries them all, so the furthest decides. */
const PROGRESS: readonly Answer[] = [
  'not-asked',
  'network',
  'not-a-registry',
  'server-error',
  'refused',
  'expired',
  'login-required',
  'login-or-right',
  'denied-at-token',
  'source-blocked',
  'quota-full',
  'rate-limited',
  'token-refused',
  'no-right',
  'denied',
  'missing',
  'rule-blocked',
  'unsupported',
  'pullable',
];

/** The attempt that got furthest; the first among equals. */
export function furthest(attempts: readonly AccessAttempt[]): AccessAttempt | undefined {
  const rank = (attempt: AccessAttempt) => PROGRESS.indexOf(readAttempt(attempt));
  return attempts.reduce<AccessAttempt | undefined>(
    (best, attempt) => (best === undefined || rank(attempt) > rank(best) ? attempt : best),
    undefined,
  );
}

/** `anonymous`, `anonymous, over plain http`, or `bot-user (secret/regcred, entry ghcr.io)`: never the password. */
export function nameOf(credential: RegistryCredential): string {
  if (credential.kind === 'anonymous') return isInTheClear(credential) ? 'anonymous, over plain http' : 'anonymous';
  return `${credential.username === '' ? 'an empty user name' : `user ${credential.username}`} (${credential.source})`;
}

/** A registry that has sent its challenge, or a redirect, was reached; it is the host behind it that fails. */
export function whereOf({ host }: RegistryAccess, { challenge, way = [] }: AccessAttempt): string {
  const token = URL.parse(challenge.realm ?? '')?.host;
  const broken = way.find(({ state }) => state === 'failed')?.host ?? host;
  if (broken !== host && broken !== token) return `${tidy(broken)} (where ${host} sends whoever asks)`;
  return token === undefined || token === host ? host : `${tidy(token)} (the token server of ${host})`;
}

/** Why the registry was not asked, or what it answered that was not followed: the node knows no such caution. */
export function cautionWords(host: string, { reason, after }: Extract<AccessOutcome, { kind: 'refused' }>): string {
  const seen = {
    redirect: 'answered the bot with a redirect that it does not follow',
    realm: 'answered the bot, and sends it to a token server that it does not ask',
    answer: 'answered the bot with what it does not read',
  } as const;
  return after === undefined
    ? `the registry ${host} was not asked, for safety: ${tidy(reason)}`
    : `the registry ${host} ${seen[after]}, for safety: ${tidy(reason)}; the node may fare otherwise`;
}

/** Begins with a space; empty where the kubelet would try no more than what was tried. */
export function untriedWords({ untried }: RegistryAccess): string {
  return untried === undefined
    ? ''
    : ` The kubelet would try ${untried} more of the pod’s credentials, which the bot did not.`;
}

const ANSWER_WORDS: Readonly<Record<Answer, string>> = {
  pullable: 'image found',
  unsupported: 'manifest in an unsupported format',
  missing: 'not there (404)',
  'no-right': 'login accepted, no right to pull',
  denied: 'denied (403)',
  'denied-at-token': 'denied at the token server (403)',
  'token-refused': 'token granted, and refused by the registry itself',
  refused: 'login refused',
  'login-or-right': 'refused: wrong login, or no right',
  expired: 'token expired',
  'login-required': 'login wanted',
  'source-blocked': 'source address blocked',
  'rule-blocked': 'there, but a rule of the registry forbids pulling it',
  'quota-full': 'quota exceeded',
  'rate-limited': 'rate limited (429)',
  'server-error': 'registry error (5xx)',
  'not-a-registry': 'no registry answered',
  network: 'not reached',
  'not-asked': 'not asked, for safety',
};

/** The experiment as a table. */
export function rowsOf(access: RegistryAccess): AskedRow[] {
  return access.attempts.map((attempt) => ({
    credential: nameOf(attempt.credential),
    token: attempt.token === undefined ? '-' : `${attempt.token.status}${grantText(attempt)}`,
    manifest: attempt.status === undefined ? '-' : String(attempt.status),
    means: `${meaning(attempt)}${loginText(attempt)}`,
  }));
}

/** The same as lines: `credential: answer`. */
export function tableOf(access: RegistryAccess): string[] {
  return access.attempts.map((attempt) => {
    const token = attempt.token === undefined ? '' : `, token ${attempt.token.status}${grantText(attempt)}`;
    const status = attempt.status === undefined ? '' : `, manifest ${attempt.status}`;
    return `${nameOf(attempt.credential)}: ${meaning(attempt)}${token}${status}${loginText(attempt)}`;
  });
}

function meaning(attempt: AccessAttempt): string {
  const isAnswered = attempt.outcome.kind === 'refused' && attempt.outcome.after !== undefined;
  return isAnswered ? 'answered, and not followed for safety' : ANSWER_WORDS[readAttempt(attempt)];
}

function loginText({ login }: AccessAttempt): string {
  return login === undefined ? '' : `, login at /v2/ ${login}`;
}

function grantText(attempt: AccessAttempt): string {
  const granted = attempt.token?.granted;
  return granted === undefined ? '' : ` granting [${granted.join(', ')}]`;
}
