/** The look at the cluster right before somebody is woken up. */
import { runsOnOldImage } from '../diagnosis/runs-on-old-image.ts';
import { errorLine, UsageError } from '../errors.ts';
import type { Incident, IncidentSubject, Reach } from '../incident/incident.ts';
import { withDeadline } from './deadline.ts';
import { diagnosisInput, scopeOf } from './first-look.ts';
import { type IncidentDeps, SEND_GATE_LOOK_MS } from './incident-deps.ts';
import { isOf } from './scope-family.ts';

export type Again =
  /** `reach`: how far the fault reaches now, where a diagnosis told. */
  | { readonly kind: 'still-failing'; readonly reach?: Reach }
  /** Proven: what failed runs now. */
  | { readonly kind: 'recovered'; readonly note: string }
  /** We could not look. That never reads as "recovered". */
  | { readonly kind: 'unreadable'; readonly reason: string };

type LookDeps = Pick<IncidentDeps, 'diagnose' | 'scope' | 'clock'>;

/** Never throws. Takes at most 10 s. */
export async function lookAgain(deps: LookDeps, incident: Incident): Promise<Again> {
  const subjects = openSubjects(incident);
  try {
    return await withDeadline(deps.clock, SEND_GATE_LOOK_MS, async (signal) =>
      subjects.length === 1 && incident.subject.target
        ? lookAtTarget(deps, incident, signal)
        : lookAtScope(deps, incident, subjects, signal),
    );
  } catch (error) {
    return { kind: 'unreadable', reason: errorLine(error) };
  }
}

function openSubjects(incident: Incident): readonly IncidentSubject[] {
  return [incident.subject, ...incident.children.filter((child) => !child.resolved).map((child) => child.subject)];
}

async function lookAtTarget(deps: LookDeps, incident: Incident, signal: AbortSignal): Promise<Again> {
  try {
    const diagnosis = await deps.diagnose({ ...diagnosisInput(incident), signal });
    const { verdict, gaps, scope } = diagnosis;
    const isAboutOldImage = incident.diagnosis?.verdict.cause === 'stale-cached-image';
    const runs = verdict.cause === 'healthy' || (!isAboutOldImage && runsOnOldImage(diagnosis));
    if (runs) return { kind: 'recovered', note: verdict.summary };
    if (verdict.cause === 'undetermined') return { kind: 'unreadable', reason: gaps[0] ?? verdict.summary };
    return { kind: 'still-failing', reach: { workloads: scope.workloads, namespaces: scope.namespaces } };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // The pod is gone. Its successor has another name: only an empty namespace-wide list proves that nothing is left to fix.
    return lookAtScope(deps, incident, [{ ...incident.subject, target: undefined }], signal);
  }
}

async function lookAtScope(
  deps: LookDeps,
  incident: Incident,
  subjects: readonly (Omit<IncidentSubject, 'target'> & { readonly target?: IncidentSubject['target'] | undefined })[],
  signal: AbortSignal,
): Promise<Again> {
  const namespaces = new Set(subjects.map(({ namespace }) => namespace));
  const [only] = namespaces;
  const scope = await scopeOf(
    deps,
    { subject: { cluster: incident.subject.cluster, ...(namespaces.size === 1 && only ? { namespace: only } : {}) } },
    signal,
  );
  const failing = scope.items.some((item) =>
    subjects.some(
      ({ namespace, target }) =>
        (namespace === undefined || namespace === item.namespace) &&
        (target === undefined || isOf(item, target.name) || target.kind === 'Pod'),
    ),
  );
  if (failing) return { kind: 'still-failing' };
  if (scope.truncated) return { kind: 'unreadable', reason: 'the list of failing pods is cut off' };
  if (scope.gaps[0] !== undefined) return { kind: 'unreadable', reason: scope.gaps[0] };
  return { kind: 'recovered', note: `${scope.total.pods} pods looked at, none of them fails to pull` };
}
