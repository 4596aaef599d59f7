/** What a rollout would put at stake: healthy pods that nobody has counted are not taken for none. */
import { describe, expect, it } from '@jest/globals';
import { observed } from '../../../src/evidence/observation.ts';
import { rolloutRisk } from '../../../src/remediation/execute/rollout-risk.ts';
import { aStory, fakeCluster, fakeRegistry } from '../../support/readers.ts';
import { aContainer, aPod, IMAGE } from '../../support/snapshots.ts';

const { signal } = new AbortController();
const rollout = {
  kind: 'Deployment',
  name: 'api',
  namespace: 'staging',
  selector: 'app=api',
  images: { api: IMAGE },
  imagePullSecrets: [],
} as const;

function risk(truncated: boolean) {
  const pods = [aPod({ containers: [aContainer()] })];
  const list = Promise.resolve(observed({ pods, truncated }));
  const reader = fakeCluster(aStory(), { pods: () => list as never });
  const registry = fakeRegistry(() => ({ kind: 'network', fault: 'tls-untrusted', detail: 'no' }));
  return rolloutRisk(rollout, 'a restart', { reader, registry }, signal);
}

describe('the healthy pods that a rollout would stop', () => {
  it('are none where all pods were listed and none is well', async () => {
    expect(await risk(false)).toMatchObject({ healthy: 0 });
  });

  it('are not known where only a part of the pods could be listed', async () => {
    expect(await risk(true)).toContain('has more pods than could be listed');
  });
});
