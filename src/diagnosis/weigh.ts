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
  /** Digests of the manifest that the registry gives for the reference. */
  readonly given?: readonly string[];
}

/** The findings worth showing, most important first. */
export function weigh({ said, shown, passed, given = [] }: Weighed): Finding[] {
  const tested = merge(shown).map((finding) => (said === undefined ? finding : against(finding, said)));
  const message = said === undefined ? undefined : doubt(said, passed, given);
  const replaced = message !== undefined && tested.some((finding) => replaces(finding, message));
  const all = merge([...tested, ...(message === undefined || replaced ? [] : [message])]);
  const shownAbsent = new Set(shown.filter(({ confidence }) => confidence === 'certain').map(({ cause }) => cause));
  const order = (a: Finding, b: Finding) =>
    confidenceRank(a) - confidenceRank(b) || lastWay(a, b, shownAbsent) - lastWay(b, a, shownAbsent);
  return all.filter((finding) => !isRefined(finding, all)).sort((a, b) => order(a, b) || byImportance(a, b));
}

const ABSENT: ReadonlySet<Cause> = new Set<Cause>(['tag-not-found', 'digest-not-found', 'repository-not-found']);
const SET_UP: ReadonlySet<Cause> = new Set<Cause>(['tls-untrusted', 'http-vs-https']);

/**
 * Where the runtime has several ways to a registry, containerd 1 forgets a 404 and reports what the next way met (seen on 1.6: a missing
 * tag of a trusted registry, told as an untrusted certificate). What the registry itself shows to be missing therefore stands first.
 */
function lastWay(a: Finding, b: Finding, proven: ReadonlySet<Cause>): number {
  return ABSENT.has(a.cause) && proven.has(a.cause) && (SET_UP.has(b.cause) || isMirrorDown(b)) ? -1 : 0;
}

/** Where a mirror fails, the runtime goes on to the registry, and of several failures it may tell the mirror's (containerd: the first). */
function isMirrorDown({ cause, detail }: Finding): boolean {
  return typeof detail['mirror'] === 'string' && familyOf(cause) === 'reachability';
}

/** An experiment that the node's words contradict is no longer certain. */
function against(seen: Finding, said: Finding): Finding {
  const finding = atOrigin(seen, said);
  if (finding.cause === said.cause) return isOld(said) ? finding : agreed(finding);
  if (explains(finding.cause, said.cause) && !isRefusedElsewhere(finding, said)) return finding;
  const alternatives = [...new Set([...finding.alternatives, said.cause])];
  if (isPastLogin(finding, said)) {
    return { ...finding, confidence: 'possible', summary: `${finding.summary} ${OWN_LOGIN}`, alternatives };
  }
  return { ...finding, confidence: finding.confidence === 'certain' ? 'likely' : finding.confidence, alternatives };
}

/** The pod brings no login that fits: another login, or none, is all that a node may have besides. */
const NO_LOGIN: ReadonlySet<Cause> = new Set<Cause>([
  'credentials-required',
  'pull-secret-missing',
  'pull-secret-not-attached',
  'pull-secret-wrong-registry',
  'pull-secret-wrong-namespace',
]);

/** What a registry that wants a login tells only to whoever has one. */
const INSIDE: ReadonlySet<Cause> = new Set<Cause>([
  'image-not-found',
  'platform-mismatch',
  'manifest-unsupported',
  'digest-mismatch',
  'node-storage',
  'transfer-interrupted',
]);

const OWN_LOGIN =
  'The node got further than that: it must have a login of its own (the kubelet’s credential provider, or the runtime’s configuration), which cannot be seen from here.';

/** Without a login nobody is told what is in this registry, and the node was. */
function isPastLogin({ cause }: Finding, said: Finding): boolean {
  return (
    NO_LOGIN.has(cause) &&
    said.detail['from'] !== 'memory' &&
    said.detail['mirror'] === undefined &&
    INSIDE.has(said.cause) &&
    !said.alternatives.some((other) => familyOf(other) === 'credentials')
  );
}

/** The registry tells everybody that it is missing, and yet the node was refused: it asked with a login of its own, or somebody else. */
function isRefusedElsewhere({ detail }: Finding, { cause }: Finding): boolean {
  return detail['toldToAll'] === true && (cause === 'unauthorized' || cause === 'forbidden');
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

const PUSH_AGAIN =
  'Build and push the image again under a new tag, and look at what cleans up the registry. A restart or other credentials will not help.';

function lost(part: string): string {
  return `The registry has the reference itself, but the node was told that a part of the image is missing there: ${part}. The push was not complete, or a clean-up took it.`;
}

/** Runtimes ask for the digest first and then for the manifest by it (containerd `docker.resolver`, then its fetcher). */
function halfThere(manifest: string): string {
  return `The registry answers for the reference, but when the node then asked for what it means by its digest, it was told that this is not there: ${manifest}, the whole image’s own and not a part of it. The registry’s storage has lost or not yet copied it.`;
}

const STORAGE =
  'See what answers for layers: the registry’s storage, a link that has run out, or a proxy on the node’s way there. The login itself is accepted for the manifest.';

function beyond(part: string): string {
  return `The same credentials may read the reference; the node was refused one step later, at ${part}, which the bot does not fetch.`;
}

const AWAIT =
  'Wait for the kubelet’s next attempt, or delete the pod where its controller makes another. If that fails too, see on the node what its runtime asks: mirror, address, login.';

/** A message that the experiment no longer confirms is only possible. */
function doubt(said: Finding, passed: ReadonlySet<string>, given: readonly string[]): Finding {
  if (said.confidence === 'certain') return said;
  // What the registry gives of the container's own image tells nothing of another one.
  if (typeof said.detail['otherImage'] === 'string') return said;
  const exists = passed.has('tag-exists');
  const accepted = passed.has('registry-accepts-credential');
  const joint = said.cause === 'not-found-or-unauthorized';
  const refuted =
    (said.cause === 'image-not-found' && exists && accepted) ||
    (familyOf(said.cause) === 'credentials' && accepted && (!joint || exists));
  if (!refuted) return said;
  // What the registry gives tells nothing of what its mirror gives.
  if (typeof said.detail['mirror'] === 'string') return { ...said, summary: `${said.summary} ${NOT_THERE}` };
  const part = said.detail['missingPart'];
  if (typeof part !== 'string')
    return { ...said, confidence: 'possible', summary: `${said.summary} ${NOT_NOW}`, fix: AWAIT };
  if (said.cause === 'image-not-found') {
    const isWhole = given.some((digest) => part === `manifest ${digest}`);
    return { ...said, summary: `${said.summary} ${isWhole ? halfThere(part) : lost(part)}`, fix: PUSH_AGAIN };
  }
  return { ...said, summary: `${said.summary} ${beyond(part)}`, fix: STORAGE };
}
