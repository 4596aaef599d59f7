/** One verdict over all containers that were looked at. */
import type { ScopeEvidence } from '../evidence/evidence.ts';
import { adviceFor } from './advice.ts';
import type { CaseConclusion } from './case.ts';
import { CAUSES } from './catalogue.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';
import { tally } from './checks/blast-radius.ts';
import { narrowedFor } from './contrast-words.ts';
import type { Diagnosis, DiagnosisFinding, Severity, Told } from './diagnosis.ts';
import { confidenceRank, isMute } from './explains.ts';
import { hitsSeveralWorkloads } from './severity.ts';
import { type Affected, sharing } from './sharing.ts';
import { list, minuteOf } from './words.ts';

/** The parts of a Diagnosis that follow from evidence alone. */
export type Conclusion = Pick<
  Diagnosis,
  'verdict' | 'lights' | 'lightNotes' | 'findings' | 'ruledOut' | 'scope' | 'gaps'
>;

/**
 * The finding with the highest confidence decides; among equals the first container in the order given (spec order, init
 * containers first). `scope` replaces what the cases know of other pods.
 */
export function conclude(cases: readonly CaseConclusion[], scope?: ScopeEvidence): Conclusion {
  const wide = scope ?? cases.find((one) => one.scope !== undefined)?.scope;
  const chosen = choose(cases);
  const affected = affectedBy(chosen, cases, wide);
  const verdict = chosen === undefined ? withoutFinding(cases) : fromFinding(chosen, cases, affected);
  const shown = chosen?.from ?? cases.find(({ outcome }) => outcome === 'unknown') ?? cases[0];
  return {
    verdict,
    lights: shown?.lights ?? { reference: 'unknown', credentials: 'unknown', reachability: 'unknown' },
    lightNotes: shown?.lightNotes ?? { reference: 'not asked', credentials: 'not asked', reachability: 'not asked' },
    findings: cases.flatMap(ofCase),
    ruledOut: mergeRuledOut(cases),
    scope: countOf(affected),
    gaps: [...new Set(cases.flatMap(({ gaps }) => gaps))],
  };
}

interface Chosen {
  readonly finding: Finding;
  readonly from: CaseConclusion;
}

function choose(cases: readonly CaseConclusion[]): Chosen | undefined {
  return cases
    .flatMap((from): Chosen[] => (from.findings[0] === undefined ? [] : [{ finding: from.findings[0], from }]))
    .reduce<Chosen | undefined>(
      (best, one) => (best === undefined || confidenceRank(one.finding) < confidenceRank(best.finding) ? one : best),
      undefined,
    );
}

function fromFinding({ finding, from }: Chosen, cases: readonly CaseConclusion[], affected: readonly Affected[]) {
  const excluded = new Set(from.ruledOut.map(({ cause }) => cause));
  const rivals = from.findings
    .filter((other) => other !== finding && confidenceRank(other) <= confidenceRank(finding))
    .map(({ cause }) => cause);
  const open = finding.confidence === 'certain' ? finding.alternatives : [...finding.alternatives, ...rivals];
  const alternatives = [...new Set(open)].filter((cause) => cause !== finding.cause && !excluded.has(cause));
  const severity: Severity = cases.some((one) => one.blocksRollout) || hitsSeveralWorkloads(affected) ? 'P1' : 'P2';
  const told = tell({ finding, from });
  const summary = joined(told, finding.confidence, alternatives);
  return { cause: finding.cause, confidence: finding.confidence, severity, summary, alternatives, told };
}

function tell({ finding, from }: Chosen): Told {
  const contrast = from.scope?.contrast;
  const narrowed = contrast === undefined ? undefined : narrowedFor(finding.cause, contrast, from.scope?.failing ?? []);
  const owner = narrowed?.owner ?? CAUSES[finding.cause].owner;
  // Where nobody gave a reason, what could not be seen may hide it.
  const unseen = isMute(finding.cause) ? fullest(from.open).slice(0, 3) : [];
  return {
    what: withoutStop(finding.summary),
    where: from.pod === '' ? '' : `${from.pod}${from.container === '' ? '' : `, container ${from.container}`}`,
    since: from.since === undefined ? '' : minuteOf(from.since),
    act: adviceFor(finding),
    owner: owner === 'nobody' ? '' : owner,
    notes: [...from.notes, ...unseen, ...(narrowed?.note ? [narrowed.note] : [])].map(withoutStop),
  };
}

