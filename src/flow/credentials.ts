/** `pullcheck credentials` from a cluster: what a new pod of a service account would bring for an image. */
import type { Clock } from '../clock.ts';
import { UnreachableError } from '../errors.ts';
import { DEFAULT_LIMITS, shareReaders } from '../evidence/collect-shared.ts';
import { describeGap, type Observation } from '../evidence/observation.ts';
import { credentialsView } from '../image/credentials-view.ts';
import { lookupCredentials } from '../image/keyring.ts';
import { noSuchAccount } from './preflight.ts';
import type { OpenReaders } from './scope.ts';
import type { CredentialsUseCase } from './use-cases.ts';

/** A Secret that does not exist is skipped, as the kubelet does. Rejects with UsageError (no such account) or UnreachableError. */
export function makeCredentials(deps: { readonly clock: Clock; readonly readers: OpenReaders }): CredentialsUseCase {
  return async ({ image, namespace, serviceAccount = 'default', cluster, signal }) => {
    const readers = deps.readers(cluster, { count: () => undefined });
    const shared = shareReaders(readers, deps.clock, DEFAULT_LIMITS, signal);
    try {
      const account = await shared.cluster.serviceAccount(namespace, serviceAccount, signal);
      if (account.status === 'absent') throw noSuchAccount(serviceAccount, namespace);
      const names = [...new Set(need(`serviceaccount/${serviceAccount}`, account).imagePullSecrets)];
      const read = await Promise.all(
        names.map(async (name) => ({ name, seen: await shared.cluster.secret(namespace, name, signal) })),
      );
      const missing = read
        .filter(({ seen }) => seen.status === 'absent')
        .map(({ name }) => ({ secret: name, entry: null, reason: `does not exist in namespace ${namespace}` }));
      const secrets = read.flatMap(({ name, seen }) =>
        seen.status === 'absent' ? [] : [need(`secret/${name}`, seen)],
      );
      const view = credentialsView(lookupCredentials(image, secrets));
      return { ...view, ignored: [...view.ignored, ...missing] };
    } finally {
      shared.close();
      void readers.close?.().catch(() => undefined);
    }
  };
}

function need<T>(what: string, seen: Observation<T>): T {
  if (seen.status === 'observed') return seen.value;
  const isForbidden = seen.status === 'forbidden';
  throw new UnreachableError({
    code: isForbidden ? 'forbidden' : 'cluster-unreachable',
    message: describeGap(what, seen),
    hint: isForbidden ? 'add the rule' : 'check the address and the credentials of the cluster',
    retryable: !isForbidden,
  });
}
