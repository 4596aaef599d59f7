/** Which words of the node a proven cause explains, and in which order causes stand in a pull's way. */
import { CUT_OFF, type PullErrorKind } from '../image/pull-error.ts';
import { CAUSES, familyOf } from './catalogue.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';

/** Messages that name no reason: any cause explains them. */
const MUTE: ReadonlySet<Cause> = new Set(['backoff-only', 'other', 'cancelled-or-deadline', 'kubelet-throttled']);

const ABSENCE: readonly PullErrorKind[] = ['image-not-found', 'not-found-or-unauthorized'];
/** Docker Hub, Quay and others word a missing repository as a refusal. */
const HIDDEN: readonly PullErrorKind[] = [...ABSENCE, 'unauthorized', 'forbidden'];
const REFUSAL: readonly PullErrorKind[] = [
  'unauthorized',
  'forbidden',
  'not-found-or-unauthorized',
  'credentials-expired',
  'pull-secret-missing',
  'credential-provider-failed',
];

/** Why nobody pushed what is asked for. */
const UNBUILT: readonly Cause[] = ['build-failed', 'build-never-ran', 'build-running'];
const UNPUSHED: readonly Cause[] = ['ci-output-lost', 'ci-silent-fallback', ...UNBUILT];

const EXPLAINS: Partial<Record<Cause, readonly PullErrorKind[]>> = {
  'tag-not-found': ABSENCE,
  'digest-not-found': ABSENCE,
  'repository-not-found': HIDDEN,
  'ci-output-lost': ABSENCE,
  'ci-silent-fallback': ABSENCE,
  'build-failed': HIDDEN,
  'build-never-ran': HIDDEN,
  'build-running': HIDDEN,
  'not-found-or-unauthorized': [...REFUSAL, 'image-not-found'],
  'permission-denied': [...REFUSAL, 'image-not-found'],
  // An index without images has none for the platform either.
  'manifest-unsupported': ['image-not-found', 'platform-mismatch'],
  'platform-mismatch': ['image-not-found'],
  // An https port hangs up on plain http, often without a word.
  'http-vs-https': ['connection-reset'],
  'source-blocked': ['forbidden'],
  'registry-error': ['image-not-found', 'forbidden'],
  'non-registry-response': ['image-not-found'],
  'registry-down': [...CUT_OFF, 'registry-error'],
  'network-policy-blocks-registry': CUT_OFF,
  'registry-unreachable': [
    'connection-refused',
    'connection-timeout',
    'connection-reset',
    'dns-failure',
    'network-unreachable',
  ],
};

/** Words that say nothing about how far the pull got. */
export function isMute(said: Cause): boolean {
  return MUTE.has(said);
}

/** Would this cause make the node say that? The same word always; credentials causes explain every refusal. */
export function explains(cause: Cause, said: Cause): boolean {
  if (cause === said || MUTE.has(said)) return true;
  const words: readonly Cause[] = EXPLAINS[cause] ?? (familyOf(cause) === 'credentials' ? REFUSAL : []);
  return words.includes(said);
}

/** A coarser cause -> the finer ones that replace it. */
const FINER: Partial<Record<Cause, readonly Cause[]>> = {
  'image-not-found': ['tag-not-found', 'digest-not-found', 'repository-not-found', ...UNPUSHED],
  'tag-not-found': UNPUSHED,
  'repository-not-found': UNBUILT,
  'not-found-or-unauthorized': [
    'tag-not-found',
    'digest-not-found',
    'repository-not-found',
    'permission-denied',
    'credentials-rejected',
    'credentials-expired',
    'credentials-required',
    'stale-credentials',
    'pull-secret-missing',
    'pull-secret-not-attached',
    'pull-secret-malformed',
    'pull-secret-wrong-registry',
    'pull-secret-wrong-namespace',
  ],
  'pull-secret-missing': ['pull-secret-wrong-namespace'],
  'credentials-required': [
    'pull-secret-missing',
    'pull-secret-not-attached',
    'pull-secret-malformed',
    'pull-secret-wrong-registry',
    'pull-secret-wrong-namespace',
  ],
};

/** What stands behind a broken connection: how it fails is certain, why is the better answer also where it is only likely. */
const BEHIND: readonly Cause[] = ['registry-down', 'network-policy-blocks-registry'];
const SYMPTOMS: ReadonlySet<Cause> = new Set<Cause>([...CUT_OFF, 'registry-error', 'registry-unreachable']);

/** Is `finding` only the coarser word for one of the others, which are at least as sure? */
export function isRefined(finding: Finding, others: readonly Finding[]): boolean {
  const isExplained = others.some((other) => BEHIND.includes(other.cause) && confidenceRank(other) <= 1);
  if (isExplained && SYMPTOMS.has(finding.cause)) return true;
  const finer = FINER[finding.cause] ?? [];
  return others.some(
    (other) => finer.includes(other.cause) && (confidenceRank(other) <= confidenceRank(finding) || tellsWhy(other)),
  );
}

/** That the pod brings no login is certain and what its Secret would do was seen: only how to mend that Secret is open. */
function tellsWhy({ cause, detail }: Finding): boolean {
  return cause === 'pull-secret-not-attached' && typeof detail['mendFirst'] === 'string';
}

/** 0 is surest. */
export function confidenceRank({ confidence }: Pick<Finding, 'confidence'>): number {
  return ['certain', 'likely', 'possible'].indexOf(confidence);
}

/** The stations of a pull: what comes first hides what comes later. */
const STATIONS: readonly (readonly Cause[])[] = [
  ['not-an-image-problem', 'runtime-unavailable'],
  ['invalid-reference', 'short-name-unresolved', 'never-pull-policy', 'pull-secret-malformed', 'signature-rejected'],
];
const FAMILY_ORDER = ['none', 'policy', 'reachability', 'registry', 'credentials', 'reference', 'node', 'application'];

/** Surest first; among equals the one that stands first in the way. */
export function byImportance(a: Finding, b: Finding): number {
  return confidenceRank(a) - confidenceRank(b) || station(a.cause) - station(b.cause);
}

function station(cause: Cause): number {
  const early = STATIONS.findIndex((causes) => causes.includes(cause));
  return early >= 0 ? early : STATIONS.length + FAMILY_ORDER.indexOf(CAUSES[cause].family);
}
