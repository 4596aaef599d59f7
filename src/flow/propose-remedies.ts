/** What the runbook would offer for the causes found, kept only where the evidence says that it would really help. Pure. */
import type { Finding } from '../diagnosis/check.ts';
import type { RemedyOffer } from '../diagnosis/diagnosis.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Remedy } from '../remediation/remedy.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { Target } from '../target/target.ts';

/** In the order of the findings, then of the runbook's offer; the same act is offered once. */
export function proposeRemedies(
  { remedies, credentialHosts }: { readonly remedies: readonly Remedy[]; readonly credentialHosts: readonly string[] },
  offer: Runbook['offer'],
  target: Target,
  cases: readonly { readonly findings: readonly Finding[]; readonly evidence: Evidence }[],
): readonly RemedyOffer[] {
  const offers = new Map<string, RemedyOffer>();
  for (const { findings, evidence } of cases) {
    for (const finding of findings.filter(({ confidence }) => confidence !== 'possible')) {
      for (const remedy of (offer[finding.cause] ?? []).flatMap((id) => remedies.find((one) => one.id === id) ?? [])) {
        const params = remedy.propose({ target, finding, evidence, credentialHosts });
        if (params === undefined) continue;
        const { id, title, risk } = remedy;
        const key = JSON.stringify([id, params]);
        if (!offers.has(key)) offers.set(key, { id, title, risk, command: remedy.command(params), params });
      }
    }
  }
  return [...offers.values()];
}
