/** Which of a runbook's escalation conditions hold, computed from what was seen. Pure; asking twice gives the same. */
import type { Cause } from '../diagnosis/cause.ts';
import type { EscalationRule } from '../runbook/runbook.ts';
import type { Incident } from './incident.ts';

/** A condition that is a fact about the fault; `unresolved` is only a clock. */
export type FaultCondition = Exclude<EscalationRule['when'], 'unresolved'>;

/** A registry of which node and bot alike see this does not serve anybody. A name that does not resolve may be a misspelt one. */
const DOWN: ReadonlySet<Cause> = new Set<Cause>([
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-unreachable',
  'registry-unreachable',
  'registry-error',
]);

/** The most urgent first. */
export function conditionsOf(incident: Incident): readonly FaultCondition[] {
  return [
    ...(isRegistryDown(incident) || downInScope(incident) !== undefined ? (['registry-down'] as const) : []),
    ...(isExpanding(incident) ? (['scope-expanding'] as const) : []),
  ];
}

/** More namespaces than when it was first looked at. */
function isExpanding({ namespaces }: Incident): boolean {
  return namespaces !== undefined && namespaces.most > namespaces.first;
}

function isRegistryDown({ diagnosis }: Incident): boolean {
  if (diagnosis === undefined) return false;
  const { cause, confidence } = diagnosis.verdict;
  if (cause === 'registry-down') return confidence !== 'possible';
  // An in-cluster registry with ready endpoints is up: then the fault lies on the way.
  const isUp = diagnosis.ruledOut.some((one) => one.cause === 'registry-down');
  return confidence === 'certain' && DOWN.has(cause) && !isUp;
}

/** For an incident without a pod: the registry that every failing workload, of several, finds away; undefined: there is none. */
export function downInScope({ diagnosis, scope }: Pick<Incident, 'diagnosis' | 'scope'>): string | undefined {
  if (diagnosis !== undefined || scope === undefined || scope.total.workloads < 2) return undefined;
  const [first] = scope.items;
  const isOne = scope.items.every(({ registry, kind }) => registry === first?.registry && DOWN.has(kind));
  return isOne && first?.registry !== '' ? first?.registry : undefined;
}
