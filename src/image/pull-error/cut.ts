/** Texts that a dashboard, a chat or an event limit has cut: the last words may still tell, if only one kind continues them. */
import type { PullErrorKind } from '../pull-error.ts';

/** What any status may stand for. */
const STATUS: readonly PullErrorKind[] = [
  'registry-error',
  'rate-limited',
  'unauthorized',
  'forbidden',
  'image-not-found',
  'not-found-or-unauthorized',
  'credentials-expired',
  'source-blocked',
];

const ENDINGS: readonly (readonly [string, readonly PullErrorKind[]])[] = [
  ['connection refused', ['connection-refused']],
  ['connection reset by peer', ['connection-reset']],
  ['connection timed out', ['connection-timeout']],
  ['connect: connection refused', ['connection-refused']],
  ['connect: connection timed out', ['connection-timeout']],
  ['connect: no route to host', ['network-unreachable']],
  ['connect: network is unreachable', ['network-unreachable']],
  ['i/o timeout', ['connection-timeout']],
  ['lookup', ['dns-failure']],
  ['no such host', ['dns-failure']],
  ['no space left on device', ['node-disk']],
  ['no route to host', ['network-unreachable']],
  ['network is unreachable', ['network-unreachable']],
  ['no basic auth credentials', ['unauthorized']],
  ['error getting credentials', ['credential-provider-failed']],
  ['no match for platform', ['platform-mismatch']],
  ['no matching manifest', ['platform-mismatch']],
  ['no image found in manifest list', ['platform-mismatch']],
  ['no image found in image index', ['platform-mismatch']],
  ['http: server gave http response to https client', ['http-vs-https']],
  ['net/http: tls handshake timeout', ['tls-handshake']],
  ['net/http: request canceled while waiting for connection', ['connection-timeout', 'cancelled-or-deadline']],
  ['net/http: http/1.x transport connection broken: malformed http response', ['http-vs-https', 'connection-reset']],
  ['net/http: timeout awaiting response headers', ['connection-timeout']],
  ['remote error: tls: handshake failure', ['tls-handshake']],
  ['manifest unknown', ['image-not-found']],
  ['manifest invalid', ['manifest-unsupported']],
  ['manifest verification failed', ['digest-mismatch']],
  ['pull access denied, repository does not exist', ['not-found-or-unauthorized', 'unauthorized']],
  ['toomanyrequests', ['rate-limited']],
  ['x509: certificate', ['tls-untrusted']],
  ['tls: failed to verify certificate', ['tls-untrusted']],
  ['unexpected eof', ['transfer-interrupted']],
  ['unexpected commit digest', ['digest-mismatch']],
  ['unexpected commit size', ['digest-mismatch']],
  ['unexpected media type', ['manifest-unsupported', 'non-registry-response']],
  ['unexpected status', STATUS],
  ['received unexpected http status', STATUS],
  ['unauthorized: authentication required', ['unauthorized']],
  ['context deadline exceeded', ['cancelled-or-deadline']],
  ['context canceled', ['cancelled-or-deadline']],
  ['short-name', ['short-name-unresolved']],
  ['no such image', ['image-not-found']],
  ['is not present with pull policy of never', ['never-pull-policy']],
];

/** Whether data had begun to flow is not always said before the words end. */
const TWINS: ReadonlyMap<PullErrorKind, PullErrorKind> = new Map([
  ['connection-reset', 'transfer-interrupted'],
  ['transfer-interrupted', 'connection-reset'],
]);

/** Letters of a phrase that are enough where an error begins, and elsewhere (`failed to pull a` is no `pull access denied`). */
const SHORTEST = 6;
const TELLING = 12;

/** The kinds that could follow the cut end of a masked text; empty when nothing known begins like it. */
export function kindsOfCutEnd(text: string): readonly PullErrorKind[] {
  const end = text.replace(/[\s.…"'\\]+$/, '');
  const tail = end.slice(Math.max(0, end.lastIndexOf(': ', end.length - 3) + 2));
  const window = end.slice(-48);
  const kinds = ENDINGS.filter(([phrase]) =>
    phrase.startsWith(tail) ? tail.length >= SHORTEST : endsWithStart(window, phrase),
  ).flatMap(([, all]) => all);
  return [...new Set(kinds)];
}

/** What else these kinds leave open. */
export function twinsOf(kinds: readonly PullErrorKind[]): readonly PullErrorKind[] {
  return kinds.flatMap((kind) => TWINS.get(kind) ?? []);
}

/** True when `text` ends with a beginning of `phrase`, long enough not to be a word of a wrapper, that starts at a word. */
function endsWithStart(text: string, phrase: string): boolean {
  for (let length = Math.min(text.length, phrase.length); length >= TELLING; length -= 1) {
    const start = text.length - length;
    if (text.endsWith(phrase.slice(0, length)) && (start === 0 || !/\w/.test(text[start - 1] ?? ''))) return true;
  }
  return false;
}
