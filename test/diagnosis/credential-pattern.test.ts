/** The decision table, row by row: who asked x what was answered -> what it means. */
import { describe, expect, it } from '@jest/globals';
import { credentialPattern, isEcr, type PatternFacts } from '../../src/diagnosis/credential-pattern.ts';
import type { AccessAttempt, AccessOutcome, RegistryCredential } from '../../src/evidence/registry-access.ts';
import {
  anyone,
  attempt,
  bearer,
  botLogin,
  denied,
  distribution,
  found,
  goodPassword,
  HOST,
  missing,
  noName,
  noToken,
  podLogin,
  refusedConnection,
  wrongLogin,
  wrongPassword,
} from './support.ts';

const told = (message: string, at: 'token' | 'manifest' = 'manifest'): AccessOutcome => ({
  kind: 'denied',
  at,
  code: 'DENIED',
  message,
});
const basic = (who: RegistryCredential, outcome: AccessOutcome) => attempt(who, outcome);
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const HOUR = 3_600_000;

function decide(attempts: readonly AccessAttempt[], more: Partial<PatternFacts> = {}, host = HOST): string {
  const pattern = credentialPattern({ access: { host, attempts }, ...more });
  return pattern.kind === 'cause' ? `${pattern.cause} ${pattern.confidence}` : pattern.kind;
}

describe('one credential of the pod', () => {
  const none = bearer(200, []);
  const pull = bearer(200, ['pull']);
  it.each([
    ['Basic, found', basic(podLogin, found), 'accepted'],
    ['Basic, unsupported format', basic(podLogin, { kind: 'unsupported-manifest', mediaType: 'schema 1' }), 'accepted'],
    ['Basic, 404', basic(podLogin, missing), 'open'],
    ['Basic, 404 of docker-registry', attempt(podLogin, missing, distribution), 'accepted'],
    ['Basic, 401', basic(podLogin, wrongLogin), 'credentials-rejected likely'],
    ['Basic, 401, login refused', attempt(podLogin, wrongLogin, wrongPassword), 'credentials-rejected certain'],
    ['Basic, 401, login accepted', attempt(podLogin, wrongLogin, goodPassword), 'permission-denied likely'],
    ['Basic, 403', basic(podLogin, denied), 'permission-denied likely'],
    ['Basic, 403, login refused', attempt(podLogin, denied, wrongPassword), 'credentials-rejected certain'],
    ['Basic, 403, login accepted', attempt(podLogin, denied, goodPassword), 'permission-denied likely'],
    ['Bearer, 401 at the realm', attempt(podLogin, noToken, bearer(401)), 'credentials-rejected certain'],
    [
      'Bearer, 403 at the realm',
      attempt(podLogin, told('access forbidden', 'token'), bearer(403)),
      'credentials-rejected likely',
    ],
    ['Bearer, no action granted, 401', attempt(podLogin, wrongLogin, none), 'not-found-or-unauthorized likely'],
    ['Bearer, opaque token, 401', attempt(podLogin, wrongLogin, bearer(200)), 'not-found-or-unauthorized likely'],
    ['Bearer, pull granted, 401', attempt(podLogin, wrongLogin, pull), 'registry-error likely'],
    ['Bearer, pull granted to anybody, 401', attempt(anyone, wrongLogin, pull), 'registry-error likely'],
    ['Bearer, pull granted, 404', attempt(podLogin, missing, pull), 'accepted'],
    ['Bearer, pull granted, NAME_UNKNOWN', attempt(podLogin, noName, pull), 'accepted'],
    ['Bearer, nothing granted, 404', attempt(podLogin, missing, none), 'open'],
    ['Bearer, opaque token, 404', attempt(podLogin, missing, bearer(200)), 'open'],
    ['Bearer, pull granted, found', attempt(podLogin, found, pull), 'accepted'],
    [
      'Bearer, pull granted, 429',
      attempt(podLogin, { kind: 'rate-limited', message: '' }, pull),
      'rate-limited likely',
    ],
    ['Bearer, pull granted, 403', attempt(podLogin, denied, pull), 'permission-denied likely'],
    ['503', basic(podLogin, { kind: 'server-error', status: 503, message: '' }), 'registry-error likely'],
    [
      'HTML',
      basic(podLogin, { kind: 'not-a-registry', status: 200, contentType: 'text/html' }),
      'non-registry-response likely',
    ],
    ['quota', basic(podLogin, told('Quota has been exceeded on namespace')), 'registry-error likely'],
    ['address', basic(podLogin, told('client with IP 1.2.3.4 is not allowed access')), 'source-blocked likely'],
    ['not reached', basic(podLogin, refusedConnection), 'open'],
    ['not asked', basic(podLogin, { kind: 'refused', reason: 'link-local' }), 'open'],
  ])('%s', (_row, answer, expected) => {
    expect(decide([answer])).toBe(expected);
  });

  it('the registry’s own faults are certain where the node reports them too', () => {
    const limited = basic(podLogin, { kind: 'rate-limited', message: '' });
    expect(decide([limited], { said: 'rate-limited' })).toBe('rate-limited certain');
    expect(decide([limited], { said: 'unauthorized' })).toBe('rate-limited likely');
  });
});

