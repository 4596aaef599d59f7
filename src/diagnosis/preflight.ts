/** The verdict about an image that no pod runs yet. Nobody waits for it: no severity. "It would be pulled" is never certain from another place. */
import type { CaseConclusion } from './case.ts';
import type { Cause } from './cause.ts';
import type { CheckResult } from './check.ts';
import { type CheckedCase, type Conclusion, conclude, concludeCase } from './conclude.ts';

/** Together they say that the pull would work, as far as the registry decides. */
const PROOF = ['reference-shape', 'tag-exists', 'registry-accepts-credential', 'registry-reachable'] as const;

export interface PreflightConclusion {
  readonly conclusion: Conclusion;
  /** What the remedies look at. */
  readonly checked: CaseConclusion;
}

export function concludePreflight(run: CheckedCase, image: string): PreflightConclusion {
  const checked = { ...concludeCase(run), image };
  const results = new Map(run.results.map(({ check, result }) => [check.id, result]));
  const isGood = checked.findings.length === 0 && PROOF.every((id) => results.get(id)?.verdict === 'pass');
  const conclusion = conclude([isGood ? { ...checked, outcome: 'healthy' } : checked]);
  const verdict = isGood ? wouldPull(results) : { ...conclusion.verdict, severity: 'none' as const };
  return { conclusion: { ...conclusion, verdict }, checked };
}

function wouldPull(results: ReadonlyMap<string, CheckResult>): Conclusion['verdict'] {
  const platform = results.get('platform-fits-nodes');
  const open: readonly Cause[] = platform?.verdict === 'inconclusive' ? ['platform-mismatch'] : [];
  const told = ['tag-exists', 'registry-accepts-credential', 'platform-fits-nodes'].flatMap(
    (id) => results.get(id)?.note ?? [],
  );
  return {
    cause: 'healthy',
    confidence: 'likely',
    severity: 'none',
    summary: `The image would be pulled: ${told.join('; ')}. Seen from here: a node’s own network, proxy, mirror or trusted certificates may differ.`,
    alternatives: open,
  };
}
