/** An error of Node's network stack or of undici, as the kind of fault that it is. Codes measured on Node 20 to 24. */
import type { NetworkFault } from '../../evidence/registry-access.ts';

const byCode: Readonly<Record<string, NetworkFault>> = {
  ENOTFOUND: 'dns-failure',
  EAI_AGAIN: 'dns-failure',
  EAI_FAIL: 'dns-failure',
  EAI_NODATA: 'dns-failure',
  ECONNREFUSED: 'connection-refused',
  ETIMEDOUT: 'connection-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connection-timeout',
  UND_ERR_HEADERS_TIMEOUT: 'connection-timeout',
  UND_ERR_BODY_TIMEOUT: 'connection-timeout',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  UND_ERR_SOCKET: 'connection-reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection-reset',
  ENETUNREACH: 'network-unreachable',
  EHOSTUNREACH: 'network-unreachable',
  ENETDOWN: 'network-unreachable',
  EHOSTDOWN: 'network-unreachable',
  ERR_SSL_WRONG_VERSION_NUMBER: 'http-vs-https',
  ERR_SSL_HTTP_REQUEST: 'http-vs-https',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'http-vs-https',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-untrusted',
  EPROTO: 'tls-handshake',
};

/** OpenSSL's verification results as Node names them. */
const untrusted =
  /^(?:UNABLE_TO_|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERROR_IN_CERT_)/;

/** The fault and the code it was read from; `registry-unreachable` where the code says nothing. */
export function networkFault(error: unknown): { readonly fault: NetworkFault; readonly code: string } {
  const code = codeOf(error);
  // Node reports a peer that hangs up during the handshake as a plain reset; only its sentence tells.
  if (code === 'ECONNRESET' && sentenceOf(error).includes('before secure TLS connection')) {
    return { fault: 'tls-handshake', code };
  }
  const known = byCode[code];
  if (known !== undefined) return { fault: known, code };
  if (untrusted.test(code)) return { fault: 'tls-untrusted', code };
  if (/^ERR_(?:SSL|TLS)_/.test(code)) return { fault: 'tls-handshake', code };
  return { fault: 'registry-unreachable', code };
}

/** An answer that is no HTTP, or HTTP that breaks its own rules: parser and header errors. */
export function isBrokenHttp(error: unknown): boolean {
  // undici's word for interim answers that it does not take (lib/dispatcher/client-h1.js).
  if (codeOf(error) === 'UND_ERR_SOCKET' && sentenceOf(error) === 'bad response') return true;
  // undici's parser error often carries no code.
  return nameOf(error) === 'HTTPParserError' || /^HPE_|^UND_ERR_HEADERS_OVERFLOW$|^UND_ERR_INVALID/.test(codeOf(error));
}

/** TLS records (alert or handshake) where HTTP was expected: the port speaks https. */
export function metTls(error: unknown): boolean {
  const data = isObject(error) && typeof error['data'] === 'string' ? error['data'] : '';
  return [0x15, 0x16].includes(data.charCodeAt(0)) && data.charCodeAt(1) === 3;
}

/** The error's code, looked for in its cause and in the parts of an AggregateError too; empty when there is none. */
export function codeOf(error: unknown): string {
  if (!isObject(error)) return '';
  if (typeof error['code'] === 'string') return error['code'];
  if (Array.isArray(error['errors'])) return error['errors'].map(codeOf).find((code) => code !== '') ?? '';
  return codeOf(error['cause']);
}

/** OpenSSL's error queue, one line: `thread:error:code:library:function:reason:file:line:`. Only the reason is for people. */
const OPENSSL = /^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/i;

/** What Node 24 adds to a verification error for whoever runs it. */
const NODE_HINT = /; if the root CA is installed locally.*$/;

/** The error's first line; an AggregateError's own is empty, then that of its first part. */
export function sentenceOf(error: unknown): string {
  if (!isObject(error)) return '';
  const own = typeof error['message'] === 'string' ? (error['message'].split('\n', 1)[0] ?? '') : '';
  if (own === '' && Array.isArray(error['errors'])) return sentenceOf(error['errors'][0]);
  return OPENSSL.exec(own)?.[1] ?? own.replace(NODE_HINT, '');
}

function nameOf(error: unknown): unknown {
  return isObject(error) ? error['name'] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}
