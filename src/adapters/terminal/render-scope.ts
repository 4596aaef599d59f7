/** The quick assessment as tables. */
import type { Scope } from '../../evidence/scope.ts';
import type { Style } from './style.ts';
import { count, table } from './table.ts';

/** Rows shown before the rest is summed up. */
const MAX_ROWS = 50;

/** The whole report; ends without a line break. */
export function renderScope(scope: Scope, style: Style): string {
  const where =
    scope.namespace === undefined
      ? `cluster ${scope.cluster}`
      : `namespace ${scope.namespace}, cluster ${scope.cluster}`;
  const { total } = scope;
  const head =
    total.failing === 0
      ? `${style.good('Nothing is stuck on a pull')} in ${where} (${count(total.pods, 'pod')} looked at).`
      : `${style.bad(style.bold(`${count(total.failing, 'pod')} cannot pull`))} in ${where}: ${count(total.workloads, 'workload')}, ${count(total.namespaces, 'namespace')}, ${count(total.nodes, 'node')} (${count(total.pods, 'pod')} looked at${scope.truncated ? ', the list was cut' : ''}).`;
  const rows = scope.items
    .slice(0, MAX_ROWS)
    .map((item) => [item.namespace, item.pod, item.container, item.kind, item.image, item.node ?? '-']);
  const more = scope.items.length > MAX_ROWS ? `\n… and ${scope.items.length - MAX_ROWS} more; -o json has all.` : '';
  const list =
    rows.length === 0 ? '' : `${table([['NAMESPACE', 'POD', 'CONTAINER', 'SAYS', 'IMAGE', 'NODE'], ...rows])}${more}`;
  const groups = scope.groups.map((group) => [
    group.by,
    group.value,
    String(group.pods),
    String(group.workloads),
    String(group.namespaces),
    String(group.nodes),
  ]);
  const shared =
    groups.length === 0
      ? ''
      : `${style.bold('What they share')}\n${table([['BY', 'VALUE', 'PODS', 'WORKLOADS', 'NAMESPACES', 'NODES'], ...groups])}`;
  const gaps =
    scope.gaps.length === 0 ? '' : `${style.bold('Could not see')}\n${scope.gaps.map((gap) => `  ${gap}`).join('\n')}`;
  return [head, list, shared, gaps].filter((part) => part !== '').join('\n\n');
}
