/**
 * The readers of one diagnosis: the same question is asked once however many containers and pods raise it, at most a few calls
 * are under way at a time, and each call, like the whole, has a deadline. A call that does not answer is an observation.
 */
import { type Clock, formatDuration } from '../clock.ts';
import { errorLine } from '../errors.ts';
import { fullName } from '../image/reference.ts';
import type { CodeHost } from './code-host.ts';
import { makeGate } from './collect-gate.ts';
import { absent, type Observation, observed, unreachable } from './observation.ts';
import type { ClusterReader, RegistryReader } from './ports.ts';
import { type AccessOutcome, isInTheClear, type RegistryCredential } from './registry-access.ts';
import { shareCodeHost } from './share-code-host.ts';
import type { PodSnapshot } from './snapshots.ts';

/** In ms, but `parallel`. */
export interface CollectLimits {
  /** Calls under way at the same time. */
  readonly parallel: number;
  /** For one question to the cluster, from when it leaves. */
  readonly callMs: number;
  /** For one question to a registry with all its requests; longer than the reader's own limits, which say better what failed. */
  readonly registryMs: number;
  /** For everything together; what is not known then stays unknown. */
  readonly totalMs: number;
}

export const DEFAULT_LIMITS: CollectLimits = { parallel: 8, callMs: 10_000, registryMs: 30_000, totalMs: 60_000 };

/** Questions that go to a registry. */
const REGISTRY: ReadonlySet<unknown> = new Set(['manifest', 'tags', 'tag-details', 'catalog', 'login']);

/** Rows of a whole cluster, and the pods in doubt: many requests, each with the reader's own limit. */
function deadlineOf(question: unknown, limits: CollectLimits): number {
  if (question === 'unready-pods') return limits.totalMs;
  return REGISTRY.has(question) ? limits.registryMs : limits.callMs;
}

export interface SharedReaders {
  readonly cluster: ClusterReader;
  readonly registry: RegistryReader;
  readonly codeHost?: CodeHost;
  /** A pod that a list already showed is not read again. */
  know(pod: PodSnapshot): void;
  /** Call when the diagnosis is over: stops the clock, and the calls that nobody waits for any more. */
  close(): void;
}

/** `signal` is the caller's: when it aborts, every call rejects. The methods ignore the signal they are given: the answer is everybody's. */
export function shareReaders(
  readers: { readonly cluster: ClusterReader; readonly registry: RegistryReader; readonly codeHost?: CodeHost },
  clock: Clock,
  limits: CollectLimits,
  signal: AbortSignal,
): SharedReaders {
  const over = new AbortController();
  const closed = new AbortController();
  const answers = new Map<string, Promise<unknown>>();
  const gate = makeGate(limits.parallel);
  // A slow code host holds up nobody else.
  const builds = makeGate(limits.parallel);
  ignore(
    clock
      .sleep(limits.totalMs, AbortSignal.any([closed.signal, signal]))
      .then(() => over.abort(new Late(limits.totalMs, true))),
  );

  function once<T>(
    key: readonly unknown[],
    ask: (signal: AbortSignal) => Promise<T>,
    failed: (why: Error) => T,
  ): Promise<T> {
    const name = JSON.stringify(key);
    const before = answers.get(name);
    if (before !== undefined) return before as Promise<T>;
    const through = key[0] === 'code-host' ? builds : gate;
    const answer = through(() => timed(ask, deadlineOf(key[0], limits))).catch((error: unknown) => {
      signal.throwIfAborted();
      return failed(error instanceof Error ? error : new Error(errorLine(error)));
    });
    ignore(answer);
    answers.set(name, answer);
    return answer;
  }

  async function timed<T>(ask: (signal: AbortSignal) => Promise<T>, ms: number): Promise<T> {
    const call = new AbortController();
    const all = AbortSignal.any([signal, over.signal, call.signal]);
    all.throwIfAborted();
    const answered = new AbortController();
    const aborted = new Promise<never>((_, reject) => {
      all.addEventListener('abort', () => reject(all.reason as Error), { once: true });
    });
    ignore(aborted);
    ignore(clock.sleep(ms, answered.signal).then(() => call.abort(new Late(ms, false))));
    try {
      return await Promise.race([ask(all), aborted]);
    } catch (error) {
      // An SDK wraps the reason in an error of its own; ours says which deadline it was.
      all.throwIfAborted();
      throw error;
    } finally {
      answered.abort();
    }
  }

  /** The answer to a question that nobody has asked yet. */
  function tell(key: readonly unknown[], answer: unknown): void {
    const name = JSON.stringify(key);
    if (!answers.has(name)) answers.set(name, Promise.resolve(answer));
  }

  return {
    cluster: shareCluster(readers.cluster, once, tell),
    registry: shareRegistry(readers.registry, once),
    ...(readers.codeHost ? { codeHost: shareCodeHost(readers.codeHost, once, clock, over.signal) } : {}),
    know: (pod) => tell(['pod', pod.namespace, pod.name], observed(pod)),
    close: () => {
      closed.abort();
      over.abort(new Late(limits.totalMs, true));
    },
  };
}

/** A call that gave no answer. `isOver`: because the diagnosis as a whole had no time left. */
class Late extends Error {
  readonly isOver: boolean;
  constructor(ms: number, isOver: boolean) {
    super(isOver ? `the look was over after ${formatDuration(ms)}` : `no answer within ${formatDuration(ms)}`);
    this.isOver = isOver;
  }
}

type Once = <T>(
  key: readonly unknown[],
  ask: (signal: AbortSignal) => Promise<T>,
  failed: (why: Error) => T,
) => Promise<T>;

