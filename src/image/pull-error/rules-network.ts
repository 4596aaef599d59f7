/** Between the node and the registry: proxy, names, TLS, connections, transfers. The texts are Go's and the operating system's. */
import { atBlob, type Failure, type Rule, type Verdict, verdict, when } from './rule.ts';
import { has } from './words.ts';

export const PROXY_RULES: readonly Rule[] = [proxyConnect, bareReason];

/** What follows `proxyconnect` tells how the proxy failed; it must not be read as the registry's failure. */
function proxyConnect({ text, status }: Failure): Verdict | undefined {
  if (status === 407 || has(text, ['proxy authentication required', 'socks connect', 'error connecting to proxy'])) {
    return verdict('proxy-failure');
  }
  if (!text.includes('proxyconnect')) return undefined;
  if (text.includes('lookup ')) return verdict('proxy-failure', 'dns-failure');
  if (text.includes('unreachable')) return verdict('proxy-failure', 'network-unreachable');
  if (text.includes('refused')) return verdict('proxy-failure', 'connection-refused');
  return verdict('proxy-failure');
}

/** Go puts a proxy's refusal of CONNECT as the bare reason, without a number: `Head "…": Forbidden`. */
function bareReason({ text }: Failure): Verdict | undefined {
  const reason =
    /‹(?:token|manifest|blob|ping|url)›: (forbidden|bad request|bad gateway|service unavailable|gateway time-?out)\W*$/.exec(
      text,
    )?.[1];
  if (reason === undefined) return undefined;
  if (reason === 'bad request') return verdict('registry-error', 'proxy-failure', 'non-registry-response', 'other');
  return reason === 'forbidden'
    ? verdict('source-blocked', 'forbidden', 'proxy-failure')
    : verdict('proxy-failure', 'registry-error');
}

export const DNS_RULES: readonly Rule[] = [
  lookup,
  when('dns-failure', [
    'no such host',
    'name resolution',
    'could not resolve host',
    'name or service not known',
    'nodename nor servname',
    'server misbehaving',
    'no address associated with hostname',
    'nxdomain',
    'servfail',
    'getaddrinfo',
  ]),
];

/** `lookup NAME on SERVER: …`: whatever follows happened while the name was looked up. */
function lookup({ text }: Failure): Verdict | undefined {
  if (!text.includes('lookup ') || !/(?:dial \w+: |: |^)lookup \S/.test(text)) return undefined;
  return text.includes('unreachable') ? verdict('dns-failure', 'network-unreachable') : verdict('dns-failure');
}

export const TLS_RULES: readonly Rule[] = [
  when('http-vs-https', [
    'server gave http response',
    'http request to an https server',
    'first record does not look like a tls handshake',
    'wrong version number',
    'oversized record',
  ]),
  when('http-vs-https', ['malformed http response', 'malformed http status'], ['non-registry-response']),
  // The runtime's own files for the registry's TLS cannot be read.
  when(
    'tls-untrusted',
    [
      'load ca file',
      'get tlsconfig',
      'load cert file',
      'load key file',
      'failed to load x509',
      'failed to parse certificate',
    ],
    ['tls-handshake', 'node-storage', 'other'],
  ),
  ({ text }) =>
    text.includes('‹cert›: ') && /‹cert›: (?:no such file|permission denied|is a directory|not a directory)/.test(text)
      ? verdict('tls-untrusted', 'tls-handshake', 'node-storage', 'other')
      : undefined,
  untrusted,
  when('tls-handshake', ['bad certificate', 'certificate required', 'unknown certificate'], ['tls-untrusted']),
  when('tls-handshake', ['tls handshake timeout', 'handshake timed out'], ['connection-timeout']),
  badRecord,
  (failure) =>
    cutTls(failure.text)
      ? verdict('other', 'tls-untrusted', 'tls-handshake', 'http-vs-https', 'transfer-interrupted')
      : undefined,
  when('tls-handshake', ['remote error: tls', 'handshake failure']),
  when('tls-handshake', ['tls: ', 'ssl_error', 'ssl routines', '[ssl', 'tlsv1', 'sslv3'], ['tls-untrusted']),
  // Other protocols shake hands too (attestation, SSH): only with TLS in the text.
  ({ text }) => (text.includes('handshake') && /\b(?:tls|ssl)\b/.test(text) ? verdict('tls-handshake') : undefined),
];

