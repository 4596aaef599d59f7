/**
 * Reads a pull-failure message: one of 35 kinds, what else its words allow, and which host, image, registry and runtime it names.
 * Rules describe mechanisms, in the order that real messages force; a text that fits none is `other`, and nobody is blamed.
 */

import { kindsOfCutEnd, twinsOf } from './pull-error/cut.ts';
import { mask } from './pull-error/mask.ts';
import { hostIn, imageIn, registryIn, runtimeIn } from './pull-error/names.ts';
import { prepare } from './pull-error/prepare.ts';
import { atBlob, type Failure, type Rule, type Verdict, verdict } from './pull-error/rule.ts';
import { ACCESS_RULES, BLOCKED_RULES, NAMED_REFUSALS } from './pull-error/rules-access.ts';
import { ADMISSION_RULES } from './pull-error/rules-admission.ts';
import { FOREIGN_RULES, FORMAT_RULES } from './pull-error/rules-format.ts';
import { KUBELET_RULES, WARNING_RULES } from './pull-error/rules-kubelet.ts';
import {
  CANCELLED_RULES,
  CONNECTION_RULES,
  DNS_RULES,
  PROXY_RULES,
  TLS_RULES,
  TRANSFER_RULES,
} from './pull-error/rules-network.ts';
import {
  CONTENT_RULES,
  DAMAGED_RULES,
  ELSEWHERE_RULES,
  RUNTIME_RULES,
  STORAGE_RULES,
} from './pull-error/rules-node.ts';
import {
  BROKEN_RULES,
  LIMIT_RULES,
  MISSING_RULES,
  REFUSED_RULES,
  SERVER_RULES,
  said,
} from './pull-error/rules-registry.ts';
import { type Part, splitErrors } from './pull-error/split.ts';
import { CONNECTING, kindsOfStage } from './pull-error/stage.ts';
import { has } from './pull-error/words.ts';
import type { Classification, PullErrorKind } from './pull-error.ts';

/** The waiting or event reasons that settle the matter whatever the text says. */
const SETTLED: ReadonlyMap<string, PullErrorKind> = new Map([
  ['InvalidImageName', 'invalid-reference'],
  ['ErrImageNeverPull', 'never-pull-policy'],
  ['SignatureValidationFailed', 'signature-rejected'],
  ['FailedToRetrieveImagePullSecret', 'pull-secret-missing'],
]);

const RULES: readonly Rule[] = [
  ...ADMISSION_RULES,
  ...KUBELET_RULES,
  ...ELSEWHERE_RULES,
  ...LIMIT_RULES,
  ...DAMAGED_RULES,
  ...RUNTIME_RULES,
  ...TRANSFER_RULES,
  ...PROXY_RULES,
  ...SERVER_RULES,
  ...BLOCKED_RULES,
  ...FOREIGN_RULES,
  ...DNS_RULES,
  ...TLS_RULES,
  ...CONTENT_RULES,
  ...FORMAT_RULES,
  ...NAMED_REFUSALS,
  ...CONNECTION_RULES,
  ...STORAGE_RULES,
  ...BROKEN_RULES,
  ...ACCESS_RULES,
  ...MISSING_RULES,
  ...CANCELLED_RULES,
  ...REFUSED_RULES,
  ...WARNING_RULES,
];

/** Classifies `message`, with the container's waiting reason or the event's reason where known. Never throws; time is linear. */
export function classify(message: string, reason?: string | null): Classification {
  const text = prepare(message);
  const image = imageIn(text);
  const attempt = ({ text: part, mirror }: Part) => {
    const masked = mask(part);
    const host = hostIn(part, masked.urls, image);
    const failure: Failure = { ...masked, registry: registryIn(image, masked.urls, host) };
    return { failure, host, mirror, found: firstVerdict(failure) };
  };
  const split = splitErrors(text).map(attempt);
  // No part tells a cause: what the whole leaves open says more than the first part.
  const parts = split.length === 1 || split.some(({ found }) => found) ? split : [attempt({ text, mirror: false })];
  const own = furthest(parts.filter((part) => !part.mirror));
  // A refusal by the registry is what a node behind mirrors expects; that the mirror lacks the image is what went wrong.
  const missing = parts.find((part) => part.mirror && part.found?.kind === 'image-not-found');
  const best = missing && unasked(own) ? missing : own;
  const found = settle(best.found, best.failure, reason);
  const others = parts.flatMap((part) => (part.found ? [part.found.kind] : []));
  // The kubelet's warning beside a refusal explains it.
  const warned: PullErrorKind[] =
    REFUSALS.has(found.kind) && best.failure.text.includes('image pull secret') ? ['pull-secret-missing'] : [];
  const also = [...new Set([...found.also, ...others, ...warned])].filter((kind) => kind !== found.kind);
  const host = best.host ?? parts.find((part) => part.host !== null)?.host ?? null;
  return {
    kind: found.kind,
    also,
    host,
    image,
    registry: host === best.host ? best.failure.registry : registryIn(image, best.failure.urls, host),
    runtime: runtimeIn(message.slice(0, 16_384)),
  };
}

interface Attempt {
  readonly failure: Failure;
  readonly host: string | null;
  readonly found: Verdict | undefined;
}

/** The registry refused whoever comes without a mirror, or the node's own file keeps it from being asked. */
function unasked({ failure, found }: Attempt): boolean {
  return (found !== undefined && REFUSALS.has(found.kind)) || failure.text.includes(' is blocked in ');
}

