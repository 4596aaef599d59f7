/** What a pod's spec says of the nodes it may be on. */
import type { NodeRequirement, Placement } from '../../../evidence/placement.ts';
import type { Pod } from '../schema.ts';

type Spec = NonNullable<Pod['spec']>;
type Terms = NonNullable<
  NonNullable<
    NonNullable<NonNullable<Spec['affinity']>['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
  >['nodeSelectorTerms']
>;
type Requirements = Terms[number]['matchExpressions'];

/** Every pod tolerates these for five minutes (the admission of default tolerations): they let nothing land there. */
const DEFAULTS: ReadonlySet<string> = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']);

/** undefined: nothing is required, and no taint tolerated. */
export function placementOf(spec: Partial<Spec>): Placement | undefined {
  const nodeSelector = spec.nodeSelector ?? {};
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = required?.nodeSelectorTerms?.map(({ matchExpressions, matchFields }) => ({
    labels: requirements(matchExpressions),
    fields: requirements(matchFields),
  }));
  const tolerations = (spec.tolerations ?? [])
    .filter(({ key, effect }) => !(effect === 'NoExecute' && DEFAULTS.has(key ?? '')))
    .map(({ key, operator, value, effect }) => ({
      key: key ?? '',
      operator: operator ?? 'Equal',
      value: value ?? '',
      effect: effect ?? '',
    }));
  if (Object.keys(nodeSelector).length === 0 && !required && tolerations.length === 0) return undefined;
  return { nodeSelector, ...(required ? { terms: terms ?? [] } : {}), tolerations };
}

function requirements(list: Requirements): readonly NodeRequirement[] {
  return (list ?? []).map(({ key, operator, values }) => ({
    key: key ?? '',
    operator: operator ?? '',
    values: values ?? [],
  }));
}
