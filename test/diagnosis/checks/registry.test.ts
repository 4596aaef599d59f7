/** registry-accepts-credential and registry-reachable: what they add to the decision table. */
import { describe, expect, it } from '@jest/globals';
import { findCheck } from '../../../src/diagnosis/checks/index.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { absent, type Observation, observed } from '../../../src/evidence/observation.ts';
import type { AccessOutcome, RegistryAccess } from '../../../src/evidence/registry-access.ts';
import type { PullErrorKind } from '../../../src/image/pull-error.ts';
import { aRunningContainer } from '../../support/snapshots.ts';
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
    expect(firstFinding(reaches({ registryAccess: down, pullFailure: absent }))).toBe('connection-refused possible');
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

  it('shows how far the bot came, and everything that is wrong with a certificate', () => {
    const certificate = {
      subject: 'CN=registry.example.com',
      issuer: 'CN=Example CA',
      names: ['registry.other.com'],
      validFrom: '2025-01-01T00:00:00Z',
      validTo: '2026-01-01T00:00:00Z',
      problem: 'CERT_HAS_EXPIRED',
      faults: ['expired', 'wrong-name'] as const,
    };
    const untrusted: AccessOutcome = { kind: 'network', fault: 'tls-untrusted', detail: 'expired', certificate };
    const way = [
      { name: 'dns', host: HOST, state: 'reached', ms: 3, addresses: ['192.0.2.7'] },
      { name: 'tcp', host: HOST, state: 'reached', ms: 12 },
      { name: 'tls', host: HOST, state: 'failed' },
      { name: 'api', host: HOST, state: 'not-tried' },
    ] as const;
    const result = reaches({
      registryAccess: access(attempt(anyone, untrusted, { way })),
      pullFailure: observed(failure('tls-untrusted')),
    });
    expect(result.note).toContain('; it is expired on 2026-01-01 00:00 UTC and made out for another name');
    expect(result.verdict === 'fail' ? result.findings[0].detail['way'] : []).toEqual([
      'dns 3 ms ok (192.0.2.7)',
      'tcp 12 ms ok',
      'tls failed: certificate signed by CN=Example CA, valid until 2026-01-01 00:00 UTC, for registry.other.com: expired on 2026-01-01 00:00 UTC and made out for another name',
    ]);
    expect(result.verdict === 'fail' && result.findings[0].fix).toBe(
      'Renew the certificate at registry.example.com. If the date is right, the clock of whoever checks it is wrong. Issue a certificate that names registry.example.com, or write a name that it has into the reference. Do not switch verification off.',
    );
  });

  it('blames nobody when only the bot fails: the node has its image', () => {
    const running = observed(aRunningContainer());
    const result = reaches({ registryAccess: down, pullFailure: absent, container: running });
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      note: expect.stringContaining('this shows nothing about the node'),
    });
  });

  it('takes a portal neither for the registry nor for a broken way', () => {
    const portal: AccessOutcome = { kind: 'not-a-registry', status: 200, contentType: 'text/html' };
    for (const said of [absent, observed(failure('tls-untrusted')), observed(failure('dns-failure'))]) {
      const result = reaches({ registryAccess: access(attempt(anyone, portal)), pullFailure: said });
      expect(result).toMatchObject({ verdict: 'inconclusive', note: expect.stringContaining('portal') });
    }
  });

  it('is inconclusive when it did not ask for safety', () => {
    const refused: AccessOutcome = { kind: 'refused', reason: '169.254.169.254 is link-local' };
    expect(reaches({ registryAccess: access(attempt(anyone, refused)) })).toMatchObject({
      verdict: 'inconclusive',
      note: 'the registry registry.example.com was not asked, for safety: 169.254.169.254 is link-local',
    });
  });
});

describe('the node fails and the bot gets through', () => {
  const way = [
    { name: 'dns', host: HOST, state: 'reached', ms: 3, addresses: ['192.0.2.7'] },
    { name: 'tcp', host: HOST, state: 'reached', ms: 12 },
    { name: 'tls', host: HOST, state: 'reached', ms: 30, protocol: 'TLSv1.3' },
    { name: 'api', host: HOST, state: 'reached', ms: 9, status: 401 },
  ] as const;
  const fine = access(attempt(podLogin, found, { way, scheme: 'https' }));
  function met(kind: PullErrorKind, host: string | null = HOST) {
    const said = failure(kind);
    return { ...said, classification: { ...said.classification, host } };
  }

  it.each([
    ['tls-untrusted', 'the authorities that the node trusts, its clock'],
    ['dns-failure', 'the node’s resolver'],
    ['proxy-failure', 'the proxy that the node’s runtime is told to use'],
    ['connection-timeout', 'the node’s network, firewall or proxy'],
    ['http-vs-https', 'how the node’s runtime is told to ask this registry'],
  ] as const)('%s: that contrast is the finding, and where the difference can lie', (kind, where) => {
    const result = reaches({ registryAccess: fine, pullFailure: observed(met(kind)) });
    expect(firstFinding(result)).toBe(`${kind} likely`);
    expect(result.note).toContain(
      'its name resolves to 192.0.2.7 and TLS is trusted with the bot’s authorities (TLSv1.3)',
    );
    expect(result.note).toContain(where);
    expect(result.note).toContain('repaired meanwhile');
  });

  it.each(['mirror.shop.local:5000', '198.51.100.4:443'])('about %s: the bot has not been there', (host) => {
    const result = reaches({ registryAccess: fine, pullFailure: observed(met('connection-timeout', host)) });
    expect(result.note).toContain(`about ${host}, which the bot did not ask`);
  });

  it.each([`${HOST}:443`, '192.0.2.7:443', null])('about %s: it is the registry that the bot asked', (host) => {
    const result = reaches({ registryAccess: fine, pullFailure: observed(met('connection-timeout', host)) });
    expect(result.note).toContain('the difference lies on the node');
  });

  it('with TLS at a port where the bot finds plain http', () => {
    const plain = observed({ host: HOST, scheme: 'http' as const, attempts: [attempt(podLogin, found)] });
    const result = reaches({ registryAccess: plain, pullFailure: observed(met('http-vs-https')) });
    expect(firstFinding(result)).toBe('http-vs-https likely');
    expect(result.note).toContain('marked as plain in the node’s runtime');
  });
});
