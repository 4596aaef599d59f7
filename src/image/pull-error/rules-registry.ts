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

/** 5xx and refusals for reasons of its own. What stands behind a 5xx is the server's message, not the node's experience. */
export const BROKEN_RULES: readonly Rule[] = [
  ({ status }) => (status !== null && status >= 500 ? brokenServer(status) : undefined),
  ({ text }) =>
    text.includes('quota') && has(text, ['exceeded', 'exceed', 'reached'])
      ? verdict('registry-error', 'rate-limited')
      : undefined,
  // Go's http client follows ten redirects; containerd wants a token from a token server that answered 200.
  ({ text }) =>
    (text.includes('stopped after') && text.includes('redirects')) || text.includes('did not include a token')
      ? verdict('registry-error', 'non-registry-response', 'proxy-failure')
      : undefined,
  when('registry-error', [
    'received unexpected http status: 5',
    'bad gateway',
    'internal server error',
    'service unavailable',
    'gateway time-out',
    'gateway timeout',
    'blob upload unknown',
    'internal error',
  ]),
];

function brokenServer(status: number): Verdict {
  return status === 500 ? verdict('registry-error') : verdict('registry-error', 'proxy-failure');
}

/** Any other 4xx: the server did not like the request, which tells nothing about image or credentials. */
export const REFUSED_RULES: readonly Rule[] = [
  ({ status }) => {
    if (status === null || status >= 500) return undefined;
    if (status === 451) return verdict('source-blocked', 'forbidden');
    if (status === 412) return verdict('forbidden', 'signature-rejected', 'registry-error');
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
  ]),
];

function notRegistry({ text, status }: Failure): Verdict | undefined {
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
    return verdict('non-registry-response', 'proxy-failure', 'unauthorized', 'http-vs-https');
  }
  if (status === null && has(text, ['<!doctype', '<html', 'looking for beginning of value'])) {
    return verdict('non-registry-response', 'proxy-failure', 'unauthorized');
  }
  return undefined;
}

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
  if (urls.at(-1)?.purpose === 'token') return verdict('registry-error', 'image-not-found', 'non-registry-response');
  if (registry === 'ghcr') return verdict('image-not-found', 'not-found-or-unauthorized');
  if (text.includes('no such image')) return verdict('image-not-found', 'invalid-reference', 'node-storage');
  if (text.includes('invalid manifest reference')) return verdict('image-not-found', 'manifest-unsupported');
  return verdict('image-not-found');
}
