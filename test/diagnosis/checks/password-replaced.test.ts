/** registry-accepts-credential: the command that puts another password in, only where it harms nothing else. */
import { describe, expect, it } from '@jest/globals';
import type { ManagedBy } from '../../../src/evidence/managed-by.ts';
import { observed } from '../../../src/evidence/observation.ts';
import type { SecretSnapshot } from '../../../src/evidence/snapshots.ts';
import { Sealed } from '../../../src/sealed.ts';
import {
  access,
  anyone,
  aSecret,
  attempt,
  evidence,
  HOST,
  podLogin,
  runCheck,
  wrongLogin,
  wrongPassword,
} from '../support.ts';

const KEEPER: ManagedBy = {
  controller: 'External Secrets',
  sign: 'ownerReferences ExternalSecret/regcred',
  rewrites: 'at-once',
  place: 'in the store',
};
const UNCHANGED: readonly [string, Partial<SecretSnapshot>, readonly string[]][] = [
  ['holds other registries’ entries, which would be lost', {}, [HOST, 'ghcr.io']],
  ['is written by somebody else', { managedBy: KEEPER }, [HOST]],
  ['is of the type that cannot be changed in place', { type: 'kubernetes.io/dockercfg' }, [HOST]],
];
const registryAccess = access(
  attempt(podLogin, wrongLogin, { status: 401, ...wrongPassword }),
  attempt(anyone, wrongLogin),
);

function commandsFor(
  spoiled: Partial<SecretSnapshot>,
  hosts: readonly string[] = [HOST],
): readonly string[] | undefined {
  const auths = Object.fromEntries(hosts.map((host) => [host, { username: 'puller', password: 'old' }]));
  const secret = { ...aSecret, data: { '.dockerconfigjson': new Sealed(JSON.stringify({ auths })) }, ...spoiled };
  const pullSecrets = observed([{ name: 'regcred', via: 'pod', secret: observed(secret) } as const]);
  const result = runCheck('registry-accepts-credential', evidence({ registryAccess, pullSecrets }));
  return result.verdict === 'fail' ? result.findings[0].commands : undefined;
}

describe('a password that the registry refuses', () => {
  it('comes with the command that puts another into the Secret', () => {
    expect(commandsFor({})).toEqual([
      `kubectl create secret docker-registry regcred -n staging --docker-server=${HOST} --docker-username=USER --docker-password=PASSWORD --dry-run=client -o yaml | kubectl apply -f -`,
    ]);
  });

  it.each(UNCHANGED)('comes without it where the Secret %s', (_story, spoiled, hosts) => {
    expect(commandsFor(spoiled, hosts)).toBeUndefined();
  });
});
