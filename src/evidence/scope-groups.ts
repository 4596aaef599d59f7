/** The quick assessment's second half: what do the failing pods share? Pure. */
import { kubectlName } from '../target/target.ts';
import type { FailingPod, Scope, ScopeGroup } from './scope.ts';

type Sort = ScopeGroup['by'];

/** What a pod belongs to under each heading; a pod may be under several values (it names two Secrets) or none. */
const HEADINGS: { readonly [By in Sort]: (pod: FailingPod) => readonly string[] } = {
  cause: ({ kind }) => [kind],
  registry: ({ registry }) => (registry === '' ? [] : [registry]),
  image: ({ image }) => [image],
  secret: ({ namespace, secrets }) => [...new Set(secrets)].map((name) => `${namespace}/${name}`),
  node: ({ node }) => (node === undefined ? [] : [node]),
  namespace: ({ namespace }) => [namespace],
  workload: (pod) => (pod.workload ? [workloadKey(pod)] : []),
};

/** Every heading in a fixed order; within one, most pods first, then by name. */
export function groupFailing(pods: readonly FailingPod[]): readonly ScopeGroup[] {
  return (Object.keys(HEADINGS) as readonly Sort[]).flatMap((by) => {
    const members = new Map<string, FailingPod[]>();
    for (const pod of pods) {
      for (const value of HEADINGS[by](pod)) {
        const rows = members.get(value);
        if (rows === undefined) members.set(value, [pod]);
        else rows.push(pod);
      }
    }
    return [...members]
      .map(([value, rows]): ScopeGroup => ({ by, value, ...countFailing(rows) }))
      .sort((left, right) => right.pods - left.pods || (left.value < right.value ? -1 : 1));
  });
}

/** How far it reaches. A pod without an owner counts as its own workload: it blocks something too. */
function countFailing(pods: readonly FailingPod[]): Pick<ScopeGroup, 'pods' | 'workloads' | 'namespaces' | 'nodes'> {
  return {
    pods: pods.length,
    workloads: new Set(pods.map(workloadKey)).size,
    namespaces: new Set(pods.map(({ namespace }) => namespace)).size,
    nodes: new Set(pods.flatMap(({ node }) => (node === undefined ? [] : [node]))).size,
  };
}

/** Totals of a whole scope. */
export function totalOf(pods: readonly FailingPod[], lookedAt: number): Scope['total'] {
  const { pods: failing, ...rest } = countFailing(pods);
  return { pods: lookedAt, failing, ...rest };
}

/** What to diagnose first; `name` as kubectl writes it: `deployment/api`. */
export interface WorstRow {
  readonly namespace: string;
  readonly name: string;
  readonly pods: number;
}

/** The workload (or pod without one) with the most pods that cannot pull; among equals the one that waits longest, then the first. */
export function worstOf(pods: readonly FailingPod[]): WorstRow | undefined {
  const rows = new Map<string, WorstRow & { readonly since: number }>();
  for (const one of pods) {
    const { namespace, workload, pod, since = Number.POSITIVE_INFINITY } = one;
    const key = workloadKey(one);
    const before = rows.get(key);
    const name = workload ? kubectlName(workload) : `pod/${pod}`;
    rows.set(key, {
      namespace,
      name,
      pods: (before?.pods ?? 0) + 1,
      since: Math.min(before?.since ?? Number.POSITIVE_INFINITY, since),
    });
  }
  return [...rows.values()].reduce<(WorstRow & { readonly since: number }) | undefined>(
    (worst, row) =>
      worst === undefined || row.pods > worst.pods || (row.pods === worst.pods && row.since < worst.since)
        ? row
        : worst,
    undefined,
  );
}

function workloadKey({ namespace, workload, pod }: FailingPod): string {
  return `${namespace}/${workload ? kubectlName(workload) : `pod/${pod}`}`;
}
