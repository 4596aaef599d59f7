/**
 * START HERE. The program in one page: what is meant -> which containers -> the runbook's steps over their evidence -> one verdict ->
 * what would really help. It changes nothing, knows no Slack and no store.
 */
import { type Clock, formatTime } from '../clock.ts';
import type { Check } from '../diagnosis/check.ts';
import { conclude, concludeCase } from '../diagnosis/conclude.ts';
import { UsageError } from '../errors.ts';
import { type CaseEvidence, collectCase } from '../evidence/collect.ts';
import { type CollectLimits, DEFAULT_LIMITS, type SharedReaders, shareReaders } from '../evidence/collect-shared.ts';
import type { Outside } from '../evidence/collector.ts';
import { describeGap, forbidden, valueOf } from '../evidence/observation.ts';
import { ownerByLabels } from '../evidence/owner-by-labels.ts';
import type { RegistryCredential } from '../evidence/registry-access.ts';
import type { Remedy } from '../remediation/remedy.ts';
import { runRunbook } from '../runbook/run.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { Target } from '../target/target.ts';
import { makeCallMeter } from './call-meter.ts';
import { chooseCases } from './choose-cases.ts';
import { proposeRemedies } from './propose-remedies.ts';
import { type ResolvedTarget, resolveTarget } from './resolve-target.ts';
import type { OpenReaders } from './scope.ts';
import type { DiagnoseUseCase } from './use-cases.ts';

export interface DiagnoseDeps {
  readonly clock: Clock;
  readonly readers: OpenReaders;
  readonly runbooks: readonly Runbook[];
  readonly checks: readonly Check[];
  readonly remedies: readonly Remedy[];
  /** Registry hosts for which a credential source is configured. */
  readonly credentialHosts: readonly string[];
  /** The bot's own read-only credential for a registry host. */
  readonly ownCredential?: (registry: string) => RegistryCredential | undefined;
  readonly limits?: Partial<CollectLimits>;
}

/** Leaves the thread's first message its second: what has not answered by then is "could not look", never "it is down". */
const QUICK_LIMITS: CollectLimits = { parallel: 8, callMs: 4500, registryMs: 4500, totalMs: 4500 };

/** Rejects with UsageError (no such target, several, no such runbook) and when `signal` aborts; never for what the outside does. */
export function makeDiagnose(deps: DiagnoseDeps): DiagnoseUseCase {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  return async ({ request, cluster, runbook: runbookId = 'image-pull', onProgress, signal }) => {
    const startedAt = deps.clock.now();
    const runbook = findRunbook(deps.runbooks, runbookId);
    const meter = makeCallMeter();
    const readers = deps.readers(cluster, meter);
    const shared = shareReaders(readers, deps.clock, limits, signal);
    try {
      const target = await resolveTarget(request, shared.cluster, signal);
      const cases = openCases(target, request.namespace, outsideFor(deps, shared, target, signal));
      const now = () => deps.clock.now();
      const run = await runRunbook({ runbook, checks: deps.checks, cases, now, ...(onProgress ? { onProgress } : {}) });
      const concluded = run.cases.map(({ evidence, results }) => {
        const seen = evidence.soFar();
        return { evidence: seen, ...concludeCase({ evidence: seen, results }) };
      });
      const conclusion = conclude(concluded);
      const subject = describeTarget(target, shared.cluster.cluster, request.namespace, cases);
      return {
        apiVersion: 'pullcheck/v1',
        kind: 'Diagnosis',
        target: subject,
        ...conclusion,
        steps: run.steps,
        remedies: proposeRemedies(deps, runbook.offer, subject, concluded),
        gaps: [...conclusion.gaps, ...narrowScope(cases)],
        ...(target.note === undefined ? {} : { notes: [target.note] }),
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

function findRunbook(runbooks: readonly Runbook[], id: string): Runbook {
  const found = runbooks.find((runbook) => runbook.id === id);
  if (found) return found;
  const known = runbooks.map((runbook) => runbook.id).join(', ');
  throw new UsageError({
    code: 'no-such-runbook',
    message: `there is no runbook "${id}"`,
    hint: `there are: ${known}`,
  });
}

function outsideFor(deps: DiagnoseDeps, shared: SharedReaders, target: ResolvedTarget, signal: AbortSignal): Outside {
  for (const pod of target.pods) shared.know(pod);
  const { unseen } = target;
  // Nothing could be looked at: the steps say so one by one, each with what it misses.
  const cluster = unseen ? { ...shared.cluster, pod: async () => unseen } : shared.cluster;
  return { cluster, registry: shared.registry, signal, ownCredential: deps.ownCredential ?? (() => undefined) };
}

function openCases(target: ResolvedTarget, namespace: string, outside: Outside): readonly CaseEvidence[] {
  const subjects = chooseCases(target.pods);
  const blind = [{ namespace, pod: target.name, container: '' }];
  return (subjects.length > 0 ? subjects : blind).map((subject) => collectCase(subject, outside));
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

/** Other namespaces could not be listed: the scope is a part of the truth. */
function narrowScope(cases: readonly CaseEvidence[]): readonly string[] {
  const limitedBy = cases.flatMap((one) => valueOf(one.soFar().scope)?.limitedBy ?? [])[0];
  const gap = limitedBy ? forbidden(limitedBy) : undefined;
  return gap?.status === 'forbidden' ? [describeGap('pods of other namespaces', gap)] : [];
}
