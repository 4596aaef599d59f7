/** What the registry (or who stands in its place) answered about itself or the image; credentials have their own file. */
import { type Failure, type Rule, type Verdict, verdict, when } from './rule.ts';
import { has } from './words.ts';

export const LIMIT_RULES: readonly Rule[] = [
  ({ text, status }) =>
    status === 429 ||
    has(text, [
      'toomanyrequests',
      'too many requests',
      'rate limit',
      'ratelimit',
      'rate exceeded',
      'pull limit',
      'throttlingexception',
      'request limit exceeded',
    ])
      ? verdict('rate-limited')
      : undefined,
];

/** 5xx. What stands behind a 5xx is the server's message, not the node's experience. */
export const SERVER_RULES: readonly Rule[] = [
  ({ status, text }) => (status !== null && status >= 500 ? brokenServer(status, text) : undefined),
];

/** Refusals for reasons of the registry's own, and answers that no registry should give. */
export const BROKEN_RULES: readonly Rule[] = [
  ({ text }) => {
    if (!text.includes('quota') || !has(text, ['exceed', 'reached', 'denied'])) return undefined;
    // Clouds count requests per project and minute; registries count bytes.
    return has(text, ['quota metric', 'quota exceeded for', 'requests per', 'per minute', 'request quota'])
      ? verdict('rate-limited', 'registry-error')
      : verdict('registry-error', 'rate-limited');
  },
  // Go's http client follows ten redirects; containerd wants a token and a digest from a server that answered 200.
  ({ text }) =>
    (text.includes('stopped after') && text.includes('redirects')) ||
    text.includes('did not include a token') ||
    has(text, ['resolve digest for', 'determine digest', 'docker-content-digest'])
      ? verdict('registry-error', 'non-registry-response', 'proxy-failure', 'other')
      : undefined,
  ownPolicy,
  // Locked, disabled or over its size: the registry's state, whoever asks.
  when(
    'registry-error',
    ['disallowed', 'is not enabled for', 'has not been used in project'],
    ['forbidden', 'image-not-found'],
  ),
  when(
    'registry-error',
    [
      'received unexpected http status: 5',
      'bad gateway',
      'internal server error',
      'service unavailable',
      'gateway time-out',
      'gateway timeout',
      'blob upload unknown',
      'internal error',
    ],
    ['proxy-failure'],
  ),
];

/** A registry's own policy (scan, content trust) refuses the image itself, whoever asks. Docker puts its sentence for both alternatives before it. */
function ownPolicy({ text }: Failure): Verdict | undefined {
  const words = [
    'projectpolicyviolation',
    'project_policy_violation',
    'cannot be pulled due to',
    'vulnerab',
    'blocking policy',
    'download request rejected',
    'by xray',
    'in xray',
    'curation',
  ];
  if (!has(text, words)) return undefined;
  return text.includes('does not exist or ')
    ? verdict('registry-error', 'forbidden', 'signature-rejected', 'not-found-or-unauthorized')
    : verdict('registry-error', 'forbidden', 'signature-rejected');
}

function brokenServer(status: number, text: string): Verdict {
  if (has(text, ['<html', '<!doctype', 'error parsing http'])) {
    return verdict('registry-error', 'proxy-failure', 'non-registry-response');
  }
  return status === 500 ? verdict('registry-error') : verdict('registry-error', 'proxy-failure');
}