describe('compared with others', () => {
  const refusals = [
    basic(podLogin, wrongLogin),
    attempt(podLogin, noToken, bearer(401)),
    attempt(podLogin, wrongLogin, bearer(200, [])),
    basic(podLogin, denied),
  ];

  it.each(refusals)('anonymous gets it: the stored credential spoils a public image (%#)', (refusal) => {
    expect(decide([refusal, attempt(anyone, found)])).toBe('stale-credentials certain');
  });

  it('the bot reads it: the login is good and lacks the right', () => {
    const bot = attempt(botLogin, found);
    expect(decide([attempt(podLogin, wrongLogin, bearer(200, [])), bot])).toBe('permission-denied certain');
    expect(decide([attempt(podLogin, denied, goodPassword), bot])).toBe('permission-denied certain');
    expect(decide([attempt(podLogin, wrongLogin, goodPassword), bot])).toBe('permission-denied certain');
    expect(decide([basic(podLogin, denied), bot])).toBe('permission-denied likely');
    expect(decide([attempt(podLogin, wrongLogin, wrongPassword), bot])).toBe('credentials-rejected certain');
    expect(decide([basic(podLogin, wrongLogin), bot])).toBe('credentials-rejected likely');
    expect(decide([attempt(podLogin, told('', 'token'), bearer(403)), bot])).toBe('permission-denied likely');
    expect(decide([attempt(podLogin, missing, bearer(200, [])), bot])).toBe('permission-denied certain');
  });

  it('a tag list that was answered proves the repository', () => {
    expect(decide([attempt(podLogin, wrongLogin, bearer(200, []))], { repositoryListed: true })).toBe(
      'permission-denied certain',
    );
  });

  it('one good credential among bad ones is enough for the kubelet', () => {
    expect(decide([basic(podLogin, wrongLogin), basic(podLogin, found), attempt(anyone, wrongLogin)])).toBe('accepted');
  });

  it('the anonymous refusal does not vote beside a credential', () => {
    expect(decide([attempt(anyone, wrongLogin), basic(podLogin, missing)], { repositoryListed: true })).toBe(
      'accepted',
    );
  });

  it('a tag list that another login was given proves nothing about this one', () => {
    const listed = attempt(botLogin, missing, bearer(200, ['pull']));
    expect(decide([basic(podLogin, missing), listed], { repositoryListed: true })).toBe('open');
  });

  it('of two refused logins the good one decides', () => {
    const wrong = attempt(podLogin, wrongLogin, wrongPassword);
    const right = attempt(podLogin, wrongLogin, goodPassword);
    expect(decide([wrong, right])).toBe('permission-denied likely');
  });
});

