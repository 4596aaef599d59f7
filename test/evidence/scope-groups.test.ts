import { describe, expect, it } from '@jest/globals';
import { assert as assertProperty, property, subarray } from 'fast-check';
import { failingPods } from '../../src/evidence/pull-failures.ts';
import type { FailingPod } from '../../src/evidence/scope.ts';
import { groupFailing, totalOf, worstOf } from '../../src/evidence/scope-groups.ts';
import { ownMs } from '../support/own-time.ts';
import { aContainer, aPod } from '../support/snapshots.ts';

const outage = failingPods([
  aPod({ name: 'api-7d9c5-a' }),
  aPod({ name: 'api-7d9c5-b', node: 'node-2' }),
  aPod({
    name: 'web-1',
    namespace: 'prod',
    labels: {},
    controller: { kind: 'StatefulSet', name: 'web', uid: 'uid-web' },
    imagePullSecrets: [],
    containers: [aContainer({ image: 'registry.example.com/team/web:9' })],
  }),
]);

describe('what failing pods share', () => {
  it('shows one registry behind two workloads in two namespaces', () => {
    const groups = groupFailing(outage);
    expect(groups.filter(({ by }) => by === 'registry')).toEqual([
      { by: 'registry', value: 'registry.example.com', pods: 3, workloads: 2, namespaces: 2, nodes: 2 },
    ]);
    expect(groups.filter(({ by }) => by === 'workload').map(({ value }) => value)).toEqual([
      'staging/deployment/api',
      'prod/statefulset/web',
    ]);
    expect(groups.find(({ by }) => by === 'secret')).toMatchObject({ value: 'staging/regcred', pods: 2 });
  });

  it('counts every pod exactly once under headings where it has one value', () => {
    assertProperty(
      property(subarray([...outage]), (pods) => {
        const groups = groupFailing(pods);
        for (const by of ['cause', 'image', 'namespace'] as const) {
          const sum = groups.filter((group) => group.by === by).reduce((total, group) => total + group.pods, 0);
          expect(sum).toBe(pods.length);
        }
        expect(totalOf(pods, 50)).toMatchObject({ pods: 50, failing: pods.length });
      }),
    );
  });
});

describe('what to diagnose first', () => {
  it('is the workload with the most pods, then the one that waits longest', () => {
    expect(worstOf(outage)).toMatchObject({ namespace: 'staging', name: 'deployment/api', pods: 2 });
    const [api, , web] = outage;
    const alone = [
      { ...api, since: 2000 },
      { ...web, since: 1000 },
    ] as typeof outage;
    expect(worstOf(alone)).toMatchObject({ namespace: 'prod', name: 'statefulset/web' });
    expect(worstOf([])).toBeUndefined();
  });
});

it('groups as many pods as are ever listed, soon', () => {
  const pods = Array.from(
    { length: 20_000 },
    (_, at): FailingPod => ({
      namespace: 'shop',
      pod: `web-${at}`,
      container: 'web',
      image: 'ghcr.io/acme/web:1',
      registry: 'ghcr.io',
      kind: 'other',
      reason: 'ErrImagePull',
      secrets: [],
    }),
  );
  expect(ownMs(() => groupFailing(pods), 5000)).toBeLessThan(5000);
});
