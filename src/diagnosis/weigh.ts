/**
 * Weighs what the node said against what the experiments showed. Agreement makes a finer cause replace the message; contradiction
 * lowers both, because the bot sees the registry from another place and at another time than the node.
 */

import { familyOf } from './catalogue.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';
import { byImportance, confidenceRank, explains, isRefined } from './explains.ts';

export interface Weighed {
  /** What the pull-error check found. */
  readonly said: Finding | undefined;
  /** What all other checks found. */
  readonly shown: readonly Finding[];
  /** Ids of the checks that passed. */
  readonly passed: ReadonlySet<string>;
}

/** The findings worth showing, most important first. */
export function weigh({ said, shown, passed }: Weighed): Finding[] {
  const tested = merge(shown).map((finding) => (said === undefined ? finding : against(finding, said)));
  const message = said === undefined ? undefined : doubt(said, passed);
  const replaced = message !== undefined && tested.some((finding) => replaces(finding, message));
  const all = merge([...tested, ...(message === undefined || replaced ? [] : [message])]);
  return all.filter((finding) => !isRefined(finding, all)).sort(byImportance);
}

/** An experiment that the node's words contradict is no longer certain. */
function against(seen: Finding, said: Finding): Finding {
  const finding = atOrigin(seen, said);
  if (finding.cause === said.cause) return isOld(said) ? finding : agreed(finding);
  if (explains(finding.cause, said.cause)) return finding;
  const alternatives = [...new Set([...finding.alternatives, said.cause])];
  return { ...finding, confidence: finding.confidence === 'certain' ? 'likely' : finding.confidence, alternatives };
}

/**
 * The node asked a mirror: what the registry itself says of logins and of the way to it is another matter, and may be the reason all the
 * same, because a runtime goes on to the registry where its mirror fails.
 */
function atOrigin(finding: Finding, { detail }: Finding): Finding {
  const { mirror, registry } = detail;
  if (
    typeof mirror !== 'string' ||
    !ELSEWHERE.has(familyOf(finding.cause)) ||
    finding.because.includes('pullFailure')
  ) {
    return finding;
  }
  const summary = `${finding.summary} That was seen at ${String(registry)}; the node asked ${mirror}.`;
  return { ...finding, summary, confidence: finding.confidence === 'certain' ? 'likely' : finding.confidence };
}

/** What two hosts can differ in. */
const ELSEWHERE: ReadonlySet<string> = new Set(['credentials', 'reachability', 'registry']);

/** Said before the events expired: it confirms nothing that is seen now. */
function isOld({ detail }: Finding): boolean {
  return detail['from'] === 'memory';
}

/** Node and experiment name the same cause from their two places, and nothing else is left open. */
function agreed(finding: Finding): Finding {
  const independent = !finding.because.includes('pullFailure') && finding.alternatives.length === 0;
  return independent && finding.confidence === 'likely' ? { ...finding, confidence: 'certain' } : finding;
}

function replaces(finding: Finding, message: Finding): boolean {
  if (finding.cause === message.cause) return false;
  return confidenceRank(finding) <= 1 && explains(finding.cause, message.cause);
}

/** The same cause found twice: the surer account, among equals the one that rests on more, with the evidence of both. */
function merge(findings: readonly Finding[]): Finding[] {
  const byCause = new Map<Cause, Finding>();
  for (const finding of findings) {
    const known = byCause.get(finding.cause);
    byCause.set(finding.cause, known === undefined ? finding : join(known, finding));
  }
  return [...byCause.values()];
}

function join(a: Finding, b: Finding): Finding {
  const surer = confidenceRank(b) - confidenceRank(a) || a.because.length - b.because.length;
  const [main, other] = surer < 0 ? [b, a] : [a, b];
  const [first] = main.because;
  const because = [...new Set([...main.because, ...other.because])].filter((kind) => kind !== first);
  return { ...main, because: [first, ...because], detail: { ...other.detail, ...main.detail } };
}

const NOT_THERE =
  'The registry itself gives the image to the same credentials: look at the mirror, and at what the node’s runtime is told of it.';

const NOT_NOW =
  'The registry gives the image to the same credentials now. It may have been repaired a moment ago (the kubelet retries within 5 minutes), or the node asks a mirror, another address or with a login of its own.';

/** A message that the experiment no longer confirms is only possible. */
function doubt(said: Finding, passed: ReadonlySet<string>): Finding {
  if (said.confidence === 'certain') return said;
  const exists = passed.has('tag-exists');
  const accepted = passed.has('registry-accepts-credential');
  const joint = said.cause === 'not-found-or-unauthorized';
  const refuted =
    (said.cause === 'image-not-found' && exists && accepted) ||
    (familyOf(said.cause) === 'credentials' && accepted && (!joint || exists));
  if (!refuted) return said;
  // What the registry gives tells nothing of what its mirror gives.
  if (typeof said.detail['mirror'] === 'string') return { ...said, summary: `${said.summary} ${NOT_THERE}` };
  return { ...said, confidence: 'possible', summary: `${said.summary} ${NOT_NOW}` };
}
