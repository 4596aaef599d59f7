/** From check results to a verdict. Never confidently wrong: what was not looked at is neither fine nor guilty. */
import { formatDuration, formatTime } from '../clock.ts';
import { hasStarted } from '../evidence/crashes.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import type { CaseConclusion } from './case.ts';
import { CAUSES } from './catalogue.ts';
import type { Check, CheckResult, Finding } from './check.ts';
import { gapsIn } from './gaps.ts';
import { withOwner } from './gitops-words.ts';
import { withImageCommand } from './image-commands.ts';
import { withImpliedHub } from './implied-hub.ts';
import { lightsOf } from './lights.ts';
import { withNearHost } from './near-host-words.ts';
import { newerTemplate } from './newer-template.ts';
import { withNodeWords } from './node-words.ts';
import { takenForImage } from './not-an-image.ts';
import { notAsked } from './own-set-up.ts';
import { blocksRollout } from './severity.ts';
import type { Affected } from './sharing.ts';
import { withOthers } from './unattached.ts';
import { weigh } from './weigh.ts';
import { minuteOf, tidy } from './words.ts';

export type { CaseConclusion } from './case.ts';
export { type Conclusion, conclude } from './verdict.ts';

export interface CheckedCase {
  readonly evidence: Evidence;
  readonly results: readonly { readonly check: Check; readonly result: CheckResult }[];
}

/** Findings of one container, weighed against each other. */
export function concludeCase({ evidence, results }: CheckedCase): CaseConclusion {
  const container = valueOf(evidence.container);
  const pod = valueOf(evidence.pod);
  const { outcome, findings: settled, notes } = settle({ evidence, results });
  const findings = settled.map((finding) => ADDED.reduce((told, add) => add(told, evidence), finding));
  const named = new Set(findings.flatMap(({ cause, alternatives }) => [cause, ...alternatives]));
  const neverStarted = container !== undefined && container.restartCount === 0 && outcome === 'failing';
  const hasImage = outcome === 'healthy' || (container !== undefined && hasStarted(container));
  return {
    pod: pod?.name ?? '',
    container: container?.name ?? '',
    image: container?.image ?? '',
    place: placeOf(evidence),
    outcome,
    findings,
    ruledOut: results
      .flatMap(({ result }) => ('ruledOut' in result ? (result.ruledOut ?? []) : []))
      .filter(({ cause }) => !named.has(cause)),
    ...lightsOf({ findings, results, hasImage }),
    gaps: gapsIn(evidence),
    notes: outcome === 'failing' ? [...notes, ...notAsked(evidence, findings)] : notes,
    open: results.flatMap(({ result }) => (result.verdict === 'inconclusive' ? [result.note] : [])),
    blocksRollout: outcome === 'failing' && blocksRollout(evidence),
    scope: valueOf(evidence.scope),
    since: neverStarted && pod?.createdAt !== undefined ? formatTime(pod.createdAt) : undefined,
  };
}

/** What the rest of the evidence adds to a finding, whatever check made it. */
const ADDED: readonly ((finding: Finding, evidence: Evidence) => Finding)[] = [
  withNodeWords,
  withImpliedHub,
  withNearHost,
  withOthers,
  withOwner,
  withImageCommand,
];

function placeOf(evidence: Evidence): Affected {
  const pod = valueOf(evidence.pod);
  const owner = valueOf(evidence.workload);
  const parsed = valueOf(evidence.reference);
  return {
    namespace: pod?.namespace ?? '',
    pod: pod?.name ?? '',
    image: valueOf(evidence.container)?.image ?? '',
    registry: parsed?.ok ? parsed.reference.registry : '',
    ...(owner === undefined ? {} : { workload: { kind: owner.kind, name: owner.name } }),
    ...(pod?.node === undefined ? {} : { node: pod.node }),
  };
}

/** Checks that are weighed apart from what the registry shows. */
const APART: ReadonlySet<string> = new Set(['pull-error', 'container-healthy', 'running-image-current']);

function provenStaleFirst(a: Finding, b: Finding): number {
  const rank = ({ cause, confidence }: Finding) => (cause === 'stale-cached-image' && confidence === 'certain' ? 0 : 1);
  return rank(a) - rank(b);
}

type Settled = Pick<CaseConclusion, 'outcome' | 'findings' | 'notes'>;

