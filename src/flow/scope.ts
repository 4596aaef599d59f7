/** The runbook's quick assessment: everything that cannot pull, and what it has in common. */
import type { Clock } from '../clock.ts';
import { type PullcheckError, UnreachableError, UsageError } from '../errors.ts';
import type { CodeHost } from '../evidence/code-host.ts';
import { type CollectLimits, DEFAULT_LIMITS, shareReaders } from '../evidence/collect-shared.ts';
import { describeGap, type Observation } from '../evidence/observation.ts';
import type { CallMeter, ClusterReader, RegistryReader, UnreadyList } from '../evidence/ports.ts';
import { failingPods } from '../evidence/pull-failures.ts';
import { groupFailing, totalOf } from '../evidence/scope-groups.ts';
import { type NamespaceDeps, noSuchNamespace } from './no-such-namespace.ts';
import type { ScopeUseCase } from './use-cases.ts';

/** The outside as one diagnosis sees it. */
interface Readers {
  readonly cluster: ClusterReader;
  readonly registry: RegistryReader;
  /** Where builds are asked about; absent where none is configured. */
  readonly codeHost?: CodeHost;
  /** Called once when the diagnosis is over; its failure is nobody's business. */
  readonly close?: () => Promise<void>;
}

/** Opens readers for one diagnosis; every request is counted on `meter`. Throws UsageError for an unknown cluster. */
export type OpenReaders = (cluster: string | undefined, meter: CallMeter) => Readers;

export interface ScopeDeps extends NamespaceDeps {
  readonly clock: Clock;
  readonly readers: OpenReaders;
  readonly limits?: Partial<CollectLimits>;
}

/** Rejects with UnreachableError when no pods can be listed (exit code 3), with UsageError when there is no such namespace. */
export function makeScope(deps: ScopeDeps): ScopeUseCase {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  return async ({ namespace, cluster, onCall, signal }) => {
    let calls = 0;
    const readers = deps.readers(cluster, {
      count: () => {
        calls += 1;
        onCall?.(calls);
      },
    });
    const shared = shareReaders(readers, deps.clock, limits, signal);
    try {
      const list = await shared.cluster.unreadyPods(namespace === undefined ? {} : { namespace }, signal);
      if (list.status !== 'observed') throw couldNotList(list);
      const { pods, total, truncated } = list.value;
      const items = failingPods(pods);
      return {
        apiVersion: 'pullcheck/v1',
        kind: 'Scope',
        cluster: shared.cluster.cluster,
        ...(namespace === undefined ? {} : { namespace }),
        items,
        groups: groupFailing(items),
        total: totalOf(items, total),
        truncated,
        gaps: [
          ...(truncated ? [`only the first ${total} pods were looked at; choose a namespace to see all of it`] : []),
          ...(namespace !== undefined && total === 0 ? await doubts(deps, shared.cluster, namespace, signal) : []),
        ],
      };
    } finally {
      shared.close();
      void readers.close?.().catch(() => undefined);
    }
  };
}

/** A list of pods is empty too in a namespace that does not exist. */
async function doubts(
  deps: ScopeDeps,
  cluster: ClusterReader,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = await noSuchNamespace(deps, cluster, namespace, signal);
  if (found instanceof UsageError) throw found;
  return found === undefined ? [] : [found.doubt];
}

function couldNotList(list: Exclude<Observation<UnreadyList>, { status: 'observed' }>): PullcheckError {
  const forbidden = list.status === 'forbidden';
  return new UnreachableError({
    code: forbidden ? 'forbidden' : 'cluster-unreachable',
    message: describeGap('pods', list),
    hint: forbidden
      ? 'add the rule, or choose a namespace that you may read'
      : 'check the address and the credentials of the cluster',
    retryable: !forbidden,
  });
}
