/** Why no usable answer came from the code host, as one sentence without any credential or query string. */
import { errorLine } from '../../errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection closed by the other side',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'name lookup failed',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped half-way',
  ENETUNREACH: 'network is unreachable',
  EHOSTUNREACH: 'no route to host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate authority is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate authority is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate authority is not trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** Connections that broke before anything was answered: a read may be asked again. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** No answer that could be used; `detail` is a sentence for a person. */
export class NoAnswer extends Error {
  /** true: asking again at once may help. */
  readonly isBroken: boolean;

  constructor(detail: string, isBroken = false) {
    super(detail);
    this.name = 'NoAnswer';
    this.isBroken = isBroken;
  }
}

/** What Node or undici threw while `host` was asked. */
export function noAnswerFrom(host: string, error: unknown): NoAnswer {
  const code = codeOf(error);
  const words = code === undefined ? undefined : (WORDS[code] ?? code);
  return new NoAnswer(`GitHub ${host}: ${words ?? tidy(errorLine(error))}`, code !== undefined && BROKEN.has(code));
}

/** Another's text made fit to be shown: one line, no control characters, no query strings, nothing that looks like a token, not long. */
export function tidy(text: string): string {
  const plain = text
    .slice(0, 2_000)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/(https?:\/\/[^\s"'?#]*)[?#][^\s"']*/gi, '$1')
    .replace(/(https?:\/\/)[^/\s"'@]*@/gi, '$1')
    .replace(
      /\b(?:gh[a-z]_|github_pat_)\w+|\bey[\w-]{10,}\.[\w-]+(?:\.[\w-]*)?|\b(?:bearer|token|basic)\s+[\w.~+/=-]{8,}/gi,
      '[removed]',
    )
    .trim();
  return plain.length > 300 ? `${plain.slice(0, 299)}…` : plain;
}

/** The code of an error or of the first cause that has one. By shape: an error may come from another realm. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0], depth + 1);
  return 'cause' in error ? codeOf(error.cause, depth + 1) : undefined;
}
