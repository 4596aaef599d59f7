/** What an answer that is no 2xx means. */
import { parseTime } from '../../clock.ts';
import type { AccessOutcome } from '../../evidence/registry-access.ts';
import { readError } from './schema.ts';
import type { Answer, Call } from './transport.ts';

/** Types an answer of the manifest or tag endpoint (`at: manifest`) or of the token server, by status, code and what it looks like. */
export function failureOf(call: Call, answer: Answer, at: 'token' | 'manifest'): AccessOutcome {
  const error = readError(answer.body);
  if (error?.isRegistry || answer.headers['docker-distribution-api-version']) call.host.isRegistry = true;
  const said = wordsOf(call, answer, error);
  if (!error && at === 'manifest' && isTlsPort(answer)) {
    return { kind: 'network', fault: 'http-vs-https', detail: `${answer.url.host} speaks https where http was used` };
  }
  if (answer.status === 429 || said.code === 'TOOMANYREQUESTS') {
    return { kind: 'rate-limited', ...retryAfter(call, answer), message: said.message };
  }
  if (answer.status >= 500) return serverError(answer, said);
  const speaks = at === 'token' ? error !== undefined : error?.isRegistry === true;
  return isForeign(call, answer, speaks) ? notARegistry(call, answer) : refusedBy(call, answer, { ...said, at });
}

function wordsOf(call: Call, answer: Answer, error: ReturnType<typeof readError>): Said {
  const { code = '', message = '' } = error ?? {};
  return { code: call.scrub.clean(code).slice(0, 60), message: call.scrub.clean(message) || `HTTP ${answer.status}` };
}

interface Said {
  readonly code: string;
  readonly message: string;
}

/** A 4xx of a registry or its token server. */
function refusedBy(call: Call, answer: Answer, said: Said & { readonly at: 'token' | 'manifest' }): AccessOutcome {
  const { status } = answer;
  const { at, code, message } = said;
  if (status < 400) return notARegistry(call, answer);
  // Harbor says 412 with its own code, where a project's rule holds an image back.
  if (status === 403 || code === 'DENIED' || code === 'PROJECTPOLICYVIOLATION')
    return { kind: 'denied', at, code, message };
  if (status === 401) return { kind: 'unauthorized', at, code, message };
  if (status === 404 && at === 'manifest') return { kind: 'missing', code, message };
  return serverError(answer, said);
}

function serverError(answer: Answer, said: Said): AccessOutcome {
  const message = said.code === '' ? said.message : `${said.code}: ${said.message}`;
  return { kind: 'server-error', status: answer.status, message };
}

/** What Go, nginx and Apache answer to plain http on their https port. */
function isTlsPort(answer: Answer): boolean {
  return answer.url.protocol === 'http:' && answer.status === 400 && /HTTPS/i.test(answer.body.toString('latin1'));
}

/** The answer of something that does not speak the protocol. */
export function notARegistry(call: Call, answer: Answer): AccessOutcome {
  return {
    kind: 'not-a-registry',
    status: answer.status,
    contentType: call.scrub.clean(mediaTypeOf(answer)).slice(0, 100),
  };
}

/** Content-Type without its parameters, lower case. */
export function mediaTypeOf(answer: Answer): string {
  return (answer.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** A page or another API's error, from a host that has not yet shown itself to be a registry and asks for no credentials. */
function isForeign(call: Call, answer: Answer, speaks: boolean): boolean {
  if (speaks || call.host.isRegistry || answer.headers['www-authenticate'] !== undefined) return false;
  return /^text\/|xml|json/.test(mediaTypeOf(answer));
}

/** `Retry-After` in seconds, from a number or a date; at most a day. */
function retryAfter(call: Call, answer: Answer): { retryAfterSeconds?: number } {
  const text = answer.headers['retry-after']?.trim() ?? '';
  const time = /^\d+$/.test(text) ? undefined : parseTime(text);
  const seconds = time === undefined ? Number.parseInt(text, 10) : Math.ceil((time - call.now()) / 1000);
  return Number.isFinite(seconds) ? { retryAfterSeconds: Math.min(86_400, Math.max(0, seconds)) } : {};
}
