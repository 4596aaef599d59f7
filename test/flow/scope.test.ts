import { describe, expect, it } from '@jest/globals';
import { absent, forbidden, unreachable } from '../../src/evidence/observation.ts';
import { makeScope } from '../../src/flow/scope.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, fakeCluster, fakeRegistry, type Instead } from '../support/readers.ts';
import { aPod, aRunningContainer } from '../support/snapshots.ts';

const story = aStory({
  pods: [aPod(), aPod({ name: 'web-1', namespace: 'prod' }), aPod({ name: 'ok', containers: [aRunningContainer()] })],
});

function look(input: { readonly namespace?: string } = {}, instead: Instead = {}) {
  const cluster = fakeCluster(story, instead);
  const scope = makeScope({ clock: createManualClock(), readers: () => ({ cluster, registry: fakeRegistry() }) });
  return scope({ ...input, signal: new AbortController().signal });
}

describe('scope', () => {
  it('lists what cannot pull in the whole cluster, with what it shares', async () => {
    const scope = await look();
    expect(scope).toMatchObject({ kind: 'Scope', cluster: 'test', total: { pods: 3, failing: 2, namespaces: 2 } });
    expect(scope.items.map(({ namespace }) => namespace)).toEqual(['staging', 'prod']);
    expect(scope.groups.find(({ by }) => by === 'registry')).toMatchObject({ value: 'registry.example.com', pods: 2 });
    expect(scope).not.toHaveProperty('namespace');
  });

  it('keeps to one namespace when asked', async () => {
    expect(await look({ namespace: 'prod' })).toMatchObject({ namespace: 'prod', total: { pods: 1, failing: 1 } });
  });

  it('takes no missing namespace for a healthy one', async () => {
    const nowhere = await look({ namespace: 'prdo' }, { serviceAccount: async () => absent });
    expect(nowhere).toMatchObject({ total: { pods: 0 }, gaps: [expect.stringContaining('does it exist?')] });
    expect(await look({ namespace: 'empty' })).toMatchObject({ total: { pods: 0 }, gaps: [] });
  });

  it('could not look: says which right is missing, or that the cluster is away', async () => {
    const right = { verb: 'list', apiGroup: '', resource: 'pods' };
    await expect(look({}, { unreadyPods: async () => forbidden(right) })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('a ClusterRole: - { apiGroups: [""], resources: ["pods"], verbs: ["list"] }'),
    });
    await expect(look({}, { unreadyPods: async () => unreachable('ECONNREFUSED') })).rejects.toMatchObject({
      code: 'cluster-unreachable',
      retryable: true,
    });
  });
});
