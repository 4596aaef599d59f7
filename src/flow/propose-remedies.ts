/** What the runbook would offer for the causes found, kept only where the evidence says that it would really help. Pure. */
import type { RemedyOffer } from '../diagnosis/diagnosis.ts';
import type { Remedy } from '../remediation/remedy.ts';
import type { LookedAt } from '../remediation/restart-guard.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { Target } from '../target/target.ts';

export interface Proposed {
  readonly offers: readonly RemedyOffer[];
  /** What is not offered although the fault calls for it, and why: one sentence each. */
  readonly withheld: readonly string[];
}

/** In the order of the findings, then of the runbook's offer; the same act is offered once. */
export function proposeRemedies(
  { remedies, credentialHosts }: { readonly remedies: readonly Remedy[]; readonly credentialHosts: readonly string[] },
  offer: Runbook['offer'],
  target: Target,
  cases: readonly LookedAt[],
): Proposed {
  const withheld = new Map<string, string>();
  const offers = new Map<string, RemedyOffer>();
  for (const { findings, evidence } of cases) {
    for (const finding of findings.filter(({ confidence }) => confidence !== 'possible')) {
      for (const remedy of (offer[finding.cause] ?? []).flatMap((id) => remedies.find((one) => one.id === id) ?? [])) {
        const proposal = { target, finding, evidence, credentialHosts };
        const why = remedy.withheld?.(proposal, cases);
        // The first reason is enough: the others would be said of the same act.
        if (why !== undefined && !withheld.has(remedy.id)) withheld.set(remedy.id, why);
        const params = why === undefined ? remedy.propose(proposal) : undefined;
        if (params === undefined) continue;
        const { id, title, risk } = remedy;
        const key = JSON.stringify([id, params]);
        if (!offers.has(key)) offers.set(key, { id, title, risk, command: remedy.command(params), params });
      }
    }
  }
  return { offers: [...offers.values()], withheld: [...withheld.values()] };
}
