/** A workload that wants pods and has none: nothing is being pulled, so whatever is wrong, it is not the image. */
import type { EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { kubectlName } from '../target/target.ts';
import type { Finding } from './check.ts';
import { otherRunbook } from './other-troubles.ts';
import { count, tidy } from './words.ts';

/** What the controller says when the API server refuses its pods (kubernetes `pkg/quota`, admission plugins, Pod Security). */
const BY_WORDS: readonly (readonly [RegExp, string, string])[] = [
  [/exceeded quota/i, 'a resource quota is used up', 'quota'],
  [/(?:must specify|failed quota)/i, 'a resource quota asks for requests or limits that its pods do not name', 'quota'],
  [/PodSecurity/, 'Pod Security forbids its pods', 'Pod Security'],
  [/serviceaccount .{0,260}not found/i, 'its service account does not exist', 'ServiceAccount'],
  [/(?:maximum|minimum) .{0,60}usage per/i, 'a LimitRange forbids its pods', 'LimitRange'],
  [/admission webhook|denied the request/i, 'an admission webhook refuses its pods', 'admission webhooks'],
];

/** Of a workload whose pods could be listed, and there are none. */
export function podless({ workload, events }: EvidenceView<'workload' | 'events'>): Finding | undefined {
  const owner = valueOf(workload);
  if (owner === undefined) return undefined;
  const unmet = owner.unmet?.find(({ type }) => type === 'ReplicaFailure');
  const failed = (valueOf(events) ?? []).find(({ reason }) => reason === 'FailedCreate');
  const { reason, message } = unmet ?? failed ?? { reason: '', message: '' };
  const { what, runbook } = troubleIn(message);
  const quote = message === '' ? '' : ` (${tidy(message)})`;
  return {
    cause: 'not-an-image-problem',
    confidence: unmet === undefined ? 'likely' : 'certain',
    because: unmet === undefined && failed !== undefined ? ['workload', 'events'] : ['workload'],
    summary: `${kubectlName(owner)} wants ${count(owner.replicas.desired, 'pod')} and has none, so no image is being pulled: ${what}${quote}.`,
    detail: { what, reason, message: tidy(message), runbook },
    fix: otherRunbook(runbook),
    alternatives: [],
  };
}

function troubleIn(message: string): { readonly what: string; readonly runbook: string } {
  const known = BY_WORDS.find(([words]) => words.test(message));
  if (known !== undefined) return { what: known[1], runbook: known[2] };
  const what = message === '' ? 'its controller has made none so far' : 'the API server refuses them';
  return { what, runbook: 'workload without pods' };
}
