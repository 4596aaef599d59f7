/** What a list of failing pods tells about their common fault. */
import type { FailingPod, Scope } from '../evidence/scope.ts';
import { isRegistryFault, registryFamily } from './family.ts';

const MOST_ITEMS = 50;
const MOST_GROUPS = 50;

/** The family (as `familyOf` names it) of `target`'s pods, or of all failing pods; null: they share no registry that is away. */
export function scopeFamily(scope: Scope, target?: { readonly name: string }): string | null {
  const items = target ? scope.items.filter((item) => isOf(item, target.name)) : scope.items;
  const registries = new Set(items.map((item) => (isRegistryFault(item.kind) ? item.registry : '')));
  const [registry] = registries;
  return registries.size === 1 && registry ? registryFamily(scope.cluster, registry) : null;
}

/** Small enough to be kept with an incident. The totals still count everything. */
export function trimScope(scope: Scope): Scope {
  return {
    ...scope,
    items: scope.items.slice(0, MOST_ITEMS),
    groups: scope.groups.slice(0, MOST_GROUPS),
    truncated: scope.truncated || scope.items.length > MOST_ITEMS,
  };
}

/** Does this failing pod belong to the object of that name? */
export function isOf(item: FailingPod, name: string): boolean {
  return item.pod === name || item.workload?.name === name;
}
