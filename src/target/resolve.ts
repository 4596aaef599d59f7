/** What does a bare name mean? Pure: decides from lists that somebody else read. */
import { UsageError } from '../errors.ts';
import { kubectlName, type TargetRequest, type WorkloadKind, type WorkloadRef } from './target.ts';

/** A pod as far as names go. */
export interface NamedPod {
  readonly name: string;
  readonly workload?: WorkloadRef;
}

/** What a request turned out to mean. */
export type Resolution =
  | { readonly kind: 'pod'; readonly name: string }
  | { readonly kind: 'workload'; readonly workload: WorkloadRef };

/** As many as a person reads before typing more of the name. */
const MOST_LISTED = 15;

/** Kinds a bare name is tried as, when no pod tells of it. */
export const NAMEABLE: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job'];

/**
 * A bare name that is no pod: a workload of that name, else the one workload whose pods begin with it, else the one pod that does.
 * `unread`: why workloads of that name could not be looked for, one sentence each. Throws UsageError `no-such-target`, or
 * `ambiguous-target` with the list.
 */
export function resolveName(
  request: TargetRequest,
  pods: readonly NamedPod[],
  unread: readonly string[] = [],
): Resolution {
  const exact = distinct(pods.flatMap(({ workload }) => (workload?.name === request.name ? [workload] : [])));
  const [only, ...more] = exact;
  if (only && more.length === 0) return { kind: 'workload', workload: only };
  if (only) throw ambiguous(request, exact.map(kubectlName));
  const begun = pods.filter(({ name }) => name.startsWith(request.name));
  const owners = distinct(begun.flatMap(({ workload }) => (workload ? [workload] : [])));
  const orphans = begun.filter(({ workload }) => workload === undefined);
  const [owner] = owners;
  const [orphan] = orphans;
  if (owners.length + orphans.length > 1) {
    throw ambiguous(request, [...owners.map(kubectlName), ...orphans.map(({ name }) => `pod/${name}`)]);
  }
  if (owner) return { kind: 'workload', workload: owner };
  if (orphan) return { kind: 'pod', name: orphan.name };
  throw noSuchTarget(request, pods, unread);
}

/** Nothing of that name was found: exit code 2, with the names that are there, what was tried, and what could not be looked for. */
export function noSuchTarget(
  request: TargetRequest,
  pods: readonly NamedPod[] = [],
  unread: readonly string[] = [],
): UsageError {
  const { kind, name, namespace } = request;
  const near = namesNear(name, pods);
  const [gap] = unread;
  const what =
    kind !== undefined
      ? kubectlName({ kind, name })
      : gap === undefined
        ? `pod or workload "${name}"`
        : `pod "${name}"`;
  const open = gap === undefined ? '' : ', and whether a workload is called so could not be seen';
  const tried =
    kind === undefined && gap === undefined
      ? `tried as the name or the beginning of a pod, and as ${NAMEABLE.slice(0, -1).join(', ')} and ${NAMEABLE.at(-1) ?? ''}; `
      : '';
  const hint =
    near.length > 0
      ? `there are: ${near.join(', ')}`
      : `${tried}look with: kubectl get ${kind === undefined ? 'pods' : `${kind.toLowerCase()}s`} -n ${namespace}; another namespace is chosen with -n`;
  return new UsageError({
    code: 'no-such-target',
    message: `there is no ${what} in namespace ${namespace}${open}`,
    hint: gap === undefined ? hint : `${gap}; ${hint}`,
  });
}

function ambiguous(request: TargetRequest, names: readonly string[]): UsageError {
  const sorted = [...names].sort();
  const shown = sorted.slice(0, MOST_LISTED).join(', ');
  const rest = sorted.length > MOST_LISTED ? ` and ${sorted.length - MOST_LISTED} more` : '';
  return new UsageError({
    code: 'ambiguous-target',
    message: `"${request.name}" in namespace ${request.namespace} could be ${shown}${rest}`,
    hint: `say which, for example: pod ${sorted[0] ?? request.name} -n ${request.namespace}`,
  });
}

/** Workloads (or pods without one) whose names share a beginning of three letters or contain the word. */
function namesNear(word: string, pods: readonly NamedPod[]): readonly string[] {
  const names = [...new Set(pods.map(({ name, workload }) => (workload ? kubectlName(workload) : `pod/${name}`)))];
  const start = word.slice(0, 3).toLowerCase();
  return names
    .filter((name) => {
      const bare = name.slice(name.indexOf('/') + 1).toLowerCase();
      return bare.includes(word.toLowerCase()) || (start.length === 3 && bare.startsWith(start));
    })
    .sort()
    .slice(0, 5);
}

function distinct(workloads: readonly WorkloadRef[]): readonly WorkloadRef[] {
  return [...new Map(workloads.map((workload) => [kubectlName(workload), workload])).values()];
}
