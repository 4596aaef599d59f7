/** Any Secrets that a pod does not use. */
import * as fc from 'fast-check';
import { absent, observed } from '../../src/evidence/observation.ts';
import type { UnattachedSecret, UnattachedSecrets } from '../../src/evidence/unattached-secrets.ts';
import { denied, found, missing, noSecretRight, refusedConnection, wrongLogin } from './support.ts';

const secret: fc.Arbitrary<UnattachedSecret> = fc.record(
  {
    namespace: fc.constantFrom('staging', 'prod'),
    name: fc.constantFrom('reg-cred', 'other', "'; reboot"),
    type: fc.constantFrom('Opaque', 'kubernetes.io/dockerconfigjson'),
    fit: fc.constantFrom('matches', 'wrong-type', 'never', 'broken', 'other'),
    reason: fc.constantFrom('', 'it is for another registry'),
    answer: fc.constantFrom(found, missing, wrongLogin, denied, refusedConnection),
  },
  { requiredKeys: ['namespace', 'name', 'type', 'fit', 'reason'] },
);
const secrets = fc.array(secret, { maxLength: 3 });

export const unattached: fc.Arbitrary<UnattachedSecrets> = fc.record({
  here: secrets,
  others: fc.nat(5),
  truncated: fc.boolean(),
  elsewhere: fc.oneof(secrets.map(observed), fc.constantFrom(noSecretRight, absent)),
});
