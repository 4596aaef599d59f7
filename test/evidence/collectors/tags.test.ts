/** The tag list, and what is asked beside it. */
import { expect, it } from '@jest/globals';
import { collectCase } from '../../../src/evidence/collect.ts';
import { valueOf } from '../../../src/evidence/observation.ts';
import type { RegistryReader } from '../../../src/evidence/ports.ts';
import type { PodSnapshot } from '../../../src/evidence/snapshots.ts';
import { aStory, fakeCluster, fakeRegistry } from '../../support/readers.ts';
import { aContainer, aPod } from '../../support/snapshots.ts';

const subject = { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' };

function open(pods: readonly PodSnapshot[], registry: RegistryReader) {
  const { signal } = new AbortController();
  const cluster = fakeCluster(aStory({ pods }));
  return { evidence: collectCase(subject, { cluster, registry, signal, ownCredential: () => undefined }) };
}

it.each([
  ['10.43.170.72:5000', ['shop/web']],
  ['registry.example.com', undefined],
])('asks what %s holds only where it can be the cluster’s own', async (host, names) => {
  const registry = {
    ...fakeRegistry(() => ({ kind: 'missing', code: 'NAME_UNKNOWN', message: '' })),
    tags: async () => ({ kind: 'missing' }) as const,
    repositories: async () => ({ names: ['shop/web'], truncated: false }),
  };
  const pods = [aPod({ containers: [aContainer({ image: `${host}/shop/wbe:1` })] })];
  const { evidence } = open(pods, registry);
  const answer = valueOf(await evidence.get('tags'));
  expect(answer?.kind === 'missing' ? answer.repositories?.names : answer).toEqual(names);
});
