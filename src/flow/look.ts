/** Evidence -> steps -> one verdict -> what would help: the half of a diagnosis that a case file can replay. */
import type { Check } from '../diagnosis/check.ts';
import { conclude, concludeCase } from '../diagnosis/conclude.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { concludePreflight } from '../diagnosis/preflight.ts';
import { registryReports } from '../diagnosis/registry-report.ts';
import { UsageError } from '../errors.ts';
import type { CaseEvidence } from '../evidence/collect.ts';
import { describeGap, forbidden, valueOf } from '../evidence/observation.ts';
import type { Remedy } from '../remediation/remedy.ts';
import { runRunbook } from '../runbook/run.ts';
import type { Runbook, StepProgress } from '../runbook/runbook.ts';
import type { Target } from '../target/target.ts';
import { proposeRemedies } from './propose-remedies.ts';

export interface LookDeps {
  readonly runbooks: readonly Runbook[];
  readonly checks: readonly Check[];
  readonly remedies: readonly Remedy[];
  /** Registry hosts for which a credential source is configured. */
  readonly credentialHosts: readonly string[];
}

export interface LookInput {
  readonly runbook: Runbook;
  readonly cases: readonly CaseEvidence[];
  /** Asked when all is seen: the owner is part of it. */
  readonly target: () => Target;
  /** How the request was understood, when it was not meant literally. */
  readonly note?: string;
  readonly now: () => number;
  readonly onProgress?: (steps: readonly StepProgress[]) => void;
}

export type Looked = Omit<Diagnosis, 'startedAt' | 'durationMs' | 'calls'>;

/** Rejects only when whoever gives the evidence does. */
export async function look(deps: LookDeps, input: LookInput): Promise<Looked> {
  const { runbook, cases, now, onProgress, note } = input;
  const run = await runRunbook({ runbook, checks: deps.checks, cases, now, ...(onProgress ? { onProgress } : {}) });
  const checked = run.cases.map(({ evidence, results }) => ({ evidence: evidence.soFar(), results }));
  const target = input.target();
  const { concluded, conclusion } = weighed(checked, target);
  const { offers, withheld } = proposeRemedies(deps, runbook.offer, target, concluded);
  const notes = [...(note === undefined ? [] : [note]), ...withheld];
  const registries = registryReports(checked.map(({ evidence }) => evidence));
  return {
    apiVersion: 'pullcheck/v1',
    kind: target.kind === 'Image' ? 'Preflight' : 'Diagnosis',
    target,
    ...conclusion,
    steps: run.steps,
    remedies: offers,
    gaps: [...conclusion.gaps, ...narrowScope(cases)],
    ...(registries.length === 0 ? {} : { registries }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

type Checked = Parameters<typeof concludeCase>[0];

function weighed(checked: readonly Checked[], target: Target) {
  const [first] = checked;
  if (target.kind === 'Image' && first !== undefined) {
    const { conclusion, checked: only } = concludePreflight(first, target.name);
    return { conclusion, concluded: [{ evidence: first.evidence, ...only }] };
  }
  const concluded = checked.map((one) => ({ evidence: one.evidence, ...concludeCase(one) }));
  return { conclusion: conclude(concluded), concluded };
}

/** Throws UsageError `no-such-runbook`. */
export function findRunbook(runbooks: readonly Runbook[], id: string): Runbook {
  const found = runbooks.find((runbook) => runbook.id === id);
  if (found) return found;
  const known = runbooks.map((runbook) => runbook.id).join(', ');
  throw new UsageError({
    code: 'no-such-runbook',
    message: `there is no runbook "${id}"`,
    hint: `there are: ${known}`,
  });
}

/** Other namespaces could not be listed: the scope is a part of the truth. */
function narrowScope(cases: readonly CaseEvidence[]): readonly string[] {
  const limitedBy = cases.flatMap((one) => valueOf(one.soFar().scope)?.limitedBy ?? [])[0];
  const gap = limitedBy ? forbidden(limitedBy) : undefined;
  return gap?.status === 'forbidden' ? [describeGap('pods of other namespaces', gap)] : [];
}