/** The connection stood, and what came over it was damaged on the way. */
function badRecord(failure: Failure): Verdict | undefined {
  if (!failure.text.includes('bad record mac')) return undefined;
  return atBlob(failure) || failure.text.includes('failed to copy')
    ? verdict('transfer-interrupted', 'tls-handshake', 'connection-reset')
    : verdict('tls-handshake', 'transfer-interrupted', 'connection-reset');
}

/** Go's TLS errors that other rules name; a text that ends inside one of them does not tell which it was. */
const TLS_ENDINGS = [
  'failed to verify certificate',
  'first record does not look like a tls handshake',
  'oversized record',
];

function cutTls(text: string): boolean {
  const at = text.lastIndexOf('tls: ');
  // Longer than any of them: it goes on.
  if (at < 0 || text.length - at > 80) return false;
  const rest = text.slice(at + 5).replace(/[\s.…"'\\]+$/, '');
  return TLS_ENDINGS.some((one) => one.startsWith(rest));
}

function untrusted({ text, urls }: Failure): Verdict | undefined {
  const words = [
    'x509:',
    'x509 ',
    'certificate signed by',
    'certificate has expired',
    'certificate verify failed',
    'certificate_verify_failed',
    'unknown certificate authority',
    'failed to verify certificate',
    'certificate is not trusted',
    'self signed certificate',
    'self-signed certificate',
    'certificate problem',
    'local issuer certificate',
    'alternative certificate subject name',
  ];
  if (!has(text, words)) return undefined;
  // A certificate for another name also comes from the wrong server: the name may have been resolved wrongly.
  if (text.includes('is not valid for any names')) return verdict('tls-untrusted', 'dns-failure');
  const host = urls.at(-1)?.host ?? '';
  return /^[\d.:]+$/.test(host) ? verdict('tls-untrusted', 'http-vs-https') : verdict('tls-untrusted');
}

/** Words that only a reader of data uses. */
function begun(text: string): boolean {
  return has(text, ['short read', 'happened during read', 'expected number of bytes']);
}

/** Data began to flow and stopped. Before the status rules: a retry's answer may stand behind it. */
export const TRANSFER_RULES: readonly Rule[] = [
  (failure) => {
    // containers/image says while it read; what it read may have been wrong instead of short.
    if (failure.text.includes('did not match')) return undefined;
    if (
      !has(failure.text, [
        'unexpected eof',
        'short read',
        'happened during read',
        'expected number of bytes',
        'while reading body',
      ])
    ) {
      return undefined;
    }
    const asked = failure.urls.at(-1)?.purpose;
    const resolving =
      asked === undefined ? failure.text.includes('failed to resolve') && !begun(failure.text) : asked !== 'blob';
    if (resolving && !atBlob(failure)) return verdict('connection-reset', 'transfer-interrupted');
    return failure.text.includes('statuscode')
      ? verdict('transfer-interrupted', 'registry-error', 'connection-reset')
      : verdict('transfer-interrupted', 'connection-reset');
  },
];

export const CONNECTION_RULES: readonly Rule[] = [
  refused,
  when('network-unreachable', [
    'network is unreachable',
    'no route to host',
    'host is unreachable',
    'unreachable host',
    'unreachable network',
    'network is down',
    'host is down',
    'cannot assign requested address',
    'address family not supported',
    'no suitable address found',
  ]),
  timeout,
  reset,
  // The system's word for why nothing can be sent to this address; what stands before it is Go's, whatever the word.
  ({ text }) =>
    text.includes(' connect: ') && /\bdial \w{2,4} \S{1,300} connect: \w/.test(text)
      ? verdict('network-unreachable', 'connection-refused', 'connection-timeout', 'source-blocked', 'other')
      : undefined,
];

/** A token or blob host that refuses is mostly a filter or proxy in between; the registry's own port tells the registry is down. */
function refused({ text, urls }: Failure): Verdict | undefined {
  // The node's own filter forbids the packet.
  if (
    text.includes(' connect: ') &&
    / connect: (?:operation not permitted|permission denied)/.test(text) &&
    !has(text, ['‹sock›', 'dial unix'])
  ) {
    return verdict('connection-refused', 'network-unreachable', 'source-blocked', 'other');
  }
  if (!has(text, ['connection refused', 'econnrefused', 'actively refused'])) return undefined;
  return urls.at(-1)?.purpose === 'token'
    ? verdict('connection-refused', 'proxy-failure')
    : verdict('connection-refused');
}

function timeout(failure: Failure): Verdict | undefined {
  const { text } = failure;
  const words = [
    'i/o timeout',
    'timed out',
    'client.timeout',
    'timeout awaiting',
    'timeout was reached',
    'timeout exceeded',
    'waiting for connection',
    'etimedout',
    'respond after a period of time',
    'a connection attempt failed',
    'request canceled (cl',
    'http2: timeout',
    'net/http: timeout',
  ];
  if (!has(text, words)) return undefined;
  if (text.includes('no progress'))
    return verdict('cancelled-or-deadline', 'connection-timeout', 'transfer-interrupted');
  // Read from, so it had answered: the body was being copied.
  if (text.includes('read tcp ') && text.includes('failed to copy') && !text.includes('failed open')) {
    return verdict('transfer-interrupted', 'connection-timeout', 'connection-reset');
  }
  // Without an address nothing was dialled yet: the name's look-up may be what took the time.
  if (text.includes('dial tcp: i/o timeout')) return verdict('connection-timeout', 'dns-failure');
  return atBlob(failure)
    ? verdict('connection-timeout', 'transfer-interrupted', 'cancelled-or-deadline', 'proxy-failure')
    : verdict('connection-timeout', 'cancelled-or-deadline', 'proxy-failure');
}

function reset(failure: Failure): Verdict | undefined {
  const { text } = failure;
  const closed = [
    'reset by peer',
    'econnreset',
    'broken pipe',
    'forcibly closed',
    'connection was aborted',
    'closed idle connection',
    'connection lost',
    'closed network connection',
    'goaway',
    'stream error',
    'connection closed',
    'server closed the connection',
  ];
  const ended = /\beof\b/.test(text);
  if (!ended && !has(text, closed)) return undefined;
  const opening = has(text, ['failed open', 'failed to do request']);
  const flowing = atBlob(failure) || has(text, ['failed to copy', 'copy failed']);
  if (flowing && !opening) return verdict('transfer-interrupted', 'connection-reset', 'registry-error');
  return verdict('connection-reset', 'transfer-interrupted', 'proxy-failure');
}

const GIVEN_UP = when(
  'cancelled-or-deadline',
  [
    'context canceled',
    'context cancelled',
    'deadline exceeded',
    'deadlineexceeded',
    'no progress',
    'request canceled',
    'operation was canceled',
    'pull cancelled',
    'pull canceled',
    'cancel pulling',
  ],
  ['connection-timeout', 'transfer-interrupted'],
);

/** The last of all network rules: somebody gave up, and the text does not say what was being waited for. */
export const CANCELLED_RULES: readonly Rule[] = [
  (failure) => {
    // Before the kubelet's retry stands who waited for the pod (Helm, a rollout): its patience, not the pull's.
    const retry = failure.text.indexOf('back-off pulling image');
    if (retry >= 0) return GIVEN_UP({ ...failure, text: failure.text.slice(retry) });
    const found = GIVEN_UP(failure);
    return found && has(failure.text, ['upgrade failed', 'installation failed', 'install failed', 'rollback failed'])
      ? verdict(found.kind, ...found.also, 'backoff-only', 'other')
      : found;
  },
];
