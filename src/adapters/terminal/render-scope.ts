/** The quick assessment as tables. */
import { commandLine } from '../../diagnosis/shell.ts';
import type { Scope } from '../../evidence/scope.ts';
import { worstOf } from '../../evidence/scope-groups.ts';
import type { Style } from './style.ts';
import { count, table } from './table.ts';
import { wrap } from './wrap.ts';

/** Rows shown before the rest is summed up. */
const MAX_ROWS = 50;

/** The whole report; ends without a line break. `flags`: those that chose the cluster, repeated in the command to type next. */
export function renderScope(scope: Scope, style: Style, flags: readonly string[] = []): string {
  const where =
    scope.namespace === undefined
      ? `cluster ${scope.cluster}`
      : `namespace ${scope.namespace}, cluster ${scope.cluster}`;
  const { total } = scope;
  const found = total.failing === 0 ? 'Nothing is stuck on a pull' : `${count(total.failing, 'pod')} cannot pull`;
  const paint = total.failing === 0 ? style.good : (text: string) => style.bad(style.bold(text));
  const head =
    total.failing === 0
      ? `${found} in ${where} (${count(total.pods, 'pod')} looked at).`
      : `${found} in ${where}: ${count(total.workloads, 'workload')}, ${count(total.namespaces, 'namespace')}, ${count(total.nodes, 'node')} (${count(total.pods, 'pod')} looked at${scope.truncated ? ', the list was cut' : ''}).`;
  const rows = scope.items
    .slice(0, MAX_ROWS)
    .map((item) => [item.namespace, item.pod, item.container, item.kind, item.image, item.node ?? '-']);
  const more = scope.items.length > MAX_ROWS ? `\n… and ${scope.items.length - MAX_ROWS} more; -o json has all.` : '';
  const list =
    rows.length === 0
      ? ''
      : `${table([['NAMESPACE', 'POD', 'CONTAINER', 'SAYS', 'IMAGE', 'NODE'], ...rows], '', style.width)}${more}`;
  // A group of one pod shares nothing, and the pod stands above.
  const groups = scope.groups
    .filter(({ pods }) => pods > 1)
    .map((group) => [
      group.by,
      String(group.pods),
      String(group.workloads),
      String(group.namespaces),
      String(group.nodes),
      group.value,
    ]);
  const shared =
    groups.length === 0
      ? ''
      : `${style.bold('What they share')}\n${table([['BY', 'PODS', 'WORKLOADS', 'NAMESPACES', 'NODES', 'VALUE'], ...groups], '', style.width)}`;
  const gaps =
    scope.gaps.length === 0
      ? ''
      : `${style.bold('Could not see')}\n${scope.gaps.map((gap) => wrap(gap, style.width, '  ')).join('\n')}`;
  const worst = worstOf(scope.items);
  const next =
    worst === undefined
      ? ''
      : `${style.bold('Next: why, and what to do about it')}\n${style.dim(`  $ ${commandLine('pullcheck', 'pod', worst.name, '-n', worst.namespace, ...flags)}`)}`;
  return [wrap(head, style.width).replace(found, paint(found)), list, shared, gaps, next]
    .filter((part) => part !== '')
    .join('\n\n');
}
