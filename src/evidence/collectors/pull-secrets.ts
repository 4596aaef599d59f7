import { defineCollector, type Outside } from '../collector.ts';
import type { AttachedSecret } from '../evidence.ts';
import { blockedBy, notCollected, observed } from '../observation.ts';

/** A pod with more is hostile or broken; the kubelet would read them all, we stop here, and say so. */
const MOST_SECRETS = 20;

/** Each by its name; where there are more than we read, one row stands for those: what the kubelet would try is then not known. */
export async function readSecrets(
  named: readonly string[],
  namespace: string,
  { cluster, signal }: Pick<Outside, 'cluster' | 'signal'>,
): Promise<readonly Pick<AttachedSecret, 'name' | 'secret'>[]> {
  const names = [...new Set(named)];
  const [next] = names.slice(MOST_SECRETS);
  const read = names
    .slice(0, MOST_SECRETS)
    .map(async (name) => ({ name, secret: await cluster.secret(namespace, name, signal) }));
  const rest =
    next === undefined
      ? []
      : [{ name: next, secret: notCollected(`only the first ${MOST_SECRETS} of ${names.length}`) }];
  return [...(await Promise.all(read)), ...rest];
}

/** The pull secrets that the pod names, each read in the pod's namespace as the kubelet does. */
export const pullSecrets = defineCollector({
  kind: 'pullSecrets',
  needs: ['pod', 'serviceAccount'],
  collect: async (read, outside, { namespace }) => {
    const pod = await read('pod');
    if (pod.status !== 'observed') return blockedBy('the pod', pod);
    const names = pod.value.imagePullSecrets;
    if (names.length === 0) return observed([]);
    // The account only tells where the names came from: the Secrets do not wait for it.
    const reading = readSecrets(names, namespace, outside);
    const [secrets, account] = await Promise.all([reading, read('serviceAccount')]);
    const copied = account.status === 'observed' && sameNames(account.value.imagePullSecrets, [...new Set(names)]);
    const via = copied ? 'service-account' : 'pod';
    return observed(secrets.map((one): AttachedSecret => ({ ...one, via })));
  },
});

/** Admission copies the account's list as a whole, and only into a pod that has none of its own. */
function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}
