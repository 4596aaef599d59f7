/** registry-accepts-credential and registry-reachable: what they add to the decision table. */
import { describe, expect, it } from '@jest/globals';
import { findCheck } from '../../../src/diagnosis/checks/index.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { absent, type Observation, observed } from '../../../src/evidence/observation.ts';
import type { AccessOutcome, RegistryAccess } from '../../../src/evidence/registry-access.ts';
import {
  access,
  anyone,
  attempt,
  evidence,
  failure,
  firstFinding,
  found,
  HOST,
  IMAGE,
  noSecretRight,
  podLogin,
  refusedConnection,
  runCheck,
  wrongLogin,
  wrongPassword,
} from '../support.ts';

const accepts = (spoiled: Partial<Evidence>) => runCheck('registry-accepts-credential', evidence(spoiled));
const reaches = (spoiled: Partial<Evidence>) => runCheck('registry-reachable', evidence(spoiled));
const hiddenSecret = { pullSecrets: observed([{ name: 'regcred', via: 'pod', secret: noSecretRight } as const]) };

describe('does the registry accept the credential', () => {
  it('passes and rules the credentials out', () => {
    expect(accepts({})).toMatchObject({
      verdict: 'pass',
      note: 'the registry accepts user puller (secret/regcred, entry registry.example.com) for this repository',
    });
  });

  it('shows the experiment as a table, without a password', () => {
    const result = accepts({
      registryAccess: access(
        attempt(podLogin, wrongLogin, { status: 401, ...wrongPassword }),
        attempt(anyone, wrongLogin),
      ),
    });
    expect(result.verdict === 'fail' ? result.findings[0].detail['asked'] : []).toEqual([
      'user puller (secret/regcred, entry registry.example.com): login refused, manifest 401, login at /v2/ rejected',
      'anonymous: login wanted',
    ]);
  });

  it('does not judge logins it could not read, but sees the registry’s own fault', () => {
    const nobody = accepts({ ...hiddenSecret, registryAccess: access(attempt(anyone, wrongLogin)) });
    expect(nobody).toMatchObject({
      verdict: 'inconclusive',
      note: expect.stringContaining('Secret regcred: not allowed to look'),
    });
    const open = accepts({ ...hiddenSecret, registryAccess: access(attempt(anyone, found)) });
    expect(open).toMatchObject({ verdict: 'inconclusive', note: expect.stringContaining('anonymous') });
    const failing: AccessOutcome = { kind: 'server-error', status: 503, message: 'storage is full' };
    const broken = accepts({ ...hiddenSecret, registryAccess: access(attempt(anyone, failing)) });
    expect(firstFinding(broken)).toBe('registry-error likely');
  });

  it('shows the remaining quota as the bot’s own, not the node’s', () => {
    const limited: AccessOutcome = { kind: 'rate-limited', retryAfterSeconds: 30, message: 'toomanyrequests' };
    const registryAccess = access(attempt(podLogin, limited, { quota: { remaining: '0;w=21600' } }));
    const result = accepts({ registryAccess, pullFailure: observed(failure('rate-limited')) });
    expect(firstFinding(result)).toBe('rate-limited certain');
    expect(JSON.stringify(result)).toContain('0;w=21600 (of the bot’s address, not the node’s)');
  });
});

describe('the commands to see the same', () => {
  const plain: Observation<RegistryAccess> = observed({
    host: HOST,
    scheme: 'http',
    attempts: [attempt(podLogin, found)],
  });

  it.each([
    ['registry-reachable', evidence().registryAccess, `curl -sSI --max-time 10 https://${HOST}/v2/`],
    ['registry-reachable', plain, `curl -sSI --max-time 10 http://${HOST}/v2/`],
    ['tag-exists', evidence().registryAccess, `skopeo inspect --raw docker://${IMAGE}`],
    ['tag-exists', plain, `skopeo inspect --raw --tls-verify=false docker://${IMAGE}`],
    ['registry-accepts-credential', evidence().registryAccess, `skopeo login --username puller ${HOST}`],
    ['registry-accepts-credential', plain, `skopeo login --tls-verify=false --username puller ${HOST}`],
  ])('%s asks as the bot asked (%#)', (id, registryAccess, command) => {
    expect(findCheck(id)?.command(evidence({ registryAccess }))).toBe(command);
  });
});

