/** Incidents about logins, told with evidence: whose fault it is, and what stays open. */
import { describe, expect, it } from '@jest/globals';
import { conclude } from '../../src/diagnosis/conclude.ts';
import { absent, observed } from '../../src/evidence/observation.ts';
import {
  access,
  anyone,
  aPod,
  attempt,
  bearer,
  botLogin,
  diagnose,
  evidence,
  failure,
  found,
  goodPassword,
  keyring,
  noSecretRight,
  podLogin,
  verdictOf,
  wrongLogin,
  wrongPassword,
} from './support.ts';

describe('the credentials', () => {
  const refused = { pullFailure: observed(failure('unauthorized')) };

  it('wrong password: rejected for certain, and the tag is not blamed', () => {
    const given = evidence({
      ...refused,
      registryAccess: access(attempt(podLogin, wrongLogin, wrongPassword), attempt(anyone, wrongLogin)),
    });
    expect(verdictOf(given)).toMatchObject({ cause: 'credentials-rejected', confidence: 'certain', alternatives: [] });
    expect(diagnose(given).lights).toEqual({ reference: 'unknown', credentials: 'bad', reachability: 'good' });
  });

  it('refused with a password that the registry accepts elsewhere: the right is missing, or the repository', () => {
    const given = evidence({
      ...refused,
      registryAccess: access(attempt(podLogin, wrongLogin, goodPassword), attempt(anyone, wrongLogin)),
    });
    const verdict = verdictOf(given);
    expect(verdict).toMatchObject({ cause: 'permission-denied', confidence: 'likely' });
    expect(verdict.alternatives).toEqual(['repository-not-found', 'source-blocked']);
    expect(verdict.summary).toContain('missing, or hidden from these credentials');
    expect(verdict.summary).toContain('The login itself is good');
    const seen = evidence({
      ...refused,
      registryAccess: access(attempt(podLogin, wrongLogin, goodPassword), attempt(botLogin, found)),
    });
    expect(verdictOf(seen)).toMatchObject({ cause: 'permission-denied', confidence: 'certain', alternatives: [] });
  });

  it('refused, and nothing tells whether it is the password or the right: says both', () => {
    const given = evidence({ ...refused, registryAccess: access(attempt(podLogin, wrongLogin, { login: 'unknown' })) });
    expect(verdictOf(given)).toMatchObject({
      cause: 'credentials-rejected',
      confidence: 'likely',
      alternatives: ['permission-denied', 'repository-not-found'],
      summary: expect.stringContaining('does not tell whether the password is wrong or a right is missing'),
    });
  });

  it('secret missing in the namespace', () => {
    const given = evidence({
      ...refused,
      pullSecrets: observed([{ name: 'regcred', via: 'pod', secret: absent }]),
      keyring: observed(keyring(false)),
      registryAccess: access(attempt(anyone, wrongLogin)),
    });
    const one = diagnose(given);
    expect(one.findings.map(({ cause, confidence }) => [cause, confidence])).toEqual([
      ['pull-secret-missing', 'certain'],
    ]);
    expect(one.findings[0]?.summary).toContain('namespace staging');
  });

  it('no secret anywhere: the registry wants a login', () => {
    const given = evidence({
      ...refused,
      pod: observed({ ...aPod, imagePullSecrets: [] }),
      pullSecrets: observed([]),
      keyring: observed(keyring(false)),
      registryAccess: access(attempt(anyone, wrongLogin)),
    });
    expect(verdictOf(given)).toMatchObject({ cause: 'credentials-required', confidence: 'certain' });
  });

  it('good login without the right, proven because the bot may read', () => {
    const noRight = attempt(podLogin, wrongLogin, bearer(200, []));
    const given = evidence({
      ...refused,
      registryAccess: access(noRight, attempt(botLogin, found, bearer(200, ['pull']))),
    });
    expect(verdictOf(given)).toMatchObject({ cause: 'permission-denied', confidence: 'certain' });
    const alone = verdictOf(evidence({ ...refused, registryAccess: access(noRight) }));
    expect(alone).toMatchObject({ cause: 'not-found-or-unauthorized', confidence: 'likely' });
    expect(alone.alternatives).toEqual(['permission-denied', 'repository-not-found']);
  });

  it('a bad stored login breaks a public image', () => {
    const given = evidence({
      ...refused,
      registryAccess: access(attempt(podLogin, wrongLogin), attempt(anyone, found)),
    });
    expect(verdictOf(given)).toMatchObject({ cause: 'stale-credentials', confidence: 'certain' });
  });

  it('secrets forbidden: says the rule to add, blames nobody for certain', () => {
    const given = evidence({
      ...refused,
      pullSecrets: observed([{ name: 'regcred', via: 'pod', secret: noSecretRight }]),
      keyring: { status: 'not-collected', reason: 'a Secret could not be read' },
      registryAccess: access(attempt(anyone, wrongLogin)),
    });
    const { verdict, gaps } = conclude([diagnose(given)]);
    expect(verdict).toMatchObject({ cause: 'unauthorized', confidence: 'likely' });
    expect(gaps.join()).toContain('resources: ["secrets"], verbs: ["get"]');
  });
});
