/** What a pod brings beyond what we try: never as good as tried. */
import { describe, expect, it } from '@jest/globals';
import { registryAcceptsCredential } from '../../../src/diagnosis/checks/registry-accepts-credential.ts';
import { collectCase } from '../../../src/evidence/collect.ts';
import { valueOf } from '../../../src/evidence/observation.ts';
import type { AccessOutcome } from '../../../src/evidence/registry-access.ts';
import { aStory, fakeCluster, fakeRegistry } from '../../support/readers.ts';
import { aPod, aPullSecret, aServiceAccount } from '../../support/snapshots.ts';

const wrongToken: AccessOutcome = { kind: 'unauthorized', at: 'token', code: 'UNAUTHORIZED', message: 'no' };
const { signal } = new AbortController();

function podWith(many: number) {
  const names = Array.from({ length: many }, (_, index) => `regcred-${index}`);
  const cluster = fakeCluster(
    aStory({
      pods: [aPod({ name: 'api', imagePullSecrets: names })],
      serviceAccounts: [aServiceAccount()],
      secrets: names.map((name) => aPullSecret({ name })),
    }),
  );
  const registry = fakeRegistry(() => wrongToken);
  const outside = { cluster, registry, signal, ownCredential: () => undefined };
  return { one: collectCase({ namespace: 'staging', pod: 'api', container: 'api' }, outside), registry };
}

async function verdict(many: number) {
  const { one } = podWith(many);
  const result = registryAcceptsCredential.run(await one.view(registryAcceptsCredential.needs));
  return result.verdict === 'fail' ? result.findings[0] : undefined;
}

describe('more credentials than the registry is asked with', () => {
  it('leave open what the others would do', async () => {
    expect(await verdict(6)).toMatchObject({ cause: 'credentials-rejected', confidence: 'certain' });
    expect(await verdict(8)).toMatchObject({
      cause: 'credentials-rejected',
      confidence: 'likely',
      summary: expect.stringContaining('would try 2 more of the pod’s credentials'),
    });
  });
});

describe('more pull secrets than are read', () => {
  it('leave open what the kubelet would try', async () => {
    const { one } = podWith(21);
    const read = valueOf(await one.get('pullSecrets')) ?? [];
    expect(read).toHaveLength(21);
    expect(read.at(-1)?.secret).toMatchObject({ status: 'not-collected', reason: 'only the first 20 of 21' });
    expect(await one.get('keyring')).toMatchObject({ status: 'not-collected' });
  });
});
