/** Who is affected by this fault, of all that fail: what a pod must share with the failing one depends on the cause. Pure. */
import type { FailingPod } from '../evidence/scope.ts';
import { familyOf } from './catalogue.ts';
import type { Cause, CauseFamily } from './cause.ts';
import { explains } from './explains.ts';

/** A pod that the fault holds up. */
export type Affected = Pick<FailingPod, 'namespace' | 'pod' | 'workload' | 'node' | 'image' | 'registry'>;

/** Causes that lie between the nodes and one registry. */
const OF_REGISTRY: ReadonlySet<CauseFamily> = new Set<CauseFamily>(['reachability', 'registry', 'credentials']);

/**
 * The failing pods that share the fault: the same registry for network, registry and credential causes, where their own words do not
 * speak of another fault; the same image for reference causes; else the same workload. The pod itself always does.
 */
export function sharing(cause: Cause, from: Affected, failing: readonly FailingPod[]): readonly FailingPod[] {
  const family = familyOf(cause);
  return failing.filter((pod) => {
    if (pod.namespace === from.namespace && pod.pod === from.pod) return true;
    if (OF_REGISTRY.has(family)) return pod.registry === from.registry && sameFault(cause, pod);
    return family === 'reference' ? pod.image === from.image : sameWorkload(from, pod);
  });
}

function sameFault(cause: Cause, { kind }: FailingPod): boolean {
  return explains(cause, kind) || familyOf(kind) === familyOf(cause);
}

function sameWorkload(from: Affected, pod: Affected): boolean {
  const [mine, other] = [from.workload, pod.workload];
  if (mine === undefined || other === undefined) return false;
  return from.namespace === pod.namespace && mine.kind === other.kind && mine.name === other.name;
}
