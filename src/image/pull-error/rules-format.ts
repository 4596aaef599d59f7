/** What came instead of an image that this node can use: another platform, another format, or something that is no registry's answer. */
import type { PullErrorKind } from '../pull-error.ts';
import { type Failure, type Rule, type Verdict, verdict, when } from './rule.ts';
import { has } from './words.ts';

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
    'matching platform',
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
    // containerd takes none above its limit, and calls it not found.
    'byte manifest for',
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
    'image rootfs and manifest',
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
  // An object store's own document: the registry had granted the manifest and signed the link.
  if (text.includes('<code>accessdenied')) {
    return verdict('source-blocked', 'forbidden', 'registry-error', 'non-registry-response', 'credentials-expired');
  }
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
      'v1 container registry',
      'v1 registry',
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