function shareCluster(
  reader: ClusterReader,
  once: Once,
  tell: (key: readonly unknown[], answer: unknown) => void,
): ClusterReader {
  function look<T>(
    key: readonly unknown[],
    ask: (signal: AbortSignal) => Promise<Observation<T>>,
  ): Promise<Observation<T>> {
    return once(key, ask, (error) => unreachable(errorLine(error)));
  }
  return {
    cluster: reader.cluster,
    pod: (namespace, name) => look(['pod', namespace, name], (signal) => reader.pod(namespace, name, signal)),
    pods: (query) =>
      look(['pods', query.namespace ?? null, query.selector ?? null], (signal) => reader.pods(query, signal)),
    unreadyPods: (query) =>
      look(['unready-pods', query.namespace ?? null], (signal) => reader.unreadyPods(query, signal)),
    events: (namespace, uid) => look(['events', namespace, uid], (signal) => reader.events(namespace, uid, signal)),
    podEvents: (namespace, name) =>
      look(['pod-events', namespace, name], async (signal) => {
        const said = await reader.podEvents(namespace, name, signal);
        if (said.status === 'observed') tell(['events', namespace, said.value.uid], observed(said.value.events));
        return said;
      }),
    workload: (ref) => look(['workload', ref.namespace, ref.kind, ref.name], (signal) => reader.workload(ref, signal)),
    controllerOf: (ref) =>
      look(['controller', ref.namespace, ref.kind, ref.name], (signal) => reader.controllerOf(ref, signal)),
    revisions: (workload) => look(['revisions', workload.uid], (signal) => reader.revisions(workload, signal)),
    serviceAccount: (namespace, name) =>
      look(['service-account', namespace, name], (signal) => reader.serviceAccount(namespace, name, signal)),
    secret: (namespace, name) => look(['secret', namespace, name], (signal) => reader.secret(namespace, name, signal)),
    secretRows: (query) =>
      look(['secret-rows', query.namespace ?? null, query.type ?? null], (signal) => reader.secretRows(query, signal)),
    secretsOfType: (query) =>
      look(['secrets', query.namespace ?? null, query.name ?? null, query.type], (signal) =>
        reader.secretsOfType(query, signal),
      ),
    services: (query) => look(['services', query.namespace ?? null], (signal) => reader.services(query, signal)),
    endpoints: (namespace, service) =>
      look(['endpoints', namespace, service], (signal) => reader.endpoints(namespace, service, signal)),
    networkPolicies: (namespace) =>
      look(['network-policies', namespace], (signal) => reader.networkPolicies(namespace, signal)),
    jobs: (query) => look(['jobs', query.namespace ?? null], (signal) => reader.jobs(query, signal)),
    gitOps: (ref) =>
      look(['gitops', ref.kind, ref.namespace ?? null, ref.name], (signal) => reader.gitOps(ref, signal)),
    node: (name) => look(['node', name], (signal) => reader.node(name, signal)),
    crashLog: (ref) =>
      look(['log', ref.namespace, ref.pod, ref.container, ref.previous], (signal) => reader.crashLog(ref, signal)),
    namespaces: () => look(['namespaces'], (signal) => reader.namespaces(signal)),
    nodes: () => look(['nodes'], (signal) => reader.nodes(signal)),
  };
}

function shareRegistry(reader: RegistryReader, once: Once): RegistryReader {
  return {
    manifest: (reference, credential) =>
      once(
        ['manifest', fullName(reference), ...identity(credential)],
        (signal) => reader.manifest(reference, credential, signal),
        (error) => ({ credential, outcome: silent(error), challenge: { scheme: 'unknown' }, durationMs: 0 }),
      ),
    tags: (reference, credential) =>
      once(
        ['tags', reference.registry, reference.repository],
        (signal) => reader.tags(reference, credential, signal),
        (error) => ({ kind: 'failed', outcome: silent(error) }),
      ),
    tagDetails: (reference, tags, credential) =>
      once(
        ['tag-details', reference.registry, reference.repository, ...tags],
        (signal) => reader.tagDetails(reference, tags, credential, signal),
        (error) => ({ kind: 'untold', reason: errorLine(error) }),
      ),
    ...(reader.origin === undefined
      ? {}
      : {
          origin: (reference, credential) =>
            once(
              ['origin', fullName(reference), ...identity(credential)],
              async (signal) => (await reader.origin?.(reference, credential, signal)) ?? absent,
              (error) => unreachable(errorLine(error)),
            ),
        }),
    ...(reader.repositories === undefined
      ? {}
      : {
          repositories: (reference, credential) =>
            once(
              ['catalog', reference.registry],
              async (signal) => reader.repositories?.(reference, credential, signal),
              () => undefined,
            ),
        }),
    login: (reference, credential) =>
      once(
        ['login', reference.registry, ...identity(credential)],
        (signal) => reader.login(reference, credential, signal),
        () => 'unknown',
      ),
  };
}

/** What tells two credentials apart, without their password: one entry of one Secret holds one. */
function identity(credential: RegistryCredential): readonly string[] {
  if (credential.kind === 'anonymous') return ['anonymous', isInTheClear(credential) ? 'in the clear' : ''];
  return [credential.origin, credential.source, credential.secret ?? '', credential.entry ?? '', credential.username];
}

/** A registry that does not answer a whole call is something we saw; that our own time ran out is not. */
function silent(error: Error): AccessOutcome {
  if (!(error instanceof Late) || error.isOver) throw error;
  return { kind: 'network', fault: 'connection-timeout', detail: error.message };
}

function ignore(promise: Promise<unknown>): void {
  promise.catch(() => undefined);
}
