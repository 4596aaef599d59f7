/** The nodes where a pod may land are listed only where its own node cannot run the image. */
import { expect, it } from '@jest/globals';
import { collectCase } from '../../src/evidence/collect.ts';
import type { AccessOutcome } from '../../src/evidence/registry-access.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { aNode, aPod } from '../support/snapshots.ts';

async function look(platforms: readonly string[]) {
  const amd = aNode({ name: 'node-2', labels: { pool: 'a' } });
  const other = aNode({ name: 'node-3', labels: { pool: 'b' } });
  const arm = aNode({ arch: 'arm64', labels: { pool: 'a' } });
  const placement = { nodeSelector: { pool: 'a' }, tolerations: [] };
  const pod = aPod({ placement });
  const cluster = fakeCluster(aStory({ pods: [pod], nodes: [arm, amd, other] }));
  const found: AccessOutcome = {
    kind: 'found',
    manifest: { digest: `sha256:${'a'.repeat(64)}`, mediaType: 'x', platforms, manifests: [] },
  };
  const { signal } = new AbortController();
  const outside = { cluster, registry: fakeRegistry(() => found), signal, ownCredential: () => undefined };
  const subject = { namespace: pod.namespace, pod: pod.name, container: pod.containers[0]?.name ?? '' };
  return { landing: await collectCase(subject, outside).get('landing'), calls: cluster.calls };
}

it('lists those that the selector allows, without their labels', async () => {
  const { landing } = await look(['linux/amd64']);
  expect(landing).toMatchObject({ value: { nodes: [{ name: 'node-1' }, { name: 'node-2' }], truncated: false } });
  expect(JSON.stringify(landing)).not.toContain('pool');
});

it('asks nothing where the image fits the node, or may', async () => {
  for (const platforms of [['linux/arm64'], [], ['linux/arm64/v9']]) {
    const { landing, calls } = await look(platforms);
    expect(landing.status).toBe('not-collected');
    expect(calls.filter((call) => call.startsWith('nodes'))).toEqual([]);
  }
});
