/** What a simulated registry answers while it is broken on purpose. */
import type { ServerResponse } from 'node:http';

export type SimulatedFailure =
  | { readonly kind: 'status'; readonly status: 401 | 403 | 404 | 429 | 500 | 502 | 503; readonly message?: string }
  /** Answers a page for people, as a portal does. */
  | { readonly kind: 'html' }
  /** Answers as usual, this much later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Never answers. */
  | { readonly kind: 'silent' };

const codes: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  404: 'NAME_UNKNOWN',
  429: 'TOOMANYREQUESTS',
};

/** An answer in the error format of the OCI distribution specification. */
export function sendError(
  response: ServerResponse,
  status: number,
  error: { readonly code: string; readonly message: string; readonly detail?: Readonly<Record<string, string>> },
): void {
  sendJson(response, status, { errors: [error] });
}

/** A JSON answer; headers set before are kept. */
export function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** Answers as broken as `failure` says; `slow` is the caller's matter. */
export function sendFailure(response: ServerResponse, failure: Exclude<SimulatedFailure, { kind: 'slow' }>): void {
  if (failure.kind === 'silent') return;
  if (failure.kind === 'html') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>Sign in</title><p>Sign in to the network');
    return;
  }
  if (failure.status === 429) response.setHeader('retry-after', '120');
  const code = codes[failure.status] ?? 'UNAVAILABLE';
  sendError(response, failure.status, { code, message: failure.message ?? `simulated ${failure.status}` });
}