function settle({ evidence, results }: CheckedCase): Settled {
  const verdictOf = (id: string) => results.find(({ check }) => check.id === id)?.result;
  const found = (id?: string) =>
    results.flatMap(({ check, result }) =>
      result.verdict === 'fail' && (id === undefined || check.id === id) ? [...result.findings] : [],
    );
  const life = verdictOf('container-healthy');
  const state = found('container-healthy');
  const stale = found('running-image-current');
  const passed = new Set(results.filter(({ result }) => result.verdict === 'pass').map(({ check }) => check.id));
  const said = found('pull-error')[0];
  const shown = results.flatMap(({ check, result }) =>
    result.verdict === 'fail' && !APART.has(check.id) ? [...result.findings] : [],
  );
  const findings = weigh({ said, shown, passed, given: givenDigests(evidence) });
  if (life?.verdict === 'pass' && stale.length > 0) {
    return { outcome: 'failing', findings: stale, notes: nextPull(findings) };
  }
  if (life?.verdict === 'pass') {
    return {
      outcome: 'healthy',
      findings: [],
      notes: [
        ...newerTemplate(evidence),
        ...notReady(evidence),
        ...recovered(evidence),
        ...notCompared(verdictOf('running-image-current')),
        ...nextPull(findings),
      ],
    };
  }
  const taken = takenForImage(state, findings);
  if (taken !== undefined) return { outcome: 'failing', findings: [taken], notes: [] };
  if (state.some(({ cause }) => cause === 'container-crashing')) {
    // An old image explains the crash where it is proven; where it is not, the crash is what is seen.
    return { outcome: 'failing', findings: [...state, ...stale].sort(provenStaleFirst), notes: nextPull(findings) };
  }
  if (state.length > 0) {
    const later = findings.map((finding): Finding => ({ ...finding, confidence: 'possible' }));
    return { outcome: 'failing', findings: [...state, ...later], notes: [] };
  }
  if (said === undefined && valueOf(evidence.container)?.waitingReason === 'PodInitializing') {
    return { outcome: 'waiting', findings: [], notes: [IN_TURN, ...nextPull(findings)] };
  }
  return { outcome: findings.length > 0 ? 'failing' : 'unknown', findings, notes: [] };
}

const IN_TURN = 'it waits for its init containers, of which one has not ended yet';

function givenDigests({ registryAccess }: Evidence): readonly string[] {
  const attempts = valueOf(registryAccess)?.attempts ?? [];
  return attempts.flatMap(({ outcome }) => (outcome.kind === 'found' ? [outcome.manifest.digest] : []));
}

function recovered({ pullFailure }: Evidence): string[] {
  const failure = valueOf(pullFailure);
  if (failure === undefined) return [];
  const at = failure.at === undefined ? '' : ` at ${minuteOf(formatTime(failure.at))}`;
  return [`an earlier pull failed${at} (${CAUSES[failure.classification.kind].title.toLowerCase()}); that is over`];
}

/** It runs and serves nobody: no matter of the image, and yet what somebody who was paged has to hear. */
function notReady(evidence: Evidence): string[] {
  const container = valueOf(evidence.container);
  if (container === undefined || container.role !== 'main') return [];
  if (container.state !== 'running' || container.ready) return [];
  const { runningMs = 0, name } = container;
  const since = runningMs < 1000 ? '' : ` after ${formatDuration(runningMs)}`;
  const probe = (valueOf(evidence.events) ?? []).findLast(
    ({ reason, message, container: of }) =>
      reason === 'Unhealthy' && message.startsWith('Readiness probe failed') && (of ?? name) === name,
  );
  const why = probe === undefined ? 'its readiness probe or the application knows why' : tidy(probe.message);
  return [`container ${name} runs and is not ready${since}, which is no matter of the image: ${why}`];
}

/** It runs, and nobody could see whether it is the image that its tag means now. */
function notCompared(result: CheckResult | undefined): string[] {
  return result?.verdict === 'inconclusive'
    ? [`whether its image is the one that the tag means now is not known: ${result.note}`]
    : [];
}

/** The container has its image; a restart on another node would still need to pull. */
function nextPull(findings: readonly Finding[]): string[] {
  const [worst] = findings;
  if (worst === undefined || worst.confidence === 'possible') return [];
  return [`pulling this image anew would probably fail now (${worst.cause}): ${worst.summary}`];
}
