/** The quick assessment: who cannot pull, grouped by what they share. */
import { formatDuration } from '../../../clock.ts';
import { count } from '../../../diagnosis/words.ts';
import type { FailingPod, Scope, ScopeGroup } from '../../../evidence/scope.ts';
import { worstOf } from '../../../evidence/scope-groups.ts';
import { kubectlName } from '../../../target/target.ts';
import { clampEscaped, code, escaped } from './escape.ts';
import { fit } from './fit.ts';
import { context, fence, header, type Message, type MessageBlock, section } from './parts.ts';

const MAX_ROWS = 20;

/** One sentence: how many of how many. Escaped. */
export function scopeLine(scope: Scope): string {
  const where = scope.namespace === undefined ? `cluster ${scope.cluster}` : `namespace ${scope.namespace}`;
  const { failing, pods, workloads, namespaces, nodes } = scope.total;
  if (failing === 0)
    return escaped(`No pod of ${pods} in ${where} is unable to pull${scope.truncated ? ' (list cut)' : ''}`);
  return escaped(
    `${failing} of ${pods} pods in ${where} cannot pull: ${count(workloads, 'workload')}, ${count(namespaces, 'namespace')}, ${count(nodes, 'node')}`,
  );
}

/** `now`: ms, for ages. */
export function scopeTable(scope: Scope, now: number): Message {
  const all = together(scope.items, now);
  const rows = all.slice(0, MAX_ROWS);
  const more = all.length - rows.length;
  const body: MessageBlock[] = [
    header(`Scope: ${scope.namespace ?? scope.cluster}`),
    section(`*${scopeLine(scope)}*`),
    ...groups(scope.groups),
    ...(rows.length > 0 ? [section(fence(rows))] : []),
    ...next(scope),
    ...(more > 0 ? [context(`and ${more} more rows; \`pullcheck scope\` in the terminal lists them all`)] : []),
    ...(scope.truncated
      ? [context('The cluster has more pods than are looked at: the numbers are lower bounds.')]
      : []),
    ...(scope.gaps.length > 0
      ? [
          section(
            `*Could not be seen*\n${scope.gaps
              .slice(0, 8)
              .map((gap) => `• ${clampEscaped(escaped(gap), 330)}`)
              .join('\n')}`,
          ),
        ]
      : []),
  ];
  return fit({ text: scopeLine(scope), body });
}

/** What to ask next: why the worst of them cannot pull. */
function next({ items }: Scope): MessageBlock[] {
  const worst = worstOf(items);
  if (worst === undefined) return [];
  const command = code(`/pullcheck pod ${worst.name} -n ${worst.namespace}`, 400);
  return [section(`*Next*  ${command} says why, and what to do about it`)];
}

/** A group of one pod shares nothing, and the pod is in the table. */
function groups(all: readonly ScopeGroup[]): MessageBlock[] {
  const shared = all.filter(({ pods }) => pods > 1);
  if (shared.length === 0) return [];
  const rows = shared.slice(0, MAX_ROWS).map((group) => {
    return `${group.by.padEnd(9)} ${clampEscaped(group.value, 80)}  ${count(group.pods, 'pod')}, ${count(group.workloads, 'workload')}, ${count(group.nodes, 'node')}`;
  });
  const left = shared.length - rows.length;
  if (left > 0) rows.push(`… ${left} more`);
  return [section(`*What they share*\n${fence(rows)}`)];
}

/** Pods of one workload that fail alike are one row, with the age of the oldest. */
function together(pods: readonly FailingPod[], now: number): readonly string[] {
  const rows = new Map<string, { pods: number; since: number | undefined }>();
  for (const { namespace, workload, pod, kind, image, since } of pods) {
    const owner = workload ? kubectlName(workload) : `pod/${pod}`;
    const key = `${namespace}  ${owner}  ${kind}  ${image}`;
    const before = rows.get(key);
    const oldest = Math.min(before?.since ?? Number.POSITIVE_INFINITY, since ?? Number.POSITIVE_INFINITY);
    rows.set(key, { pods: (before?.pods ?? 0) + 1, since: Number.isFinite(oldest) ? oldest : undefined });
  }
  return [...rows].map(([key, { pods: many, since }]) => {
    const age = since === undefined ? '' : `  ${formatDuration(now - since)}`;
    return `${key}${many === 1 ? '' : `  ${many} pods`}${age}`;
  });
}
