/** Who is affected: the pods that share the fault, not everything that fails in the cluster. */
import { describe, expect, it } from '@jest/globals';
import { conclude } from '../../src/diagnosis/conclude.ts';
import type { Evidence, ScopeEvidence } from '../../src/evidence/evidence.ts';
import { observed } from '../../src/evidence/observation.ts';
import type { FailingPod } from '../../src/evidence/scope.ts';
import {
  access,
  anyone,
  aPod,
  attempt,
  diagnose,
  evidence,
  failure,
  HOST,
  IMAGE,
  missing,
  podLogin,
  refusedConnection,
  runCheck,
  running,
  tagList,
  wrongLogin,
  wrongPassword,
} from './support.ts';

const OTHER_HOST = 'ghcr.io';

function failing(name: string, over: Partial<FailingPod> = {}): FailingPod {
  return {
    namespace: 'staging',
    pod: `${name}-1`,
    workload: { kind: 'Deployment', name },
    node: 'node-2',
    container: 'app',
    image: `${HOST}/team/${name}:1`,
    registry: HOST,
    reason: 'ImagePullBackOff',
    kind: 'backoff-only',
    secrets: [],
    ...over,
  };
}

const me = failing('api', { image: IMAGE, node: 'node-1' });
const elsewhere = failing('shop', { registry: OTHER_HOST, image: `${OTHER_HOST}/shop:1`, kind: 'connection-refused' });

function scopeOf(spoiled: Partial<Evidence>, ...rows: readonly FailingPod[]) {
  const scope: ScopeEvidence = { failing: [me, ...rows], extent: 'cluster', pods: 40, truncated: false };
  const given = evidence({ ...spoiled, scope: observed(scope) });
  return { ...conclude([diagnose(given)]), step: runCheck('blast-radius', given).note };
}

const lostTag: Partial<Evidence> = {
  pullFailure: observed(failure('image-not-found')),
  registryAccess: access(attempt(podLogin, missing)),
  tags: tagList('1.0'),
};
const badPassword: Partial<Evidence> = {
  pullFailure: observed(failure('unauthorized')),
  registryAccess: access(attempt(podLogin, wrongLogin, wrongPassword)),
};
const down: Partial<Evidence> = {
  pullFailure: observed(failure('connection-refused')),
  registryAccess: access(attempt(anyone, refusedConnection)),
};

describe('a missing tag', () => {
  it('affects those with the same image, wherever they run', () => {
    const twin = failing('worker', { namespace: 'jobs', image: IMAGE });
    const { scope, verdict } = scopeOf(lostTag, twin, failing('web'), elsewhere);
    expect(scope).toEqual({ pods: 2, workloads: 2, namespaces: 2, nodes: 2 });
    expect(verdict.severity).toBe('P1');
  });

  it('is no P1 because somebody else has a fault of another kind; the step tells of all', () => {
    const { scope, verdict, step } = scopeOf(lostTag, failing('web'), elsewhere);
    expect(scope).toEqual({ pods: 1, workloads: 1, namespaces: 1, nodes: 1 });
    expect(verdict.severity).toBe('P2');
    expect(step).toContain('3 pods of 3 workloads');
  });
});

describe('a fault of the registry or its credentials', () => {
  it('affects those of the same registry whose words allow it', () => {
    const silent = failing('web');
    const says = failing('cron', { kind: 'unauthorized' });
    const lost = failing('lost', { kind: 'image-not-found' });
    expect(scopeOf(badPassword, silent, says, lost, elsewhere).scope).toMatchObject({ pods: 3, workloads: 3 });
    const refused = failing('late', { kind: 'connection-timeout' });
    expect(scopeOf(down, silent, refused, lost, elsewhere).scope).toMatchObject({ pods: 3, workloads: 3 });
  });
});

describe('anything else', () => {
  it('affects the workload: a full disk elsewhere is another matter', () => {
    const full: Partial<Evidence> = { pullFailure: observed(failure('node-disk')) };
    const sibling = failing('api', { pod: 'api-2', image: `${HOST}/team/api:2` });
    expect(scopeOf(full, sibling, failing('web')).scope).toMatchObject({ pods: 2, workloads: 1 });
  });

  it('affects a pod that crashes, although it pulls', () => {
    const crashing = { ...running, state: 'waiting', waitingReason: 'CrashLoopBackOff', exitCode: 1 } as const;
    const given = evidence({
      container: observed(crashing),
      scope: observed({ failing: [elsewhere], extent: 'cluster', pods: 9, truncated: false }),
    });
    expect(conclude([diagnose(given)]).scope).toEqual({ pods: 1, workloads: 1, namespaces: 1, nodes: 1 });
  });

  it('affects nobody when the pod is healthy, whoever else fails', () => {
    const { scope, verdict } = scopeOf({ container: observed(running) }, elsewhere);
    expect(verdict.cause).toBe('healthy');
    expect(scope).toEqual({ pods: 0, workloads: 0, namespaces: 0, nodes: 0 });
  });
});

it('counts each of several pods that were looked at', () => {
  const pods = ['api-1', 'api-2'].map((name) => diagnose(evidence({ ...lostTag, pod: observed({ ...aPod, name }) })));
  expect(conclude(pods).scope).toEqual({ pods: 2, workloads: 1, namespaces: 1, nodes: 1 });
});
