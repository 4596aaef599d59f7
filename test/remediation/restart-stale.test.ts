/** A tag that was pushed again: a restart is offered only where it brings the new image. */
import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/diagnosis/check.ts';
import { observed } from '../../src/evidence/observation.ts';
import { restartRollout } from '../../src/remediation/remedies/restart-rollout.ts';
import { access, anyone, aPod, attempt, evidence, found, podLogin, running, wrongLogin } from '../diagnosis/support.ts';

const target = { cluster: 'test', namespace: 'staging', kind: 'Deployment', name: 'api' } as const;

function propose(pullPolicy: string, spoiled: Parameters<typeof evidence>[0] = {}) {
  const finding: Finding = {
    cause: 'stale-cached-image',
    confidence: 'certain',
    because: ['runningImage'],
    summary: 'The container runs an old image.',
    detail: { pullPolicy },
    alternatives: [],
  };
  const given = evidence({ container: observed(running), ...spoiled });
  return restartRollout.propose({ target, finding, evidence: given, credentialHosts: [] });
}

describe('a restart for an old image', () => {
  it('is offered where the policy is Always and the new image can be pulled', () => {
    expect(propose('Always')).toMatchObject({ kind: 'Deployment', name: 'api', namespace: 'staging' });
  });

  it.each(['IfNotPresent', 'Never', 'unknown'])(
    'is not offered where the policy is %s: the node keeps its copy',
    (policy) => {
      expect(propose(policy)).toBeUndefined();
      // Not even where the pod lacks a secret that its account has now.
      const account = observed({ name: 'default', imagePullSecrets: ['regcred'] });
      const pod = observed({ ...aPod, imagePullSecrets: [] });
      expect(propose(policy, { pod, serviceAccount: account })).toBeUndefined();
    },
  );

  it('is not offered where the pull would fail now', () => {
    const registryAccess = access(attempt(podLogin, wrongLogin), attempt(anyone, found));
    expect(propose('Always', { registryAccess })).toBeUndefined();
  });
});