describe('without a credential', () => {
  it.each([
    ['public', [attempt(anyone, found)], 'accepted'],
    ['open registry, 404', [attempt(anyone, missing, { challenge: { scheme: 'none' } })], 'accepted'],
    ['Basic wants a login from everybody', [attempt(anyone, wrongLogin)], 'credentials-required certain'],
    ['the token server refuses nobody', [attempt(anyone, noToken, bearer(401))], 'not-found-or-unauthorized likely'],
    ['an empty token', [attempt(anyone, wrongLogin, bearer(200, []))], 'not-found-or-unauthorized likely'],
    [
      'an empty token, the bot reads',
      [attempt(anyone, wrongLogin, bearer(200, [])), attempt(botLogin, found)],
      'credentials-required certain',
    ],
    ['only the bot asked', [attempt(botLogin, found)], 'open'],
    ['nobody asked', [], 'open'],
  ])('%s', (_row, attempts, expected) => {
    expect(decide(attempts)).toBe(expected);
  });

  it('on a cloud registry the node may log in by itself, unseen', () => {
    expect(decide([attempt(anyone, wrongLogin)], {}, ECR)).toBe('credentials-required likely');
    expect(decide([attempt(anyone, wrongLogin)], {}, 'team.azurecr.io')).toBe('credentials-required likely');
  });
});

describe('expiry', () => {
  it('by the registry’s own words', () => {
    const expired = told('Your authorization token has expired. Reauthenticate and try again.');
    expect(decide([basic(podLogin, expired)], {}, ECR)).toBe('credentials-expired certain');
  });

  it('not by a repository that is called so', () => {
    for (const name of ['team/token-expired', 'token-expired', 'team/the-token/expired', 'quota-exceeded']) {
      expect(decide([basic(podLogin, told(`access to ${name} is denied`))])).toBe('permission-denied likely');
    }
  });

  const aws: RegistryCredential = podLogin.kind === 'password' ? { ...podLogin, username: 'AWS' } : podLogin;
  const until = (expiresAt: number): RegistryCredential =>
    podLogin.kind === 'password' ? { ...podLogin, expiresAt } : podLogin;

  it('by the token’s own date, where it was refused after it', () => {
    const rejected = (expiresAt: number) => [attempt(until(expiresAt), wrongLogin, wrongPassword)];
    expect(decide(rejected(1000), { at: 2000 })).toBe('credentials-expired certain');
    expect(decide(rejected(3000), { at: 2000 })).toBe('credentials-rejected certain');
    expect(decide(rejected(1000))).toBe('credentials-rejected certain');
    // A refusal that may be a missing right as well leaves that open.
    expect(decide([basic(until(1000), wrongLogin)], { at: 2000 })).toBe('credentials-expired likely');
    expect(decide([attempt(until(1000), found)], { at: 2000 })).toBe('accepted');
    // Its own date is nearer to the truth than the age of the Secret.
    const young = [attempt({ ...until(9e12), username: 'AWS' } as RegistryCredential, wrongLogin, wrongPassword)];
    expect(decide(young, { at: 2000, age: { ms: 13 * HOUR, exact: true } }, ECR)).toBe('credentials-rejected certain');
  });

  it('by the age of an ECR token, as sure as the age is known', () => {
    const refused = [attempt(aws, wrongLogin, wrongPassword)];
    expect(decide(refused, { age: { ms: 13 * HOUR, exact: true } }, ECR)).toBe('credentials-expired certain');
    expect(decide(refused, { age: { ms: 13 * HOUR, exact: false } }, ECR)).toBe('credentials-expired likely');
    expect(decide(refused, { age: { ms: 2 * HOUR, exact: true } }, ECR)).toBe('credentials-rejected certain');
    expect(decide(refused, { age: { ms: 13 * HOUR, exact: true } })).toBe('credentials-rejected certain');
    const another = [attempt(podLogin, wrongLogin, wrongPassword)];
    expect(decide(another, { age: { ms: 13 * HOUR, exact: true } }, ECR)).toBe('credentials-rejected certain');
  });

  it('knows Amazon’s private registries, not their lookalikes', () => {
    expect(isEcr(ECR)).toBe(true);
    expect(isEcr('123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com')).toBe(true);
    expect(isEcr(`${ECR}.evil.example`)).toBe(false);
  });
});