/** Steps may say the same of one look at the registry, one of them more. */
function fullest(notes: readonly string[]): readonly string[] {
  const distinct = [...new Set(notes)];
  return distinct.filter((note) => !distinct.some((other) => other !== note && other.includes(note)));
}

function joined(told: Told, confidence: Finding['confidence'], alternatives: readonly Cause[]): string {
  const where = told.where === '' ? '' : `${told.where}: `;
  const since = told.since === '' ? '' : ` Waiting since ${told.since}.`;
  const open = alternatives.length === 0 ? '' : `; still open: ${list(alternatives)}`;
  const sure = confidence === 'certain' ? '' : ` (${confidence}, not proven${open})`;
  const who = told.owner === '' ? '' : ` Who acts: ${told.owner}.`;
  const notes = told.notes.map((note) => ` Note: ${note}.`).join('');
  return `${where}${ended(`${told.what}${sure}`)}${since} ${told.act}${who}${notes}`;
}

/** A question has its own end. */
function ended(text: string): string {
  return text.endsWith('?') ? text : `${text}.`;
}

function withoutStop(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

function withoutFinding(cases: readonly CaseConclusion[]): Diagnosis['verdict'] {
  const notes = [...new Set(cases.flatMap((one) => one.notes))];
  if (cases.length > 0 && cases.every(({ outcome }) => outcome === 'healthy')) {
    const said = notes.length === 0 ? '' : ` Note: ${notes.join('; ')}.`;
    const what = cases.length === 1 ? 'The container has' : 'All containers have';
    const summary = `${what} the image and run or completed.${said}`.replace(
      'has the image and run',
      'has its image and runs',
    );
    return { cause: 'healthy', confidence: 'certain', severity: 'none', summary, alternatives: [] };
  }
  const gaps = [...new Set(cases.flatMap((one) => one.gaps))];
  const open = [...new Set(cases.flatMap((one) => one.open))];
  const turn = cases.some(({ outcome }) => outcome === 'waiting') ? notes : [];
  const missing = turn.length > 0 ? turn : gaps.length > 0 ? gaps : open;
  const why = missing.length === 0 ? 'nothing that could be looked at shows a fault' : missing.join('; ');
  return {
    cause: 'undetermined',
    confidence: 'possible',
    severity: gaps.length > 0 || cases.length === 0 ? 'P2' : 'none',
    summary: `It could not be decided: ${why}.`,
    alternatives: [],
  };
}

function ofCase({ pod, container, image, findings }: CaseConclusion): DiagnosisFinding[] {
  return findings.map(({ cause, confidence, summary, because, detail, fix, commands }) => ({
    cause,
    confidence,
    pod,
    container,
    image,
    summary,
    because,
    detail,
    ...(fix === undefined ? {} : { fix }),
    ...(commands === undefined || commands.length === 0 ? {} : { commands }),
  }));
}

/** Ruled out somewhere and neither found nor left open anywhere. */
function mergeRuledOut(cases: readonly CaseConclusion[]): Conclusion['ruledOut'] {
  const named = new Set(
    cases.flatMap(({ findings }) => findings.flatMap(({ cause, alternatives }) => [cause, ...alternatives])),
  );
  const merged = new Map<Cause, Set<string>>();
  for (const { cause, because } of cases.flatMap(({ ruledOut }) => ruledOut)) {
    if (named.has(cause)) continue;
    merged.set(cause, new Set([...(merged.get(cause) ?? []), ...because]));
  }
  return [...merged].map(([cause, because]) => ({ cause, because: [...because] }));
}

/** The pods that were looked at and fail of the same cause, and those elsewhere that share the fault. */
function affectedBy(
  chosen: Chosen | undefined,
  cases: readonly CaseConclusion[],
  scope: ScopeEvidence | undefined,
): readonly Affected[] {
  const failing = cases.filter(({ outcome }) => outcome === 'failing');
  if (chosen === undefined) return failing.map(({ place }) => place);
  const { cause } = chosen.finding;
  const same = failing.filter(({ findings }) => findings[0]?.cause === cause).map(({ place }) => place);
  return [...same, ...sharing(cause, chosen.from.place, scope?.failing ?? [])];
}

function countOf(affected: readonly Affected[]): Conclusion['scope'] {
  const { pods, workloads, namespaces, nodes } = tally(affected);
  return { pods, workloads, namespaces, nodes };
}
