/** One HTTP request to a registry or its token server: guarded, bounded in size and time, never decompressed, never throwing. */
import type { AccessOutcome, CertificateView } from '../../evidence/registry-access.ts';
import { viewCertificate } from './certificate.ts';
import type { Connection } from './connection.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { GuardRefusal, urlFault } from './guard.ts';
import type { RegistryHost } from './hosts.ts';
import type { RegistryLimits } from './limits.ts';
import { codeOf, isBrokenHttp, metTls, networkFault, sentenceOf } from './network-fault.ts';
import type { Scrubber } from './text.ts';

/** One question with everything that its requests share. */
export interface Call {
  readonly host: RegistryHost;
  readonly repository: string;
  readonly limits: RegistryLimits;
  readonly deadline: Deadline;
  /** The caller's own signal: only its abort is thrown. */
  readonly caller: AbortSignal;
  readonly scrub: Scrubber;
  readonly now: () => number;
  /** Every request of this question, in order: what its steps are read from. */
  readonly trail: Hop[];
  /** Reports a request that leaves. */
  count(what: string): void;
}

/** One request that left, or was about to. */
export interface Hop {
  readonly what: HttpRequest['what'];
  readonly url: URL;
  /** Without a credential. */
  readonly isBare: boolean;
  /** ms, with its connection. */
  readonly ms: number;
  /** The connection that was made for it; absent: one from before was used. */
  readonly connection?: Connection;
  readonly end: Answer | Failure;
}

export interface Answer {
  readonly kind: 'answer';
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** true: the body was longer than its cap. */
  readonly cut: boolean;
}
export interface Failure {
  readonly kind: 'failure';
  readonly outcome: AccessOutcome;
}

export interface HttpRequest {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD';
  readonly what: 'manifest' | 'tags' | 'catalog' | 'token' | 'login';
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws the caller's abort reason, nothing else. */
export async function send(call: Call, request: HttpRequest): Promise<Answer | Failure> {
  call.caller.throwIfAborted();
  const began = call.now();
  const before = call.host.connections.begun();
  const end = await attempt(call, request, before);
  const { what, url, headers } = request;
  const isBare = headers['authorization'] === undefined;
  const connection = call.host.connections.newest(url.origin, before);
  const made = connection === undefined ? {} : { connection };
  call.trail.push({ what, url, isBare, ms: Math.max(0, call.now() - began), ...made, end });
  return end;
}

async function attempt(call: Call, request: HttpRequest, before: number): Promise<Answer | Failure> {
  const { host } = call;
  const { url } = request;
  const fault = urlFault(url, host.endpoint.base.protocol === 'http:', host.mayBeInside);
  if (fault !== undefined) return refusal(call, fault);
  const deadline = startDeadline(call.limits.requestMs, call.deadline.signal);
  try {
    call.count(request.what);
    return await exchange(call, request, deadline.signal);
  } catch (error) {
    call.caller.throwIfAborted();
    const connection = host.connections.newest(url.origin, before);
    if (deadline.signal.aborted) return late(call, url, { deadline, connection });
    return await explain(call, { url, error, connection });
  } finally {
    deadline.release();
  }
}

/** A failure for a reason of safety; `after`: what the registry had answered by then. */
export function refusal(call: Call, reason: string, after?: Heard): Failure {
  const heard = after === undefined ? {} : { after };
  return { kind: 'failure', outcome: { kind: 'refused', reason: call.scrub.clean(reason), ...heard } };
}

export type Heard = NonNullable<Extract<AccessOutcome, { kind: 'refused' }>['after']>;

async function exchange(call: Call, request: HttpRequest, signal: AbortSignal): Promise<Answer> {
  const { url, method } = request;
  const response = await call.host.agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { 'user-agent': 'pullcheck', 'accept-encoding': 'identity', ...request.headers },
    signal,
  });
  const status = response.statusCode;
  const cap = status >= 200 && status < 300 ? call.limits.bodyBytes : call.limits.errorBytes;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.body) {
    const bytes = part as Buffer;
    parts.push(size + bytes.length > cap ? bytes.subarray(0, cap - size) : bytes);
    size += bytes.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > cap) break;
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return { kind: 'answer', url, status, headers, body: Buffer.concat(parts), cut: size > cap };
}