describe('can the registry be reached', () => {
  const down = access(attempt(anyone, refusedConnection));

  it('any answer is an answer, also a refusal', () => {
    expect(reaches({ registryAccess: access(attempt(anyone, wrongLogin, { status: 401 })) })).toMatchObject({
      verdict: 'pass',
      note: 'registry.example.com answered the bot in 12 ms with 401',
    });
  });

  it.each([
    ['the same fault', failure('connection-refused'), 'connection-refused certain'],
    ['another fault', failure('connection-timeout'), 'connection-refused likely'],
    ['only a back-off', failure('backoff-only'), 'connection-refused likely'],
    ['only that it holds pulls back', failure('kubelet-throttled'), 'connection-refused likely'],
  ])('the node reports %s', (_story, said, expected) => {
    expect(firstFinding(reaches({ registryAccess: down, pullFailure: observed(said) }))).toBe(expected);
  });

  it('says nothing for certain without the node’s words, and nothing at all against them', () => {
    expect(firstFinding(reaches({ registryAccess: down, pullFailure: absent }))).toBe('connection-refused likely');
    const further = reaches({ registryAccess: down, pullFailure: observed(failure('unauthorized')) });
    expect(further).toMatchObject({ verdict: 'inconclusive', note: expect.stringContaining('the node got further') });
  });

  it.each(['http-vs-https', 'tls-untrusted'] as const)(
    '%s may be the bot’s own setting: only possible, and how to set it',
    (fault) => {
      const met: AccessOutcome = { kind: 'network', fault, detail: 'no' };
      for (const pullFailure of [absent, observed(failure('backoff-only')), observed(failure('connection-reset'))]) {
        const result = reaches({ registryAccess: access(attempt(anyone, met)), pullFailure });
        expect(firstFinding(result)).toBe(`${fault} possible`);
        expect(result.note).toContain('registries: [{ host: "registry.example.com", ');
      }
      const further = reaches({
        registryAccess: access(attempt(anyone, met)),
        pullFailure: observed(failure('unauthorized')),
      });
      expect(further.note).toContain('in pullcheck.yaml');
      const same = reaches({ registryAccess: access(attempt(anyone, met)), pullFailure: observed(failure(fault)) });
      expect(firstFinding(same)).toBe(`${fault} certain`);
    },
  );

  it('proves an https port behind a cut connection when the node asks by plain http too', () => {
    const met: AccessOutcome = {
      kind: 'network',
      fault: 'http-vs-https',
      detail: `${HOST} speaks https where http was used`,
    };
    const cut = (scheme: string) =>
      reaches({
        registryAccess: access(attempt(anyone, met)),
        pullFailure: observed(
          failure('connection-reset', { message: `Head "${scheme}://${HOST}/v2/a/manifests/b": EOF` }),
        ),
      });
    expect(firstFinding(cut('http'))).toBe('http-vs-https certain');
    expect(firstFinding(cut('https'))).toBe('http-vs-https possible');
  });

  it('names the token server when that is what fails: the registry itself has answered', () => {
    const realm = 'https://token.example.com/token';
    const result = reaches({
      registryAccess: access(attempt(anyone, refusedConnection, { challenge: { scheme: 'bearer', realm } })),
      pullFailure: observed(failure('connection-refused')),
    });
    expect(result.note).toContain('both fail on token.example.com (the token server of registry.example.com): ');
  });

  it('describes the certificate that is not trusted', () => {
    const untrusted: AccessOutcome = {
      kind: 'network',
      fault: 'tls-untrusted',
      detail: 'certificate has expired',
      certificate: {
        subject: 'CN=registry.example.com',
        issuer: 'CN=Example CA',
        names: ['registry.example.com'],
        validFrom: '2025-01-01T00:00:00Z',
        validTo: '2026-01-01T00:00:00Z',
        problem: 'CERT_HAS_EXPIRED',
      },
    };
    const result = reaches({
      registryAccess: access(attempt(anyone, untrusted)),
      pullFailure: observed(failure('tls-untrusted')),
    });
    expect(firstFinding(result)).toBe('tls-untrusted certain');
    expect(result.note).toContain('CERT_HAS_EXPIRED): issued by CN=Example CA for registry.example.com');
  });

  it('is inconclusive when it did not ask for safety', () => {
    const refused: AccessOutcome = { kind: 'refused', reason: '169.254.169.254 is link-local' };
    expect(reaches({ registryAccess: access(attempt(anyone, refused)) })).toMatchObject({
      verdict: 'inconclusive',
      note: 'the registry registry.example.com was not asked, for safety: 169.254.169.254 is link-local',
    });
  });
});
