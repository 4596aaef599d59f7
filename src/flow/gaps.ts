/** What a diagnosis could not see, one sentence each, with the rule to add where a right is missing. Pure. */
import { gapOf } from '../diagnosis/gaps.ts';
import type { Evidence, EvidenceKind } from '../evidence/evidence.ts';
import { describeGap, forbidden, type Observation } from '../evidence/observation.ts';

/** In the order of the evidence; what follows from the same gap is said once. */
export function gapsOf(cases: readonly Evidence[]): readonly string[] {
  const said = new Map<unknown, string>();
  for (const evidence of cases) {
    for (const [observation, sentence] of rows(evidence)) {
      const key = keyOf(observation);
      if (key !== undefined && !said.has(key)) said.set(key, sentence);
    }
  }
  return [...said.values()];
}

type Row = readonly [observation: Observation<unknown>, sentence: string];

function rows(evidence: Evidence): readonly Row[] {
  const kinds = (Object.keys(evidence) as EvidenceKind[]).map((kind): Row => {
    const observation: Observation<unknown> = evidence[kind];
    return [observation, gapOf(kind, observation) ?? ''];
  });
  const secrets = evidence.pullSecrets.status === 'observed' ? evidence.pullSecrets.value : [];
  const unread = secrets.flatMap(({ name, secret }): Row[] =>
    secret.status === 'observed' ? [] : [[secret, describeGap(`secret ${name}`, secret)]],
  );
  const limitedBy = evidence.scope.status === 'observed' ? evidence.scope.value.limitedBy : undefined;
  const elsewhere = limitedBy ? forbidden(limitedBy) : undefined;
  const limited: Row[] =
    elsewhere?.status === 'forbidden' ? [[elsewhere, describeGap('pods of other namespaces', elsewhere)]] : [];
  return [...kinds, ...unread, ...limited];
}

/** undefined: no gap. A collector hands on the very observation that stopped it, so sameness tells what follows from what. */
function keyOf(observation: Observation<unknown>): unknown {
  switch (observation.status) {
    case 'forbidden':
      return JSON.stringify(observation.permission);
    case 'unreachable':
      return observation;
    case 'observed':
    case 'absent':
    case 'not-collected':
      return undefined;
  }
}
