/** What the node's own words add to a way that is broken, whatever the bot met on its own. */
import { describe, expect, it } from '@jest/globals';
import { observed } from '../../src/evidence/observation.ts';
import type { AccessAttempt, AccessOutcome, NetworkFault, Stage } from '../../src/evidence/registry-access.ts';
import type { PullErrorKind } from '../../src/image/pull-error.ts';
import { access, anyone, attempt, evidence, failure, found, HOST, podLogin, verdictOf } from './support.ts';

const broken = (fault: NetworkFault, detail = `${HOST}: it broke`): AccessOutcome => ({
  kind: 'network',
  fault,
  detail,
});

function verdict(kind: PullErrorKind, words: string, tried: AccessAttempt, also: readonly PullErrorKind[] = []) {
  const said = failure(kind, { message: `failed to do request: Head "https://${HOST}/v2/": ${words}` });
  const pullFailure = observed({ ...said, classification: { ...said.classification, also } });
  return verdictOf(evidence({ pullFailure, registryAccess: access(tried) }));
}

describe('a node that tells more than the kind of its fault', () => {
  it('a certificate without subjectAltName, which the bot’s own library takes', () => {
    const words =
      'tls: failed to verify certificate: x509: certificate relies on legacy Common Name field, use SANs instead';
    const { cause, summary } = verdict('tls-untrusted', words, attempt(podLogin, found));
    expect(cause).toBe('tls-untrusted');
    expect(summary).toContain('only as Common Name');
    expect(summary).toContain('with its names as subjectAltName');
  });

  it('the reason for its distrust, where the bot sees none', () => {
    const words =
      'tls: failed to verify certificate: x509: certificate is valid for proxy.corp, not registry.example.com';
    const { summary } = verdict('tls-untrusted', words, attempt(podLogin, found));
    expect(summary).toContain('“x509: certificate is valid for proxy.corp, not registry.example.com”');
  });

  it('a client certificate that is wanted: the cut that the bot meets says less', () => {
    const tried = attempt(anyone, broken('connection-reset', `${HOST}: other side closed`));
    const told = verdict('tls-handshake', 'remote error: tls: certificate required', tried, ['tls-untrusted']);
    expect(told).toMatchObject({ cause: 'tls-handshake', confidence: 'likely' });
    expect(told.summary).toContain('it wants a client certificate');
  });

  it('a connection that the node’s own kernel forbids is not the registry’s matter', () => {
    const tried = attempt(anyone, broken('registry-unreachable', `${HOST}: connect EPERM`));
    const words = 'dial tcp 203.0.113.7:443: connect: operation not permitted';
    const told = verdict('connection-refused', words, tried, ['network-unreachable', 'source-blocked']);
    expect(told).toMatchObject({ cause: 'connection-refused', confidence: 'likely' });
    expect(told.alternatives).toEqual(['network-unreachable', 'source-blocked']);
    expect(told.summary).toContain('nothing was sent to the registry');
    expect(told.summary).not.toContain('Start or expose the registry');
  });
});

describe('a registry that answers the bot after it did not answer the node', () => {
  it('has nothing to be started: the next attempt tells', () => {
    const { summary } = verdict('connection-refused', 'connect: connection refused', attempt(podLogin, found));
    expect(summary).toContain('Wait for the kubelet’s next attempt');
    expect(summary).not.toContain('Start or expose the registry');
  });
});

describe('a registry that sends whoever asks to a host that is not there', () => {
  it('is not named as the one that fails', () => {
    const way: readonly Stage[] = [
      { name: 'dns', host: HOST, state: 'reached' },
      { name: 'dns', host: 'moved.example.com', state: 'failed' },
    ];
    const tried = attempt(anyone, broken('dns-failure', 'moved.example.com: getaddrinfo ENOTFOUND'), { way });
    const { summary } = verdict('dns-failure', 'dial tcp: lookup moved.example.com: no such host', tried);
    expect(summary).toContain(`Node and bot both fail on moved.example.com (where ${HOST} sends whoever asks)`);
  });
});

describe('a bot that is not set up for the registry', () => {
  it('says so beside what the node says, and how to set it up', () => {
    const tried = attempt(podLogin, broken('http-vs-https'));
    const { confidence, summary } = verdict('image-not-found', 'not found', tried);
    expect(confidence).toBe('likely');
    expect(summary).toContain(`could not ask ${HOST}`);
    expect(summary).toContain(`registries: [{ host: "${HOST}", plainHttp: true }] in pullcheck.yaml`);
  });

  it('says so too where the registry has gone down since the node was answered', () => {
    const gone = verdict('image-not-found', 'not found', attempt(podLogin, broken('connection-refused')));
    expect(gone).toMatchObject({ cause: 'image-not-found', confidence: 'likely' });
    expect(gone.summary).toContain(`could not ask ${HOST} (nothing listens at the registry’s address)`);
    expect(gone.summary).not.toContain('pullcheck.yaml');
  });

  it('says it once', () => {
    const { summary } = verdict('connection-refused', 'connect: refused', attempt(anyone, broken('tls-untrusted')));
    expect(summary.split('pullcheck.yaml')).toHaveLength(2);
  });

  it('does not say it where another of its questions was answered', () => {
    const both = evidence({
      pullFailure: observed(failure('image-not-found')),
      registryAccess: access(attempt(podLogin, broken('http-vs-https')), attempt(podLogin, found)),
    });
    expect(verdictOf(both).summary).not.toContain('pullcheck.yaml');
  });
});
