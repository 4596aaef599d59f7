/**
 * START HERE. The program in one page: what is meant -> which containers -> the runbook's steps over their evidence -> one verdict ->
 * what would really help. It changes nothing, knows no Slack and no store.
 */
import type { ImageSource } from '../build/origin.ts';
import { type Clock, formatTime } from '../clock.ts';
import { recordedEvidence } from '../diagnosis/recording.ts';
import { count } from '../diagnosis/words.ts';
import type { CauseMemory } from '../evidence/cause-memory.ts';
import { type CaseEvidence, collectCase } from '../evidence/collect.ts';
import { type CollectLimits, DEFAULT_LIMITS, type SharedReaders, shareReaders } from '../evidence/collect-shared.ts';
import type { Outside } from '../evidence/collector.ts';
import { valueOf } from '../evidence/observation.ts';
import { ownerByLabels } from '../evidence/owner-by-labels.ts';
import type { RegistryCredential } from '../evidence/registry-access.ts';
import type { Target } from '../target/target.ts';
import { makeCallMeter } from './call-meter.ts';
import { chooseCases } from './choose-cases.ts';
import { findRunbook, type LookDeps, look } from './look.ts';
import { blameNamespace, type NamespaceDeps } from './no-such-namespace.ts';
import { recallWith, rememberCauses } from './remembered-causes.ts';
import { type ResolvedTarget, resolveTarget } from './resolve-target.ts';
import type { OpenReaders } from './scope.ts';
import { siblingTrouble, withheldFor } from './siblings.ts';
import { findStanding } from './standing.ts';
import type { DiagnoseUseCase } from './use-cases.ts';

export interface DiagnoseDeps extends LookDeps, NamespaceDeps {
  readonly clock: Clock;
  readonly readers: OpenReaders;
  /** The bot's own read-only credential for a registry host. */
  readonly ownCredential?: (registry: string) => RegistryCredential | undefined;
  /** Image -> repository, as configured. */
  readonly sources?: readonly ImageSource[];
  readonly limits?: Partial<CollectLimits>;
  /** What nodes said before their events expired. */
  readonly causes?: CauseMemory;
}

/** Leaves the thread's first message its second: what has not answered by then is "could not look", never "it is down". */
const QUICK_LIMITS: CollectLimits = { parallel: 8, callMs: 4500, registryMs: 4500, totalMs: 4500 };

/** Rejects with UsageError (no such target, several, no such runbook) and when `signal` aborts; never for what the outside does. */
export function makeDiagnose(deps: DiagnoseDeps): DiagnoseUseCase {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  return async ({ request, cluster, runbook: runbookId = 'image-pull', onProgress, onRecording, signal }) => {
    const startedAt = deps.clock.now();
    const runbook = findRunbook(deps.runbooks, runbookId);
    const meter = makeCallMeter();
    const readers = deps.readers(cluster, meter);
    const shared = shareReaders(readers, deps.clock, limits, signal);
    try {
      const { cluster: eyes } = shared;
      const at = { cluster: eyes, namespace: request.namespace };
      const target = await resolveTarget(request, eyes, signal).catch((error: unknown) =>
        blameNamespace(error, deps, at, signal),
      );
      const outside = outsideFor(deps, shared, target, signal);
      const { cases, left } = openCases(target, request.namespace, outside);
      const now = () => deps.clock.now();
      const note = noteOn(target, left);
      const first = await look(deps, {
        runbook,
        cases,
        target: () => describeTarget(target, shared.cluster.cluster, request.namespace, cases),
        ...note,
        now,
        ...(onProgress ? { onProgress } : {}),
      });
      const withheld = await siblingTrouble(first, target.pods, cases, outside);
      const looked = withheldFor(first, withheld);
      if (deps.causes) await rememberCauses(deps.causes, deps.clock, cases);
      onRecording?.({
        target: looked.target,
        ...note,
        ...(withheld === undefined ? {} : { withheld }),
        runbook: runbook.id,
        cases: recordedEvidence(cases),
        credentialHosts: deps.credentialHosts,
        startedAt,
      });
      const remedies = await findStanding(deps.remedies, looked.remedies, shared.codeHost, signal);
      return {
        ...looked,
        remedies,
        startedAt: formatTime(startedAt),
        durationMs: now() - startedAt,
        calls: meter.calls(),
      };
    } finally {
      shared.close();
      void readers.close?.().catch(() => undefined);
    }
  };
}

/** The same, within 5 seconds: for an alert's first look, before its thread is opened. */
export function makeQuickLook(deps: DiagnoseDeps): DiagnoseUseCase {
  return makeDiagnose({ ...deps, limits: QUICK_LIMITS });
}

function outsideFor(deps: DiagnoseDeps, shared: SharedReaders, target: ResolvedTarget, signal: AbortSignal): Outside {
  for (const pod of target.pods) shared.know(pod);
  const { unseen } = target;
  // Nothing could be looked at: the steps say so one by one, each with what it misses.
  const cluster = unseen ? { ...shared.cluster, pod: async () => unseen } : shared.cluster;
  return {
    cluster,
    registry: shared.registry,
    now: () => deps.clock.now(),
    ...(shared.codeHost ? { codeHost: shared.codeHost } : {}),
    sources: deps.sources ?? [],
    signal,
    ownCredential: deps.ownCredential ?? (() => undefined),
    ...(deps.causes ? { recall: recallWith(deps.causes, deps.clock) } : {}),
  };
}

function openCases(
  target: ResolvedTarget,
  namespace: string,
  outside: Outside,
): { readonly cases: readonly CaseEvidence[]; readonly left: number } {
  const { subjects, left } = chooseCases(target.pods);
  const { kind, name } = target;
  const owner = target.podless && kind !== 'Pod' ? { owner: { kind, name } } : undefined;
  const blind = [{ namespace, pod: owner ? '' : name, container: '', ...owner }];
  return { cases: (subjects.length > 0 ? subjects : blind).map((subject) => collectCase(subject, outside)), left };
}

/** `left`: containers without a case. */
function noteOn({ note }: ResolvedTarget, left: number): { readonly note?: string } {
  const cut = `${count(left, 'more container')} not looked into: what the registry has for them now is not known`;
  const said = [...(note === undefined ? [] : [note]), ...(left === 0 ? [] : [cut])];
  return said.length === 0 ? {} : { note: said.join('; ') };
}

function describeTarget(
  { kind, name, pods }: ResolvedTarget,
  cluster: string,
  namespace: string,
  cases: readonly CaseEvidence[],
): Target {
  const read = cases.flatMap((one) => valueOf(one.soFar().workload) ?? [])[0];
  const [pod] = pods;
  const owner = kind === 'Pod' ? (read ?? (pod ? ownerByLabels(pod) : undefined)) : { kind, name };
  return { cluster, namespace, kind, name, ...(owner ? { workload: { kind: owner.kind, name: owner.name } } : {}) };
}
