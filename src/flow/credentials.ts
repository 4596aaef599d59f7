/** `pullcheck credentials` from a cluster: what a new pod of a service account would bring for an image. */
import type { Clock } from '../clock.ts';
import { UnreachableError } from '../errors.ts';
import { DEFAULT_LIMITS, shareReaders } from '../evidence/collect-shared.ts';
import { describeGap, type Observation } from '../evidence/observation.ts';
import type { ClusterReader } from '../evidence/ports.ts';
import { isPullType, judge, looksMistyped, type UnattachedSecret } from '../evidence/unattached-secrets.ts';
import { type CredentialsView, credentialsView } from '../image/credentials-view.ts';
import { lookupCredentials } from '../image/keyring.ts';
import { blameNamespace, type NamespaceDeps } from './no-such-namespace.ts';
import { noSuchAccount } from './preflight.ts';
import type { OpenReaders } from './scope.ts';
import type { CredentialsUseCase } from './use-cases.ts';

/** Secrets shown that the account does not name. */
const MOST_SHOWN = 20;

export interface CredentialsDeps extends NamespaceDeps {
  readonly clock: Clock;
  readonly readers: OpenReaders;
}

/** A Secret that does not exist is skipped, as the kubelet does. Rejects with UsageError (no such account) or UnreachableError. */
export function makeCredentials(deps: CredentialsDeps): CredentialsUseCase {
  return async ({ image, namespace, serviceAccount = 'default', cluster, signal }) => {
    const readers = deps.readers(cluster, { count: () => undefined });
    const shared = shareReaders(readers, deps.clock, DEFAULT_LIMITS, signal);
    try {
      const account = await shared.cluster.serviceAccount(namespace, serviceAccount, signal);
      const at = { cluster: shared.cluster, namespace };
      if (account.status === 'absent') await blameNamespace(noSuchAccount(serviceAccount, namespace), deps, at, signal);
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
      const place = { namespace, account: serviceAccount, named: new Set(names) };
      const others = view.error === 'invalid-image' ? [] : await unattached(image, place, shared.cluster, signal);
      if (!Array.isArray(others)) return { ...view, ignored: [...view.ignored, ...missing], gaps: [others.gap] };
      return { ...view, ignored: [...view.ignored, ...missing, ...others] };
    } finally {
      shared.close();
      void readers.close?.().catch(() => undefined);
    }
  };
}

interface Place {
  readonly namespace: string;
  readonly account: string;
  readonly named: ReadonlySet<string>;
}

type Ignored = CredentialsView['ignored'][number];

/** Pull secrets of the namespace that the account does not name, those that would apply first; or why they cannot be told. */
async function unattached(
  image: string,
  { namespace, account, named }: Place,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<Ignored[] | { readonly gap: string }> {
  const listed = await cluster.secretRows({ namespace }, signal);
  if (listed.status !== 'observed') return { gap: describeGap('pull secrets that are not attached', listed) };
  const rows = listed.value.rows.filter(({ name }) => !named.has(name));
  const judged: UnattachedSecret[] = [];
  for (const type of new Set(rows.map((row) => row.type).filter(isPullType))) {
    const secrets = await cluster.secretsOfType({ namespace, type }, signal);
    if (secrets.status !== 'observed') return { gap: describeGap('pull secrets that are not attached', secrets) };
    judged.push(...secrets.value.filter(({ name }) => !named.has(name)).map((one) => judge(image, one).secret));
  }
  const loose = `not attached: service account ${account} does not name it`;
  const mistyped = rows.filter(looksMistyped).map(({ name, type }) => ({
    secret: name,
    entry: null,
    reason: `${loose}; and its type is "${type}", of which the kubelet reads none`,
  }));
  const fitting = judged.toSorted((a, b) => Number(b.fit === 'matches') - Number(a.fit === 'matches'));
  const others = fitting.map(({ name, fit, reason }) => ({
    secret: name,
    entry: null,
    reason: `${loose}; ${fit === 'matches' ? 'an entry of it is for this image' : reason || 'it has no entry for this image'}`,
  }));
  return [...others, ...mistyped].slice(0, MOST_SHOWN);
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
