/** What the registry (or who stands in its place) answered about itself or the image; credentials have their own file. */
import type { PullErrorKind } from '../pull-error.ts';
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

/** 5xx and refusals for reasons of its own. What stands behind a 5xx is the server's message, not the node's experience. */
export const BROKEN_RULES: readonly Rule[] = [
  ({ status, text }) => (status !== null && status >= 500 ? brokenServer(status, text) : undefined),
  ({ text }) => {
    if (!text.includes('quota') || !has(text, ['exceed', 'reached', 'denied'])) return undefined;
    // Clouds count requests per project and minute; registries count bytes.
    return has(text, ['quota metric', 'quota exceeded for', 'requests per', 'per minute', 'request quota'])
      ? verdict('rate-limited', 'registry-error')
      : verdict('registry-error', 'rate-limited');
  },
  // Go's http client follows ten redirects; containerd wants a token from a token server that answered 200.
  ({ text }) =>
    (text.includes('stopped after') && text.includes('redirects')) || text.includes('did not include a token')
      ? verdict('registry-error', 'non-registry-response', 'proxy-failure')
      : undefined,
  // A registry's own policy (scan, content trust) refuses the image itself, whoever asks.
  when(
    'registry-error',
    ['projectpolicyviolation', 'project_policy_violation', 'cannot be pulled due to', 'vulnerable handler'],
    ['forbidden', 'signature-rejected'],
  ),
  // Locked, disabled or over its size: the registry's state, whoever asks.
  when('registry-error', ['disallowed'], ['forbidden']),
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

function brokenServer(status: number, text: string): Verdict {
  if (has(text, ['<html', '<!doctype', 'error parsing http'])) {
    return verdict('registry-error', 'proxy-failure', 'non-registry-response');
  }
  return status === 500 ? verdict('registry-error') : verdict('registry-error', 'proxy-failure');
}

/** Any other 4xx: the server did not like the request, which tells nothing about image or credentials. */
export const REFUSED_RULES: readonly Rule[] = [
  ({ status }) => {
    if (status === null || status >= 500) return undefined;
    // A TLS port that was asked in plain text answers 400 and says so, where the text goes on.
    if (status === 400) return verdict('registry-error', 'proxy-failure', 'transfer-interrupted', 'http-vs-https');
    if (status === 451) return verdict('source-blocked', 'forbidden');
    if (status === 412) return verdict('registry-error', 'signature-rejected', 'forbidden');
    return verdict('registry-error', 'proxy-failure', 'transfer-interrupted');
  },
];

export const FORMAT_RULES: readonly Rule[] = [
  when('platform-mismatch', [
    'no match for platform',
    'no matching manifest',
    'no image found in manifest list',
    'no image found in image index',
    'for architecture',
    'cannot be used on this platform',
    'does not match the specified platform',
    'does not match the host',
    'operating system of the container does not match',
    'operating system does not match',
    'no matching platform',
    'does not provide the specified platform',
    'not supported on this platform',
    'incompatible with the host',
    'image is incompatible with',
    'match the detected host platform',
  ]),
  notRegistry,
  // Docker asks for the class of the configuration: `target is unknown`, `target is plugin`.
  when('manifest-unsupported', ['target is unknown', 'target is plugin', 'encountered remote'], ['other']),
  when(
    'manifest-unsupported',
    [
      'needed for decryption',
      'decryptlayer',
      'decrypting layer',
      'decrypt layer',
      'decrypt key',
      'ocicrypt',
      'keyprovider',
    ],
    ['other', 'signature-rejected', 'node-storage', 'forbidden'],
  ),
  ({ text }) =>
    /unexpected media type[\s\w"'/.…-]{0,14}$/.test(text)
      ? verdict('manifest-unsupported', 'non-registry-response', 'other')
      : undefined,
  when('manifest-unsupported', ['invalid tar header', 'unexpected tar header'], ['node-storage']),
  when('manifest-unsupported', [
    'schema 1',
    'schema1',
    'schemaversion 1',
    'schema version 1',
    'no signatures',
    'encountered unknown type',
    'media type',
    'mediatype',
    'media-type',
    'missing signature key',
    'mimetype',
    'mime type',
    'unsupported manifest',
    'unsupported schema',
    'unknown schema',
    'get converter',
    'image format v1',
    'unsupported compression',
    'unknown compression',
    'invalid compression',
    'gzip: invalid header',
    'magic number mismatch',
    'manifest invalid',
    'manifest_invalid',
    'operation on artifact',
    'artifact with type',
  ]),
];

/** What a server that is no registry may have meant by its status. */
const MEANT: ReadonlyMap<number | null, readonly PullErrorKind[]> = new Map([
  [400, ['registry-error']],
  [401, ['unauthorized']],
  [403, ['forbidden', 'source-blocked', 'registry-error']],
  [404, ['image-not-found', 'registry-error']],
  [407, ['proxy-failure']],
  [408, ['connection-timeout', 'registry-error']],
]);

/** `error parsing HTTP 403 response body`: the status came, and a body that no registry writes. What the body says is the server's own trouble. */
function foreignBody({ text, status }: Failure): Verdict | undefined {
  if (!text.includes('error parsing http') || !text.includes('invalid character')) return undefined;
  if (status === null || status >= 500) return undefined;
  const inner = has(text, ['i/o timeout', 'timed out']) ? (['connection-timeout'] as const) : [];
  return verdict('non-registry-response', 'proxy-failure', ...(MEANT.get(status) ?? []), ...inner);
}

/** An object store's own error document: the link that the registry signed was not accepted. */
function storeError({ text, status }: Failure): Verdict | undefined {
  if (!has(text, ['<?xml', '<error>']) || !text.includes('<code>') || text.includes('error parsing http'))
    return undefined;
  return status === 403 || text.includes('accessdenied')
    ? verdict('forbidden', 'source-blocked', 'registry-error', 'non-registry-response')
    : verdict('registry-error', 'non-registry-response', 'forbidden');
}

function notRegistry({ text, status }: Failure): Verdict | undefined {
  // The registry's front end put a page where the message belongs; its code is said all the same.
  if (/\b(?:unauthorized|denied): <(?:!doctype|html)/.test(text)) return undefined;
  if (
    has(text, [
      'text/html',
      'media type text',
      "invalid character '<'",
      'not a docker registry',
      'not a registry',
      'text/plain',
    ])
  ) {
    return verdict(
      'non-registry-response',
      'proxy-failure',
      'unauthorized',
      'http-vs-https',
      ...(MEANT.get(status) ?? []),
    );
  }
  if (status === null && has(text, ['<!doctype', '<html', 'looking for beginning of value'])) {
    return verdict('non-registry-response', 'proxy-failure', 'unauthorized');
  }
  return undefined;
}

/** Before the network rules: what stands in a foreign body is not what happened to the node. */
export const FOREIGN_RULES: readonly Rule[] = [foreignBody, storeError];

export const MISSING_RULES: readonly Rule[] = [missing];

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
  return verdict('image-not-found');
}
