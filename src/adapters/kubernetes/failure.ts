/** Why no answer came from the API server, as one line without any credential. */
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
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate authority is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate authority is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate authority is not trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** The code of an error or of the first cause that has one. By shape: an error may come from another realm. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0], depth + 1);
  return 'cause' in error ? codeOf(error.cause, depth + 1) : undefined;
}

function lineOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return mask(typeof message === 'string' ? (message.split('\n', 1)[0] ?? '') : errorLine(error));
}

/** `API server https://h:6443: connection refused`. */
export function networkFailure(server: string, error: unknown): string {
  const code = codeOf(error);
  return `API server ${server}: ${(code && WORDS[code]) ?? code ?? lineOf(error)}`;
}

/** The credential plugin, token file or certificate of the kubeconfig could not be used. */
export function credentialFailure(error: unknown): string {
  // A parser's message quotes what it read, which here is the credential itself.
  const said = error instanceof SyntaxError ? 'the credential plugin did not print JSON' : lineOf(error);
  return `the kubeconfig's credential cannot be used: ${said || 'the credential plugin failed'}`;
}

/** A plugin's last words may hold a token: hide anything long enough to be one. */
function mask(line: string): string {
  return line.replaceAll(/[\w+=.-]{32,}/g, '[masked]').slice(0, 300);
}
