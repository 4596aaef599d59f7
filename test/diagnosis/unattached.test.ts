/** What is said of Secrets that a pod does not use is as sure as what was seen of them; advice follows. */
import { describe, expect, it } from '@jest/globals';
import { adviceFor } from '../../src/diagnosis/advice.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { absent, observed } from '../../src/evidence/observation.ts';
import { isNearName, type UnattachedSecret } from '../../src/evidence/unattached-secrets.ts';
import {
  access,
  anyone,
  aPod,
  attempt,
  diagnose,
  evidence,
  failure,
  found,
  goodPassword,
  keyring,
  missing,
  NOW,
  noSecretRight,
  podLogin,
  refusedConnection,
  verdictOf,
  wrongLogin,
  wrongPassword,
} from './support.ts';

const one: UnattachedSecret = {
  namespace: 'staging',
  name: 'reg-cred',
  type: 'kubernetes.io/dockerconfigjson',
  fit: 'matches',
  reason: '',
};

function told(here: readonly UnattachedSecret[], more: Partial<Evidence> = {}) {
  const unattachedSecrets = observed({ here, others: here.length, truncated: false, elsewhere: observed([]) });
  const given = evidence({
    pod: observed({ ...aPod, imagePullSecrets: [] }),
    pullSecrets: observed([]),
    keyring: observed(keyring(false)),
    registryAccess: access(attempt(anyone, wrongLogin)),
    pullFailure: observed(failure('unauthorized')),
    unattachedSecrets,
    ...more,
  });
  return { verdict: verdictOf(given), findings: diagnose(given).findings };
}

describe('a Secret that the pod does not use', () => {
  it('was tried and opens the registry: certain', () => {
    expect(told([{ ...one, answer: found }]).verdict).toMatchObject({
      cause: 'pull-secret-not-attached',
      confidence: 'certain',
      alternatives: [],
    });
  });

  it('could not be tried: likely, after what is certain, and the advice is to try it', () => {
    for (const answer of [undefined, refusedConnection, missing]) {
      const { verdict, findings } = told([answer === undefined ? one : { ...one, answer }]);
      expect(verdict).toMatchObject({ cause: 'credentials-required', confidence: 'certain' });
      const second = findings.find(({ cause }) => cause === 'pull-secret-not-attached');
      expect(second).toMatchObject({ confidence: 'likely', fix: expect.stringContaining('try it first') });
    }
  });

  it('has an entry that can never match: only possible', () => {
    const { verdict, findings } = told([{ ...one, fit: 'never', reason: 'its port is not the image’s' }]);
    expect(verdict.cause).toBe('credentials-required');
    expect(findings[1]).toMatchObject({ cause: 'pull-secret-wrong-registry', confidence: 'possible' });
  });

  it('is refused or broken: nothing is blamed on it', () => {
    const { findings } = told([
      { ...one, answer: wrongLogin },
      { ...one, name: 'torn', fit: 'broken', reason: 'it is not JSON' },
    ]);
    expect(findings.map(({ cause }) => cause)).toEqual(['credentials-required']);
  });

  it('may not be looked for: the verdict stands', () => {
    expect(told([], { unattachedSecrets: noSecretRight }).findings.map(({ cause }) => cause)).toEqual([
      'credentials-required',
    ]);
  });

  it('near names are one slip apart, and short ones never', () => {
    for (const name of ['reg-cred', 'regcreds', 'regcrde', 'regcre', 'REGCRED']) {
      expect([name, isNearName(name, 'regcred')]).toEqual([name, true]);
    }
    for (const name of ['regcred', 'ghcr-login', 'regcredXX', 'db']) expect(isNearName(name, 'regcred')).toBe(false);
    expect(isNearName('ab', 'ac')).toBe(false);
  });
});

describe('advice', () => {
  it('is to find out first, while a cause is not proven', () => {
    const sure = adviceFor({ cause: 'permission-denied', confidence: 'certain' });
    const unsure = adviceFor({ cause: 'permission-denied', confidence: 'likely' });
    expect([sure.startsWith('Grant'), unsure.startsWith('Find out first')]).toEqual([true, true]);
    const hidden = evidence({
      pullFailure: observed(failure('unauthorized')),
      registryAccess: access(attempt(podLogin, wrongLogin, goodPassword)),
    });
    expect(verdictOf(hidden)).toMatchObject({ cause: 'permission-denied', confidence: 'likely' });
    expect(verdictOf(hidden).summary).toContain('Find out first whether the repository exists');
  });

  it('a rejected password is told with the age of its Secret, an expired one with its date', () => {
    const rejected = (more: object) => {
      const credential = { ...podLogin, ...more } as typeof podLogin;
      return verdictOf(
        evidence({
          pullFailure: observed(failure('unauthorized')),
          registryAccess: access(attempt(credential, wrongLogin, wrongPassword), attempt(anyone, wrongLogin)),
        }),
      );
    };
    expect(rejected({})).toMatchObject({
      cause: 'credentials-rejected',
      summary: expect.stringContaining('last written 24h before this refusal.'),
    });
    expect(rejected({ expiresAt: NOW - 60_000 })).toMatchObject({
      cause: 'credentials-expired',
      confidence: 'certain',
      summary: expect.stringContaining('the token says itself that it ran out at 2026-'),
    });
    expect(rejected({ onlyToken: true }).summary).toContain('identitytoken');
    expect(rejected({ padded: 'password' }).summary).toContain(
      'The stored password begins or ends with a space or line break',
    );
    expect(rejected({}).summary).not.toContain('line break');
  });

  it('where a login is wanted and none is there, how to make and attach one', () => {
    expect(told([]).findings[0]).toMatchObject({
      cause: 'credentials-required',
      commands: [
        'kubectl create secret docker-registry pull-registry-example-com -n staging --docker-server=registry.example.com --docker-username=USER --docker-password=PASSWORD',
        `kubectl patch serviceaccount default -n staging -p '{"imagePullSecrets":[{"name":"pull-registry-example-com"}]}'`,
        'kubectl rollout restart deployment/api -n staging',
      ],
    });
  });

  it('a missing Secret is made with the registry filled in', () => {
    const lost = observed([{ name: 'regcred', via: 'pod', secret: absent } as const]);
    const { findings } = told([], { pullSecrets: lost });
    expect(findings[0]).toMatchObject({
      cause: 'pull-secret-missing',
      commands: [
        'kubectl create secret docker-registry regcred -n staging --docker-server=registry.example.com --docker-username=USER --docker-password=PASSWORD',
      ],
    });
  });
});
