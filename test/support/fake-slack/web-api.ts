/** `fetch` that answers as Slack's Web API: token, faults, limits, then the method. */
import type { FetchFunction } from '@slack/web-api';
import { createMeter } from './meter.ts';
import { answer } from './methods.ts';
import { type Call, type Fault, type Json, str } from './types.ts';
import type { Workspace } from './workspace.ts';

export interface WebApi {
  readonly fetch: FetchFunction;
  readonly calls: Call[];
  /** The next `times` calls of the method go wrong this way. */
  fail(method: string, fault: Fault, times?: number): void;
}

const JSON_FIELDS = new Set(['blocks', 'metadata', 'view']);

export function createWebApi(workspace: Workspace): WebApi {
  const calls: Call[] = [];
  const faults = new Map<string, Fault[]>();
  const meter = createMeter(workspace.clock);

  async function serve(url: string, method: string, args: Readonly<Record<string, unknown>>): Promise<Response> {
    calls.push({ method, args, at: workspace.clock.now() });
    const fault = faults.get(method)?.shift();
    if (fault) return misbehave(fault, () => answer(workspace, method, args));
    const seconds = meter.over(method, args['channel'] === undefined ? undefined : str(args['channel']));
    if (seconds !== undefined) return rateLimited(seconds);
    return reply(url.includes('slack.com') ? answer(workspace, method, args) : { ok: false, error: 'unknown_method' });
  }

  return {
    calls,
    fail(method, fault, times = 1) {
      faults.set(method, [...(faults.get(method) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    fetch: async (input, init) => {
      const url = String(input);
      const body = typeof init?.body === 'string' ? init.body : '';
      if (url.startsWith('https://hooks.slack.invalid/')) {
        const used = workspace.useResponseUrl(url, JSON.parse(body) as Json);
        return new Response(used ? 'ok' : 'used_url', { status: used ? 200 : 404 });
      }
      const method = new URL(url).pathname.replace('/api/', '');
      if (init?.headers?.['Authorization'] !== `Bearer ${workspace.token}`)
        return reply({ ok: false, error: 'invalid_auth' });
      return serve(url, method, readForm(body));
    },
  };
}

function readForm(body: string): Record<string, unknown> {
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([key, value]) => [
      key,
      JSON_FIELDS.has(key) ? JSON.parse(value) : readScalar(value),
    ]),
  );
}

function readScalar(value: string): unknown {
  return value === 'true' ? true : value === 'false' ? false : value;
}

function misbehave(fault: Fault, act: () => Json): Response {
  if ('accepted' in fault && fault.accepted) act();
  switch (fault.kind) {
    case 'rate-limited':
      return rateLimited(fault.retryAfterSeconds);
    case 'error':
      return reply({ ok: false, error: fault.error });
    case 'http':
      return new Response('upstream', { status: fault.status });
    case 'timeout':
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    case 'reset':
      throw broken('ECONNRESET');
    case 'never-connected':
      throw broken('ECONNREFUSED');
  }
}

function broken(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

function rateLimited(seconds: number): Response {
  return new Response(JSON.stringify({ ok: false, error: 'ratelimited' }), {
    status: 429,
    headers: { 'retry-after': String(seconds) },
  });
}

function reply(body: Json): Response {
  return new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'application/json' } });
}
