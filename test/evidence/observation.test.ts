import { describe, expect, it } from '@jest/globals';
import { codeHostPermission, describeGap, forbidden } from '../../src/evidence/observation.ts';

describe('a gap, said to a person', () => {
  it('names the Role rule of a cluster, and the app permission of the code host', () => {
    const pods = forbidden({ verb: 'list', apiGroup: '', resource: 'pods', namespace: 'staging' });
    const logs = forbidden(codeHostPermission('actions:read'));
    expect([pods, logs].map((gap) => (gap.status === 'observed' ? '' : describeGap('it', gap)))).toEqual([
      'it: not allowed to look; add to a Role in namespace staging: - { apiGroups: [""], resources: ["pods"], verbs: ["list"] }',
      'it: not allowed to look; give the GitHub App or token the permission actions:read',
    ]);
  });
});
