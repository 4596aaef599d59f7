/** A pull secret whose name is one slip away from one that is there. */
import { expect, it } from '@jest/globals';
import { absent, observed } from '../../src/evidence/observation.ts';
import { access, anyone, attempt, evidence, failure, keyring, verdictOf, wrongLogin } from './support.ts';

it('is told in one sentence that ends once', () => {
  const there = { namespace: 'staging', name: 'regcred', type: 'kubernetes.io/dockerconfigjson', reason: '' };
  const { summary } = verdictOf(
    evidence({
      pullSecrets: observed([{ name: 'reg-cred', via: 'pod', secret: absent } as const]),
      keyring: observed(keyring(false)),
      registryAccess: access(attempt(anyone, wrongLogin)),
      pullFailure: observed(failure('unauthorized')),
      unattachedSecrets: observed({
        here: [{ ...there, fit: 'matches' } as const],
        others: 1,
        truncated: false,
        elsewhere: observed([]),
      }),
    }),
  );
  expect(summary).toContain('There is a Secret regcred: perhaps a typing error.');
  expect(summary).not.toMatch(/[?.]\./);
});
