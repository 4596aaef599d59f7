/** Would a new pod get its image? What keeps only the bot from the registry is no answer to that. */
import { describe, expect, it } from '@jest/globals';
import type { AccessOutcome, NetworkFault } from '../../../src/evidence/registry-access.ts';
import { pullability } from '../../../src/remediation/execute/pullability.ts';
import { aStory, fakeCluster, fakeRegistry } from '../../support/readers.ts';
import { aPullSecret, IMAGE } from '../../support/snapshots.ts';

const signal = new AbortController().signal;

async function ask(outcome: AccessOutcome) {
  const ports = { reader: fakeCluster(aStory()), registry: fakeRegistry(() => outcome) };
  return pullability({ image: IMAGE, namespace: 'staging', secrets: [] }, ports, signal);
}

function network(fault: NetworkFault): AccessOutcome {
  return { kind: 'network', fault, detail: 'no' };
}

describe('whether an image can be pulled', () => {
  it.each(['tls-untrusted', 'http-vs-https'] as const)(
    'is not known where the bot meets %s: its settings',
    async (fault) => {
      expect(await ask(network(fault))).toEqual({
        kind: 'unknown',
        reason: `From here the registry cannot be reached (${fault}).`,
      });
    },
  );

  it('is not known where the bot did not ask, for safety', async () => {
    expect((await ask({ kind: 'refused', reason: 'link-local' })).kind).toBe('unknown');
  });

  it.each([
    { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: '' },
    { kind: 'denied', at: 'token', code: 'DENIED', message: '' },
  ] as const)(
    'is not known where no pull secret applies and nobody in particular is answered $kind',
    async (outcome) => {
      expect(await ask(outcome)).toEqual({
        kind: 'unknown',
        reason: expect.stringContaining('whether its node has one cannot be seen'),
      });
    },
  );

  it('is not known where more credentials would be tried than a registry is asked with', async () => {
    const names = Array.from({ length: 9 }, (_, at) => `login-${at}`);
    const secrets = names.map((name) => aPullSecret({ name, password: name }));
    const asked: string[] = [];
    const registry = fakeRegistry((credential) => {
      asked.push(credential.kind);
      return { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: '' };
    });
    const ports = { reader: fakeCluster(aStory({ secrets })), registry };
    const answer = await pullability({ image: IMAGE, namespace: 'staging', secrets: names }, ports, signal);
    expect(asked).toHaveLength(6);
    expect(answer).toEqual({ kind: 'unknown', reason: expect.stringContaining('3 more') });
  });

  it('is not known where a pod names more Secrets than are read', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `login-${at}`);
    const reader = fakeCluster(aStory());
    const registry = fakeRegistry(() => ({ kind: 'missing', code: 'MANIFEST_UNKNOWN', message: '' }));
    const answer = await pullability(
      { image: IMAGE, namespace: 'staging', secrets: names },
      { reader, registry },
      signal,
    );
    expect(answer.kind).toBe('unknown');
    expect(reader.calls).toHaveLength(20);
  });

  it('is denied where nobody in particular is told that it is missing', async () => {
    expect((await ask({ kind: 'missing', code: 'MANIFEST_UNKNOWN', message: '' })).kind).toBe('refused');
  });

  it.each(['connection-refused', 'dns-failure', 'connection-timeout'] as const)('is denied at %s', async (fault) => {
    expect((await ask(network(fault))).kind).toBe('refused');
  });
});
