import { defineCollector } from '../collector.ts';
import type { AttachedSecret } from '../evidence.ts';
import { blockedBy, observed } from '../observation.ts';

/** A pod with more is hostile or broken; the kubelet would read them all, we stop here. */
export const MOST_SECRETS = 20;

/** The pull secrets that the pod names, each read in the pod's namespace as the kubelet does. */
export const pullSecrets = defineCollector({
  kind: 'pullSecrets',
  needs: ['pod', 'serviceAccount'],
  collect: async (read, { cluster, signal }, { namespace }) => {
    const pod = await read('pod');
    if (pod.status !== 'observed') return blockedBy('the pod', pod);
    const names = [...new Set(pod.value.imagePullSecrets)].slice(0, MOST_SECRETS);
    if (names.length === 0) return observed([]);
    // The account only tells where the names came from: the Secrets do not wait for it.
    const reading = Promise.all(names.map((name) => cluster.secret(namespace, name, signal)));
    const [secrets, account] = await Promise.all([reading, read('serviceAccount')]);
    const copied = account.status === 'observed' && sameNames(account.value.imagePullSecrets, names);
    return observed(
      names.flatMap((name, index): AttachedSecret[] => {
        const secret = secrets[index];
        return secret ? [{ name, via: copied ? 'service-account' : 'pod', secret }] : [];
      }),
    );
  },
});

/** Admission copies the account's list as a whole, and only into a pod that has none of its own. */
function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}
