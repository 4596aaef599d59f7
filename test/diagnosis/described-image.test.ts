/** Amazon's own API beside a registry that refuses: what it says exactly settles what the refusal hides. */
import { describe, expect, it } from '@jest/globals';
import type { ImageDescription } from '../../src/evidence/registry-access.ts';
import { access, anyone, attempt, evidence, firstFinding, podLogin, runCheck, wrongLogin } from './support.ts';

function given(described: ImageDescription) {
  const hidden = { kind: 'denied', at: 'manifest', code: 'DENIED', message: 'not authorized' } as const;
  const asked = attempt(anyone, wrongLogin, { kind: 'ecr', described });
  const pod = attempt(podLogin, hidden, { kind: 'ecr', hides: 'missing-or-forbidden' });
  return evidence({ registryAccess: access(asked, pod) });
}

describe('a refusal by ECR', () => {
  it.each([
    ['image-not-found', 'tag-not-found certain'],
    ['repository-not-found', 'repository-not-found certain'],
  ] as const)('%s is %s', (kind, finding) => {
    expect(firstFinding(runCheck('tag-exists', given({ kind })))).toBe(finding);
  });

  it('of an image that is there is a matter of rights or of the login', () => {
    const there = given({ kind: 'found', pushedAt: 1 });
    expect(runCheck('tag-exists', there).verdict).toBe('inconclusive');
    expect(firstFinding(runCheck('registry-accepts-credential', there))).toBe('permission-denied likely');
  });

  it('of a repository that is not there stays open for the login', () => {
    const gone = given({ kind: 'repository-not-found' });
    expect(firstFinding(runCheck('registry-accepts-credential', gone))).toBe('not-found-or-unauthorized likely');
  });
});
