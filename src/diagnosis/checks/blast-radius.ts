/** Who else is affected? One pod, one workload, one registry, or everything. Informs; finds nothing by itself. */
import type { ScopeEvidence } from '../../evidence/evidence.ts';
import type { FailingPod } from '../../evidence/scope.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { narrow } from '../contrast-words.ts';
import { couldNotLook } from '../gaps.ts';
import type { Affected } from '../sharing.ts';
import { count } from '../words.ts';

export const blastRadius = defineCheck({
  id: 'blast-radius',
  question: 'Who else is affected?',
  needs: ['scope'],
  run({ scope }): CheckResult {
    if (scope.status !== 'observed') return couldNotLook({ scope });
    const { contrast, failing } = scope.value;
    const narrowed = contrast === undefined ? undefined : narrow(contrast, failing);
    // Narrowed to the registry, it is named there.
    const note = radius(scope.value, narrowed?.to !== 'registry');
    return {
      verdict: 'pass',
      note: narrowed === undefined || narrowed.note === '' ? note : `${note}; ${narrowed.note}`,
    };
  },
  command() {
    return 'kubectl get pods -A | grep -E "ImagePull|ErrImage|InvalidImage"';
  },
});

/** How many things fail, counted once each. */
export function tally(failing: readonly Affected[]) {
  const distinct = (of: (pod: Affected) => string | undefined) =>
    new Set(failing.map(of).filter((value) => value !== undefined && value !== '')).size;
  return {
    pods: distinct((pod) => `${pod.namespace}/${pod.pod}`),
    workloads: distinct(workloadKey),
    namespaces: distinct((pod) => pod.namespace),
    nodes: distinct((pod) => pod.node),
    registries: distinct((pod) => pod.registry),
    images: distinct((pod) => pod.image),
  };
}

function workloadKey(pod: Affected): string | undefined {
  return pod.workload === undefined ? undefined : `${pod.namespace}/${pod.workload.kind}/${pod.workload.name}`;
}

function radius({ failing, extent, pods, truncated }: ScopeEvidence, saysCommon: boolean): string {
  const seen = extent === 'cluster' ? 'in the cluster' : 'in this namespace (other namespaces could not be listed)';
  const cut = truncated ? `; the list was cut after ${count(pods, 'pod')}` : '';
  const n = tally(failing);
  if (n.pods === 0) return `no pod ${seen} fails to pull${cut}`;
  if (n.pods === 1) return `only this one pod ${seen} fails to pull${cut}`;
  const who = `${n.pods} pods of ${count(n.workloads, 'workload')} in ${count(n.namespaces, 'namespace')} on ${count(n.nodes, 'node')}`;
  return `${who} fail to pull ${seen}${saysCommon ? `; ${common(failing, n)}` : ''}${cut}`;
}

/** What the failing pods share, the narrowest first. */
function common(failing: readonly FailingPod[], n: ReturnType<typeof tally>): string {
  if (n.images === 1) return `all of them the same image ${failing[0]?.image ?? ''}`;
  if (n.workloads === 1) return 'all of one workload';
  if (n.registries === 1) return `all of them from ${failing[0]?.registry ?? ''}`;
  if (n.nodes === 1) return `all of them on node ${failing[0]?.node ?? ''}`;
  return `from ${count(n.registries, 'registry').replace('registrys', 'registries')}`;
}