interface Late {
  readonly deadline: Deadline;
  readonly connection: Connection | undefined;
}

function late(call: Call, url: URL, { deadline, connection }: Late): Failure {
  const reason: unknown = deadline.signal.reason;
  const why = reason instanceof Error ? reason.message : 'no answer in time';
  return network(call, timeoutAt(connection), `${url.host}: ${why}`);
}

/** What was waited for in vain. */
function timeoutAt(connection: Connection | undefined): Fault {
  if (connection?.at === 'dns') return 'dns-failure';
  return connection?.at === 'tls' ? 'tls-handshake' : 'connection-timeout';
}

interface Broken {
  readonly url: URL;
  readonly error: unknown;
  readonly connection: Connection | undefined;
}

async function explain(call: Call, { url, error, connection }: Broken): Promise<Failure> {
  const refused = refusedBy(error);
  if (refused) return refusal(call, refused.message);
  if (metTls(error)) return network(call, 'http-vs-https', `${url.host} speaks https where http was used`);
  if (isBrokenHttp(error)) {
    return { kind: 'failure', outcome: { kind: 'not-a-registry', status: 0, contentType: '' } };
  }
  const { fault, code } = networkFault(error);
  const words = sentenceOf(error);
  const named = words.includes(code) ? words : `${words} (${code})`;
  const detail = `${url.host}: ${words === '' ? code : named}`;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return network(call, timeoutAt(connection), detail);
  if (fault === 'http-vs-https') return network(call, fault, `${detail}${await plainAnswer(call, url)}`);
  // Some servers hang up on http at an https port without a word: only a handshake tells that from a broken way.
  const isCutHttp = fault === 'connection-reset' && url.protocol === 'http:';
  if (fault !== 'tls-untrusted' && !isCutHttp) return network(call, fault, detail);
  const certificate = await viewCertificate(url, code, {
    lookup: call.host.lookup,
    timeoutMs: call.limits.connectMs,
    signal: call.deadline.signal,
    now: call.now(),
  });
  call.caller.throwIfAborted();
  if (isCutHttp && certificate === undefined) return network(call, fault, detail);
  if (isCutHttp) return network(call, 'http-vs-https', `${url.host} speaks https where http was used`);
  return network(call, fault, detail, certificate);
}

/** The port does not speak TLS: does it speak http? Asked without any credential, of the same host and port. Empty: no answer. */
async function plainAnswer(call: Call, { host }: URL): Promise<string> {
  const deadline = startDeadline(call.limits.connectMs, call.deadline.signal);
  try {
    call.count('plain');
    const { agent } = call.host;
    const asked = { origin: `http://${host}`, path: '/v2/', method: 'GET', signal: deadline.signal } as const;
    const { statusCode, body } = await agent.request({ ...asked, headers: { 'user-agent': 'pullcheck' } });
    body.on('error', () => undefined).destroy();
    return `; http is answered there (${statusCode})`;
  } catch {
    call.caller.throwIfAborted();
    return '';
  } finally {
    deadline.release();
  }
}

type Fault = Extract<AccessOutcome, { kind: 'network' }>['fault'];

function network(call: Call, fault: Fault, detail: string, certificate?: CertificateView): Failure {
  const seen = certificate === undefined ? {} : { certificate };
  return { kind: 'failure', outcome: { kind: 'network', fault, detail: call.scrub.clean(detail), ...seen } };
}

function refusedBy(error: unknown): GuardRefusal | undefined {
  if (error instanceof GuardRefusal) return error;
  if (error instanceof Error && codeOf(error) === 'REGISTRY_GUARD') return refusedBy(error.cause);
  return undefined;
}
