/** A service account got its pull secret after the pod was made: a new pod helps only where that Secret opens the registry. */
import { describe, expect, it } from '@jest/globals';
import { absent, observed } from '../../src/evidence/observation.ts';
import type { AccessOutcome } from '../../src/evidence/registry-access.ts';
import type { UnattachedSecret } from '../../src/evidence/unattached-secrets.ts';
import {
  access,
  anyone,
  aPod,
  attempt,
  denied,
  diagnose,
  evidence,
  failure,
  found,
  keyring,
  missing,
  noName,
  noToken,
  verdictOf,
  wrongLogin,
} from './support.ts';

const regcred: UnattachedSecret = {
  namespace: 'staging',
  name: 'regcred',
  type: 'kubernetes.io/dockerconfigjson',
  fit: 'matches',
  reason: '',
};
const limited: AccessOutcome = { kind: 'rate-limited', message: 'toomanyrequests' };
const account = { namespace: 'staging', name: 'default', resourceVersion: '1', imagePullSecrets: ['regcred'] };

function late(...here: readonly UnattachedSecret[]) {
  const given = evidence({
    pod: observed({ ...aPod, imagePullSecrets: [] }),
    pullSecrets: observed([]),
    keyring: observed(keyring(false)),
    serviceAccount: observed({ ...account, imagePullSecrets: here.map(({ name }) => name) }),
    registryAccess: access(attempt(anyone, wrongLogin)),
    pullFailure: observed(failure('unauthorized')),
    unattachedSecrets: observed({ here, others: here.length, truncated: false, elsewhere: absent }),
  });
  return { verdict: verdictOf(given), findings: diagnose(given).findings };
}

describe('the account’s late Secret', () => {
  it.each<[string, AccessOutcome, string, string]>([
    ['is refused', noToken, 'credentials-rejected', 'Mend Secret regcred first'],
    ['is refused for the image', wrongLogin, 'credentials-rejected', 'Mend Secret regcred first'],
    ['may not pull', denied, 'permission-denied', 'that the login of Secret regcred may pull'],
    ['is told that the tag is missing', missing, 'tag-not-found', 'whether the image exists'],
    ['is told that the repository is missing', noName, 'repository-not-found', 'whether the image exists'],
    ['asks too often', limited, 'rate-limited', 'Wait first'],
  ])('%s: it is said what to mend first, and no new pod is asked for', (_what, answer, other, first) => {
    const { verdict, findings } = late({ ...regcred, answer });
    expect(verdict).toMatchObject({ cause: 'pull-secret-not-attached', confidence: 'likely' });
    expect(verdict.alternatives).toContain(other);
    expect(verdict.summary).toContain(first);
    expect(verdict.summary).toContain('A new pod alone does not help.');
    expect(JSON.stringify(findings)).not.toMatch(/made anew|rollout restart|delete pod/);
  });

  it('cannot be decoded: every look-up of a new pod would fail', () => {
    const { verdict } = late({ ...regcred, fit: 'broken', reason: 'it is not JSON' }, { ...regcred, name: 'good' });
    expect(verdict).toMatchObject({ confidence: 'likely', alternatives: ['pull-secret-malformed'] });
    expect(verdict.summary).toContain('Mend Secret regcred first');
  });

  it('opens the registry, or was not tried: a new pod is asked for', () => {
    for (const here of [[{ ...regcred, answer: found }], [regcred]]) {
      const { verdict, findings } = late(...here);
      expect(verdict).toMatchObject({ cause: 'pull-secret-not-attached', confidence: 'certain' });
      expect(findings[0]?.commands).toEqual(['kubectl rollout restart deployment/api -n staging']);
    }
  });

  it('is refused, and its neighbour opens the registry: a new pod gets both', () => {
    const { verdict } = late({ ...regcred, answer: wrongLogin }, { ...regcred, name: 'second', answer: found });
    expect(verdict).toMatchObject({ cause: 'pull-secret-not-attached', confidence: 'certain', alternatives: [] });
  });
});
