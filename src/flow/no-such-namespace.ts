/** Was it the namespace that was mistyped? The API answers "not found", or an empty list, for whatever is in one that does not exist. */
import { UsageError } from '../errors.ts';
import type { ClusterReader } from '../evidence/ports.ts';
import { suggestions } from '../target/suggest.ts';

export interface NamespaceDeps {
  /** What other namespaces are called is not for everybody who asks (`access.read`): nearly-right names are not told. */
  readonly hidesNamespaces?: boolean;
}

/** Every namespace has this account, made with it (kubernetes pkg/controller/serviceaccount); it may be deleted, for a moment. */
const ALWAYS_THERE = 'default';
const MOST_NEAR = 3;

/**
 * The error that says so where the namespace surely does not exist; a doubt where it could not be listed and looks empty;
 * undefined where it is there, or nothing can be told.
 */
export async function noSuchNamespace(
  deps: NamespaceDeps,
  cluster: ClusterReader,
  namespace: string,
  signal: AbortSignal,
): Promise<UsageError | { readonly doubt: string } | undefined> {
  const listed = await cluster.namespaces(signal);
  // A cluster without any namespace was not really listed.
  if (listed.status === 'observed' && listed.value.names.length > 0) {
    const { names, truncated } = listed.value;
    if (names.includes(namespace)) return undefined;
    if (!truncated) return missing(cluster.cluster, namespace, deps.hidesNamespaces === true ? [] : names);
  }
  const account = await cluster.serviceAccount(namespace, ALWAYS_THERE, signal);
  return account.status === 'absent'
    ? { doubt: `namespace ${namespace} has no service account "${ALWAYS_THERE}"; does it exist?` }
    : undefined;
}

/** Throws what `failed` with, or the better word: that its namespace does not exist, or may not. */
export async function blameNamespace(
  failed: unknown,
  deps: NamespaceDeps,
  { cluster, namespace }: { readonly cluster: ClusterReader; readonly namespace: string },
  signal: AbortSignal,
): Promise<never> {
  if (!(failed instanceof UsageError) || failed.code !== 'no-such-target') throw failed;
  const found = await noSuchNamespace(deps, cluster, namespace, signal);
  if (found === undefined) throw failed;
  if (found instanceof UsageError) throw found;
  const { code, message, hint } = failed;
  throw new UsageError({ code, message, hint: hint === undefined ? found.doubt : `${found.doubt} ${hint}` });
}

function missing(cluster: string, namespace: string, names: readonly string[]): UsageError {
  const near = suggestions(namespace, names, MOST_NEAR);
  return new UsageError({
    code: 'no-such-target',
    message: `there is no namespace "${namespace}" in cluster ${cluster}`,
    hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'see what there is with: kubectl get namespaces',
  });
}