/** Any other 4xx: the server did not like the request, which tells nothing about image or credentials. */
export const REFUSED_RULES: readonly Rule[] = [
  // The code UNSUPPORTED: the registry does not do what was asked.
  ({ text }) =>
    text.includes('unsupported: ') && /(?:^|: )unsupported: \S/.test(text)
      ? verdict('registry-error', 'manifest-unsupported', 'image-not-found', 'forbidden')
      : undefined,
  ({ status }) => {
    if (status === null || status >= 500) return undefined;
    // A TLS port that was asked in plain text answers 400 and says so, where the text goes on.
    if (status === 400) return verdict('registry-error', 'proxy-failure', 'transfer-interrupted', 'http-vs-https');
    if (status === 451) return verdict('source-blocked', 'forbidden');
    if (status === 412) return verdict('registry-error', 'signature-rejected', 'forbidden');
    return verdict('registry-error', 'proxy-failure', 'transfer-interrupted');
  },
  // What the runtime does not support, in whatever words; a status has its own rules.
  ({ text }) =>
    has(text, ['not supported', 'unsupported']) && /not supported|\bunsupported\b(?! s(?:t\w*)?\b)/.test(text)
      ? verdict(
          'manifest-unsupported',
          'other',
          'registry-error',
          'node-storage',
          'signature-rejected',
          'image-not-found',
          'unauthorized',
          'forbidden',
        )
      : undefined,
];

/** Words after which `not found` or `does not exist` speaks of an image: its parts, and the names a registry is asked for. */
const PARTS =
  /(?:‹(?:ref|tag|host|digest|manifest|blob|url)›[:"']{0,2}|\bmanifest|\btag|\bimage|\brepository|\bartifact|\bproject|\bblob|\bremote|\b404|"|\bpackage|\bname) ?:? ?(?:‹\w+›:? ?)?(?:\(or[^)]*\) )?(?:was |is |could )?(?:not (?:be )?found|does not exist|notfound)/;

export const MISSING_RULES: readonly Rule[] = [
  // containerd: the node's configuration left nobody to ask.
  when('other', ['no resolve hosts', 'no pull hosts'], ['unauthorized', 'registry-error', 'image-not-found']),
  when('other', ['unsupported protocol scheme'], ['http-vs-https', 'invalid-reference']),
  when(
    'image-not-found',
    ['does not use the ‹ref› tag', 'does not use the "'],
    ['invalid-reference', 'registry-error'],
  ),
  missing,
];

/** The registry said that something does not exist. GHCR may also say so of what it hides. */
function missing({ text, status, registry, urls }: Failure): Verdict | undefined {
  const words = [
    'manifest unknown',
    'manifest_unknown',
    'name unknown',
    'name_unknown',
    'blob unknown',
    'unknown blob',
    'blob_unknown',
    'not known to the registry',
    'not known to registry',
    'not found',
    'not be found',
    // containerd says so of nothing but what it did not find.
    'content at ‹',
    'no such image',
    'no such manifest',
    'does not exist',
    'notfound',
    'was deleted or has expired',
    'tag_expired',
  ];
  if (status !== 404 && !has(text, words)) return undefined;
  if (urls.at(-1)?.purpose === 'token') {
    // Google's token server looks the repository up; others know no images.
    return registry === 'artifact-registry'
      ? verdict('image-not-found', 'not-found-or-unauthorized', 'registry-error', 'non-registry-response')
      : verdict('registry-error', 'image-not-found', 'non-registry-response');
  }
  if (registry === 'ghcr') return verdict('image-not-found', 'not-found-or-unauthorized');
  if (text.includes('no such image')) return verdict('image-not-found', 'invalid-reference', 'node-storage');
  if (text.includes('invalid manifest reference')) return verdict('image-not-found', 'manifest-unsupported');
  // Docker's `not found: does not exist or no pull access`, cut before it names the other alternative.
  if (/repository ‹\w+› not found\W*$/.test(text)) return verdict('image-not-found', 'not-found-or-unauthorized');
  if (status === 404 || !/not (?:be )?found|does not exist|notfound/.test(text) || PARTS.test(text) || said(text)) {
    return verdict('image-not-found');
  }
  // containerd closes every missing thing with these words; what was missing is not said.
  return verdict(
    'image-not-found',
    'node-storage',
    'platform-mismatch',
    'manifest-unsupported',
    'registry-error',
    'other',
  );
}

/** The registry's own codes for what is not there. */
export function said(text: string): boolean {
  return has(text, [
    'manifest unknown',
    'manifest_unknown',
    'name unknown',
    'name_unknown',
    'blob unknown',
    'unknown blob',
  ]);
}