function furthest(attempts: readonly Attempt[]): Attempt {
  return attempts.reduce((far, one) => (progress(one) > progress(far) ? one : far));
}

function firstVerdict(failure: Failure): Verdict | undefined {
  for (const rule of RULES) {
    const found = rule(failure);
    // Two attempts in one text: the one that a registry answered came further.
    if (found) return CONNECTS.has(found.kind) && said(failure.text) ? verdict('image-not-found', found.kind) : found;
  }
  return undefined;
}

const REFUSALS: ReadonlySet<PullErrorKind> = new Set([
  'unauthorized',
  'forbidden',
  'not-found-or-unauthorized',
  'credentials-expired',
]);
const CONNECTS: ReadonlySet<PullErrorKind> = new Set(CONNECTING);

/** How far an attempt came. The anonymous attempt, made because no credential was accepted, does not vote when another got further. */
function progress({ failure, found }: Attempt): number {
  if (!found) return 0;
  // The kubelet's own warnings beside a pull: a Secret that is missing, a pull that had to wait.
  if (found.kind === 'pull-secret-missing' || found.kind === 'kubelet-throttled') return 1;
  if (REFUSALS.has(found.kind)) return failure.text.includes('anonymous token') ? 1 : 3;
  if (CONNECTS.has(found.kind)) return atBlob(failure) ? 5 : 2;
  return atBlob(failure) ? 5 : 4;
}

/** The answer for the part that came furthest: reasons that settle, then words, then what a missing cause means. */
function settle(found: Verdict | undefined, failure: Failure, reason: string | null | undefined): Verdict {
  const settled = SETTLED.get(reason ?? '');
  if (settled) return verdict(settled, ...(found ? found.also : []));
  if (found) return found;
  if (/illegal base64|unexpected end of json|cannot unmarshal/.test(`${failure.text} ${reason ?? ''}`.toLowerCase())) {
    return verdict('other', 'unauthorized', 'pull-secret-missing');
  }
  const cut = kindsOfCutEnd(failure.text);
  const [only] = cut;
  const bare = isBare(failure.text);
  if (only !== undefined && cut.length === 1) return verdict(only, 'other', ...twinsOf(cut));
  if (bare) return verdict('backoff-only', ...cut);
  if (reason === 'RegistryUnavailable') {
    return verdict(
      'other',
      'connection-refused',
      'connection-timeout',
      'dns-failure',
      'proxy-failure',
      'registry-error',
    );
  }
  return verdict('other', ...leftOpen(failure.text, cut));
}

/** What a text without a cause leaves open: what its cut end may have become, else what a wrapper guesses at, else its stage. */
function leftOpen(text: string, cut: readonly PullErrorKind[]): readonly PullErrorKind[] {
  const names = [
    'back-off pulling image',
    'imagepullbackoff',
    'errimagepull',
    'imageinspecterror',
    'startcontainer',
    'waiting to start',
  ];
  const retried: PullErrorKind[] = has(text, names) ? ['backoff-only'] : [];
  if (cut.length > 0) return [...cut, ...twinsOf(cut), ...retried];
  const guessed = openAfterWrapper(text);
  return [...(guessed.length > 0 ? guessed : kindsOfStage(text)), ...retried];
}

/** Only the kubelet's own retry or error name, without what went wrong. */
function isBare(text: string): boolean {
  // Current kubelets repeat the last error behind the back-off: where one begins, a cause was there and was cut off.
  if (causeBegun(text)) return false;
  if (text.includes('back-off pulling image')) {
    return !/errimagepull: \W{0,8}[a-z]{3}|back-off pulling image ‹ref›: (?!errimagep|imagepull)[a-z]{6}/.test(text);
  }
  if (has(text, ['trying and failing to pull image', "image can't be pulled"])) return true;
  // A row of a table of pods: ready, status, restarts.
  if (/‹ref› (?:init:)?(?:imagepullbackoff|errimagepull|imageinspecterror|registryunavailable) \d/.test(text))
    return true;
  // A container's state, as JSON or as kubectl describes it.
  if (
    !text.includes('"message"') &&
    /\breason"?: ?"?(?:imagepullbackoff|errimagepull|imageinspecterror)\b/.test(text)
  ) {
    return true;
  }
  const last = /(?:^\s*|\berror: )([a-z]{6,24})\W*$/.exec(text)?.[1] ?? '-';
  return REASONS.some((reason) => reason.startsWith(last));
}

/** What the kubelet calls a failed pull; a cut one has lost its end. */
const REASONS = ['imagepullbackoff', 'errimagepull', 'imageinspecterror', 'registryunavailable'];

/** The attempt's own line stands beside the retry's (a table of events), and its cause had begun before it was cut. */
function causeBegun(text: string): boolean {
  if (!text.includes('failed to pull image ')) return false;
  return (
    text.includes('‹cut›') || /failed to pull image ‹ref›: (?!errimagepull|imagepullbackoff|back-off)[^\s"]/.test(text)
  );
}

/** Wrappers that guess at credentials before every cause (old kubelets, ECS agents); a text that ends there leaves it open. */
function openAfterWrapper(text: string): readonly PullErrorKind[] {
  return has(text, ['registry auth', 'this may be b']) ? kindsOfStage(text.replace(/[^a-z ]/g, ' ')) : [];
}
