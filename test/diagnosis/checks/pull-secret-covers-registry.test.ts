import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { absent, observed, unreachable } from '../../../src/evidence/observation.ts';
import { Sealed } from '../../../src/sealed.ts';
import {
  access,
  anyone,
  aPod,
  aSecret,
  attempt,
  bearer,
  botLogin,
  evidence,
  failure,
  firstFinding,
  found,
  HOST,
  keyring,
  noSecretRight,
  runCheck,
  wrongLogin,
} from '../support.ts';

const check = (spoiled: Partial<Evidence>) => runCheck('pull-secret-covers-registry', evidence(spoiled));
const locked = access(attempt(anyone, wrongLogin));
const none = { keyring: observed(keyring(false)), registryAccess: locked };
const lost = observed([{ name: 'regcred', via: 'pod', secret: absent } as const]);

describe('is a usable pull secret attached', () => {
  it('passes with the user and entry that the kubelet will try, never the password', () => {
    expect(check({})).toMatchObject({
      verdict: 'pass',
      note: 'the kubelet will try puller (secret/regcred, entry registry.example.com)',
    });
  });

  it('finds the missing Secret where the registry wants a login from everybody', () => {
    expect(firstFinding(check({ ...none, pullSecrets: lost }))).toBe('pull-secret-missing certain');
  });

  it('is only likely where the registry may be hiding that nothing is there', () => {
    const registryAccess = access(attempt(anyone, wrongLogin, bearer(200, [])));
    expect(firstFinding(check({ ...none, pullSecrets: lost, registryAccess }))).toBe('pull-secret-missing likely');
    const seen = access(attempt(anyone, wrongLogin, bearer(200, [])), attempt(botLogin, found));
    expect(firstFinding(check({ ...none, pullSecrets: lost, registryAccess: seen }))).toBe(
      'pull-secret-missing certain',
    );
  });

  it('a missing Secret is noise when the image is public', () => {
    const open = access(attempt(anyone, found));
    expect(check({ ...none, pullSecrets: lost, registryAccess: open })).toMatchObject({
      verdict: 'pass',
      note: 'no Secret applies to this image, and none is needed; Secret regcred does not exist and is skipped',
    });
  });

  it('finds entries for another registry', () => {
    const ignored = [{ secret: 'regcred', entry: 'https://other.example.com', reason: 'another host' }];
    const result = check({ ...none, keyring: observed(keyring(false, { ignored })) });
    expect(firstFinding(result)).toBe('pull-secret-wrong-registry certain');
    expect(result.note).toContain('https://other.example.com');
  });

  it.each([
    ['registry.exmple.com', 'there is registry.exmple.com (a slip away from "registry.example.com")'],
    ['registry.example.com/other', 'there is registry.example.com/other (for another path)'],
    ['registry.example.com:*', 'there is registry.example.com:* (for another path)'],
    ['ghcr.io', 'there is ghcr.io.'],
  ])('says why the entry %s does not serve, where that is not plain', (entry, words) => {
    const ignored = [{ secret: 'regcred', entry, reason: 'for another path' }];
    expect(check({ ...none, keyring: observed(keyring(false, { ignored })) }).note).toContain(words);
  });

  it('finds a Secret that is ignored as a whole', () => {
    const ignored = [{ secret: 'regcred', entry: null, reason: 'type Opaque' }];
    const result = check({ ...none, keyring: observed(keyring(false, { ignored })) });
    expect(firstFinding(result)).toBe('pull-secret-malformed certain');
  });

  it.each([
    ['helper', 'credential helper'],
    ['token', 'identitytoken'],
    ['nothing', 'nothing in its place'],
  ] as const)('an entry without a user name is no login, instead of it: %s', (nobody, words) => {
    const entry = { secret: 'regcred', entry: HOST, username: '', password: new Sealed(''), nobody };
    const blank = observed(keyring(false, { tried: [entry] }));
    const result = check({ ...none, keyring: blank });
    expect(firstFinding(result)).toBe('pull-secret-malformed certain');
    expect(result.note).toContain(words);
    const other = { ...entry, username: 'puller', password: new Sealed('x') };
    const { nobody: _nobody, ...good } = other;
    expect(check({ keyring: observed(keyring(false, { tried: [entry, good] })) }).verdict).toBe('pass');
    expect(check({ ...none, keyring: blank, registryAccess: access(attempt(anyone, found)) }).verdict).toBe('pass');
  });

  it('finds one undecodable Secret that fails the whole look-up, also for a public image', () => {
    const ignored = [{ secret: 'old', entry: null, reason: 'illegal base64 data' }];
    const registryAccess = access(attempt(anyone, found));
    const result = check({ keyring: observed(keyring(false, { error: 'secrets', ignored })), registryAccess });
    expect(firstFinding(result)).toBe('pull-secret-malformed certain');
    expect(result.note).toContain('old (illegal base64 data)');
  });

  it('finds a Secret that the service account got after the pod was made', () => {
    const bare = { ...none, pod: observed({ ...aPod, imagePullSecrets: [] }), pullSecrets: observed([]) };
    const serviceAccount = observed({ name: 'default', imagePullSecrets: ['regcred'] });
    expect(firstFinding(check({ ...bare, serviceAccount }))).toBe('pull-secret-not-attached certain');
    expect(check(bare).verdict).toBe('not-applicable');
  });

  it('does not know whether a login is needed when the registry was not asked', () => {
    const unasked = { ...none, pullSecrets: lost, registryAccess: unreachable('timeout') };
    expect(check(unasked).verdict).toBe('inconclusive');
    const told = { ...unasked, pullFailure: observed(failure('unauthorized')) };
    expect(firstFinding(check(told))).toBe('pull-secret-missing likely');
  });

  it('is inconclusive with the rule to add when a Secret may not be read', () => {
    const pullSecrets = observed([
      { name: 'regcred', via: 'pod', secret: noSecretRight } as const,
      { name: 'good', via: 'pod', secret: observed(aSecret) } as const,
    ]);
    const result = check({ pullSecrets, keyring: { status: 'not-collected', reason: 'regcred could not be read' } });
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      note: expect.stringContaining('Secret regcred: not allowed'),
    });
  });
});
